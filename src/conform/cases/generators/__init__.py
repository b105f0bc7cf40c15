"""Pages and READMEs come in; the cases that they need go out. Each suite has one module."""

from conform.cases.generators.contract import contract_cases
from conform.cases.generators.errors import error_cases
from conform.cases.generators.fields import field_cases
from conform.cases.generators.parameters import parameter_cases
from conform.cases.generators.readmes import readme_cases
from conform.cases.generators.samples import sample_cases
from conform.cases.generators.variants import variant_cases

__all__ = [
    "contract_cases",
    "error_cases",
    "field_cases",
    "parameter_cases",
    "readme_cases",
    "sample_cases",
    "variant_cases",
]

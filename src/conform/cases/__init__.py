"""Pages, READMEs and written YAML come in; stable, named cases with their expectations go out."""

from conform.cases.documentation import Documentation
from conform.cases.model import Case, Inapplicable, Planned
from conform.cases.plan import plan

__all__ = ["Case", "Documentation", "Inapplicable", "Planned", "plan"]

"""Facts come in; JSON Schemas and a catalog go out, which has the page of each release."""

from conform.schemas.catalog import Catalog, ReferencePage
from conform.schemas.endpoints import Endpoint
from conform.schemas.readmes import Readmes
from conform.schemas.source import SchemaSource
from conform.schemas.validation import Validator

__all__ = ["Catalog", "Endpoint", "Readmes", "ReferencePage", "SchemaSource", "Validator"]

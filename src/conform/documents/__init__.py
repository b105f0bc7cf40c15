"""Pages of SDKs come in; documents, facts and findings go out."""

from conform.documents.facts import Attribute, Facts, Operation, Parameter, Sample
from conform.documents.findings import Code, Finding
from conform.documents.meanings import Meanings
from conform.documents.page import Document

__all__ = [
    "Attribute",
    "Code",
    "Document",
    "Facts",
    "Finding",
    "Meanings",
    "Operation",
    "Parameter",
    "Sample",
]

"""A typical object of a page: its example, with every value of its documented type."""

from __future__ import annotations

from typing import Any, Final

from conform.documents import types
from conform.documents.facts import Facts
from conform.documents.types import Scalar

_ORDINARY: Final[dict[str, Any]] = {"string": "motor", "int64": 1, "boolean": True}


def _fitting(documented: str | None, value: Any) -> Any:
    """The value itself where it is of the documented type, else an ordinary one that is."""
    wanted = types.parse(documented)
    if types.accepts(wanted, value) or not isinstance(wanted, Scalar):
        return value
    return _ORDINARY.get(wanted.kind)


def typical(page: Facts) -> dict[str, Any]:
    """Every attribute that the page says is answered, in the page's order."""
    return {
        attribute.name: _fitting(attribute.type, page.example[attribute.name])
        for attribute in page.attributes
        if attribute.name in page.example
    }


def unconditional(page: Facts) -> dict[str, Any]:
    """The typical object in the situation where no conditional attribute is sent.

    A situation is known by what an attribute means that announces it; that attribute is false.
    """
    conditional = {attribute.name for attribute in page.attributes if attribute.only_if}
    situations = {attribute.only_if for attribute in page.attributes}
    announcing = {each.name for each in page.attributes if each.meaning in situations}
    return {
        name: False if name in announcing else value
        for name, value in typical(page).items()
        if name not in conditional
    }

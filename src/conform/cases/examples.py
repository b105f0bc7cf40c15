"""Makes the typical object of a page: its example, with every value of its documented type."""

from __future__ import annotations

from typing import Any, Final

from conform.documents import types
from conform.documents.facts import Facts
from conform.documents.types import Scalar

_ORDINARY: Final[dict[str, Any]] = {"string": "motor", "int64": 1, "boolean": True}


def _of_type(documented: str | None, value: Any) -> Any:
    """The value if it has the documented type; otherwise an ordinary value of that type."""
    wanted = types.parse(documented)
    if types.accepts(wanted, value) or not isinstance(wanted, Scalar):
        return value
    return _ORDINARY.get(wanted.kind)


def typical(page: Facts) -> dict[str, Any]:
    """Every attribute that the page shows in a response, in the order of the page."""
    return {
        attribute.name: _of_type(attribute.type, page.example[attribute.name])
        for attribute in page.attributes
        if attribute.name in page.example
    }


def unconditional(page: Facts) -> dict[str, Any]:
    """The typical object in the situation in which no conditional attribute is sent.

    A page describes that situation in the meaning of one attribute. That attribute is false here.
    """
    conditional = {attribute.name for attribute in page.attributes if attribute.only_if}
    situations = {attribute.only_if for attribute in page.attributes}
    deciding = {each.name for each in page.attributes if each.meaning in situations}
    return {
        name: False if name in deciding else value
        for name, value in typical(page).items()
        if name not in conditional
    }

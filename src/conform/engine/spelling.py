"""Translates documented names to those of a target: by its page, else by its naming style."""

from __future__ import annotations

from msgspec import Struct

from conform.core.manifest import Naming
from conform.documents.facts import Facts


class Spelling(Struct, frozen=True):
    """The names that an SDK uses."""

    naming: Naming
    page: Facts | None = None

    def attribute(self, name: str) -> str:
        """The SDK's name of an attribute."""
        documented = self.page.attributes if self.page else ()
        own = next((each.spelling for each in documented if each.name == name), None)
        return own or self.naming.spell("attribute", name)

    def operation(self, name: str) -> tuple[str, str]:
        """The SDK's names of a resource and its operation, from ``session.create``."""
        resource, _, operation = name.partition(".")
        spelled = self.naming.spell("operation", operation)
        return self.naming.spell("resource", resource), spelled

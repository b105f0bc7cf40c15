"""Translates documented names to those of a target: by its page and README, else by its style."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Self

from msgspec import Struct
from msgspec.structs import replace

from conform.cases.documentation import Documentation
from conform.cases.model import CallStep, Stage
from conform.core.manifest import CallTable, Manifest, Naming
from conform.core.protocol import Accommodation
from conform.core.values import Integer, String, Value
from conform.documents.facts import Facts
from conform.schemas.readmes import DocumentedName, Readmes

_HELPED: Final = "{} has no effect, although the README documents it; {} is used."


class Spelling(Struct, frozen=True, kw_only=True):
    """The names that an SDK uses."""

    naming: Naming
    page: Facts | None = None
    calls: Mapping[str, CallTable] = {}
    """How its READMEs write the calls that are on no page."""
    named: Mapping[str, DocumentedName] = {}
    """What its README calls settings and options, such as ``setting read_timeout``."""
    options_in_style: bool = False
    """Whether options have names in the style of the language, whatever the README says."""
    unaided: bool = False
    """Whether settings have their documented names although these have no effect."""

    @classmethod
    def of(cls, manifest: Manifest, documentation: Documentation) -> Self:
        """The names of a target with this documentation."""
        return cls(
            naming=manifest.naming,
            page=documentation.spelled_by,
            calls=manifest.calls,
            named=Readmes.load().names(manifest.adapter.name, documentation.release),
        )

    def respelled(self, step: CallStep) -> dict[str, str]:
        """The options of a call that the README does not name in the style of the language.

        Returns:
            Their names in that style, by their names in the README.
        """
        given = (name for name in step.options.__struct_fields__ if getattr(step.options, name))
        styled = {self.option(name): self._in_style(name) for name in given}
        return {name: other for name, other in styled.items() if name != other}

    @property
    def in_style(self) -> Self:
        """The same names, but for options, which are in the style of the language."""
        return replace(self, options_in_style=True)

    def on(self, stage: Stage) -> Self:
        """The names in a case on a stage."""
        return replace(self, unaided=True) if stage.unaided else self

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

    def call(self, operation: str) -> CallTable:
        """How an operation is called: as its page shows it, else as the READMEs do."""
        resource, _, name = operation.partition(".")
        of_page = self.page.operations if self.page and self.page.resource == resource else ()
        samples = (sample for each in of_page if each.name == name for sample in each.samples)
        shown = next((sample.positional for sample in samples if sample.positional), None)
        known = self.calls.get(operation, CallTable())
        return replace(known, positional=shown) if shown else known

    def setting(self, name: str) -> str | None:
        """What the README calls a setting, such as ``read_timeout``; None if it does not.

        Where that has no effect, it is what works instead.
        """
        documented = self.named.get(f"setting {name}")
        if documented is None:
            return None
        return documented.name if self.unaided else documented.instead or documented.name

    def _in_style(self, option: str) -> str:
        return self.naming.spell("operation", option)

    def written(self, name: str, value: Value) -> Value:
        """The value of a setting as the README writes it."""
        documented = self.named.get(f"setting {name}")
        is_text = documented is not None and documented.is_text
        return String(text=value.text) if is_text and isinstance(value, Integer) else value

    @property
    def accommodations(self) -> tuple[Accommodation, ...]:
        """Where the target is helped, because a documented name has no effect."""
        return tuple(
            Accommodation(name=fact, why=_HELPED.format(each.name, each.instead))
            for fact, each in self.named.items()
            if each.instead
        )

    def option(self, name: str) -> str:
        """What the README calls an option of a call, such as ``session_id``."""
        if self.options_in_style:
            return self._in_style(name)
        documented = self.named.get(f"option {name}")
        return documented.name if documented else name

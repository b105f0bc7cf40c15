"""The form of a case, generated or written; ``schemas/cases/`` holds the JSON Schema made from it.

Names in a case are the documented ones (``session.create``, ``site_id``); what an SDK calls them
is settled when the case is executed.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from msgspec import Meta, Struct

from conform.cases.expectations import Expectation
from conform.cases.replies import Closed, ContractServer, Script
from conform.protocol import Credentials, Form, LogLevel, Network
from conform.values import Value

CaseId = Annotated[str, Meta(pattern=r"^[a-z0-9_.]+(/[a-z0-9_.-]+)+$")]
"""Such as ``session.create/fields/site_id/int64-max``; never renumbered."""

Level = Literal["documented", "security", "convention"]
Suite = Literal[
    "contract",
    "fields",
    "parameters",
    "samples",
    "errors",
    "faults",
    "security",
    "lifecycle",
    "variants",
    "explored",
]


class Source(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it stands that a case must hold."""

    kind: Literal["page", "readme", "rfc", "practice", "list"]
    """``list`` is the user's own list of known failures."""
    reference: str
    """Such as ``Session: attribute site_id (int64)`` or ``RFC 9110, section 15.5.2``."""

    def __str__(self) -> str:
        return self.reference


class _Step(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="do",
    tag=str.lower,
):
    """What every step shares: immutable, named fields, its name under ``do``."""


class Configure(_Step, frozen=True, kw_only=True):
    """Make global settings."""

    credentials: Credentials = Credentials()
    network: Network = Network()


class Call(_Step, frozen=True, kw_only=True):
    """Call one operation through the SDK's public interface."""

    operation: Annotated[str, Meta(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    """Resource and operation, such as ``session.create``."""
    form: Form = "static"
    parameters: dict[str, Value] = {}
    options: Credentials = Credentials()
    on: str | None = None
    keep: str | None = None
    read: tuple[str, ...] = ()
    """Documented names of the attributes to read."""


class Run(_Step, frozen=True, kw_only=True):
    """Run a documented sample as it stands on the page at hand."""

    code: str
    bind: dict[str, Value] = {}
    read: tuple[str, ...] = ()


Step = Configure | Call | Run


class Needs(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must be documented or possible for a case to apply; all of it."""

    operation: str | None = None
    """Documented on the page, such as ``session.create``."""
    parameter: str | None = None
    """Documented for that operation."""
    attribute: str | None = None
    """Documented on the page."""
    type: Literal["string", "int64", "boolean"] | None = None
    """The documented type of that attribute."""
    readme: str | None = None
    """Stated in the README, such as ``setting attempts``."""
    capability: str | None = None
    """Of the adapter, such as ``ca_file``."""


Transport = Literal[
    "http", "tls", "tls-wrong-host", "tls-expired", "tls-untrusted", "tls-self-signed"
]
"""How the gateway is reached; what follows ``tls-`` is wrong with its certificate."""


class Stage(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an adapter is started with."""

    transport: Transport = "http"
    log_level: LogLevel = "none"


class Case(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One situation and what must be seen in it."""

    id: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    """The suite version that brought the case."""
    server: Script | ContractServer | Closed
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...]
    stage: Stage = Stage()
    needs: Needs = Needs()
    network: Literal["quick", "default"] = "quick"
    """``quick``: one attempt and two seconds; ``default``: the SDK's own settings."""
    blame: Literal["sdk", "page"] = "sdk"
    """Whose fault it is when the SDK does not do this; a page can contradict itself."""


class Inapplicable(Struct, frozen=True, kw_only=True):
    """A case that the held page gives no reason to run."""

    id: CaseId
    suite: Suite
    title: str
    level: Level
    source: Source
    since: str
    reason: str
    """Such as ``the page of 1.6.456 does not document site_id``."""

    @classmethod
    def of(cls, case: Case | Self, reason: str) -> Self:
        """A case that is not run, for a reason in one sentence."""
        return cls(
            id=case.id,
            suite=case.suite,
            title=case.title,
            level=case.level,
            source=case.source,
            since=case.since,
            reason=reason,
        )


Planned = Case | Inapplicable

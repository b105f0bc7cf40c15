"""The form of a case, generated or written; ``schemas/cases/`` holds the JSON Schema made from it.

Names in a case are the documented ones (``session.create``, ``site_id``); what an SDK calls them
is settled when the case is executed.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from msgspec import Meta, Struct

from conform.cases.expectations import Expectation
from conform.cases.replies import Closed, ContractServer, Script
from conform.core.identity import Identity
from conform.core.protocol import Credentials, Form, LogLevel, Network
from conform.core.values import Value


class _Step(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="do",
):
    """What every step shares: immutable, named fields, its name under ``do``."""


class ConfigureStep(_Step, frozen=True, kw_only=True, tag="configure"):
    """Make global settings."""

    credentials: Credentials = Credentials()
    network: Network = Network()


class CallStep(_Step, frozen=True, kw_only=True, tag="call"):
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


class RunStep(_Step, frozen=True, kw_only=True, tag="run"):
    """Run a documented sample as it stands on the page at hand."""

    code: str
    bind: dict[str, Value] = {}
    read: tuple[str, ...] = ()


Step = ConfigureStep | CallStep | RunStep


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


class Case(Identity, frozen=True, kw_only=True):
    """One situation, and what must be observed in it."""

    server: Script | ContractServer | Closed
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...]
    stage: Stage = Stage()
    needs: Needs = Needs()
    network: Literal["quick", "default"] = "quick"
    """``quick``: one attempt and two seconds; ``default``: the SDK's own settings."""
    blame: Literal["sdk", "page"] = "sdk"
    """Whose fault it is when the SDK does not do this; a page can contradict itself."""


class Inapplicable(Identity, frozen=True, kw_only=True):
    """A case that the documentation of a target does not need."""

    reason: str
    """Such as ``the page of 1.6.456 does not document site_id``."""

    @classmethod
    def of(cls, case: Identity, reason: str) -> Self:
        """A case that is not run, for a reason in one sentence."""
        known = {name: getattr(case, name) for name in Identity.__struct_fields__}
        return cls(**known, reason=reason)


Planned = Case | Inapplicable

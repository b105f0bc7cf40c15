"""Defines the form of a case; ``schemas/cases/`` contains the JSON Schema that is made from it.

A case uses the documented names (``session.create``, ``site_id``). The engine translates them to
the names of an SDK when it executes the case.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

import msgspec
from msgspec import Meta, Struct

from conform.cases.expectations import Expectation
from conform.cases.replies import Closed, ContractServer, Script
from conform.core.identity import Identity
from conform.core.protocol import Capability, Form, LogLevel, Name, Rig
from conform.core.values import Value


class _Step(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="do",
):
    """What all steps share: immutable, named fields, the name of the kind under ``do``."""


class Credentials(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What authenticates a caller."""

    session_id: Name | None = None
    session: Name | None = None
    """The handle of a session that an earlier step keeps."""
    api_key: Name | None = None

    @property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The handles that they name, each with its place."""
        return {} if self.session is None else {self.session: ("session",)}


class CallOptions(Credentials, frozen=True, kw_only=True):
    """The options of one call."""

    workspace_id: Value | None = None


SettingName = Literal[
    "max_network_retries", "open_timeout", "read_timeout", "workspace_id", "language"
]
"""The name of a setting; the SDK's own name for it is in ``schemas/readmes.json``."""


class ConfigureStep(_Step, frozen=True, kw_only=True, tag="configure"):
    """Make global settings of the SDK, with the values that a user writes."""

    credentials: Credentials = Credentials()
    settings: dict[SettingName, Value] = {}

    @property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The handles of the objects that the step needs, each with its place."""
        return {name: ("credentials", *place) for name, place in self.credentials.uses.items()}


class CallStep(_Step, frozen=True, kw_only=True, tag="call"):
    """Call one operation through the SDK's public interface."""

    operation: Annotated[str, Meta(pattern=r"^[a-z0-9_]+\.[a-z0-9_]+$")]
    """Resource and operation, such as ``session.create``."""
    form: Form = "static"
    parameters: dict[str, Value] = {}
    options: CallOptions = CallOptions()
    keys: Literal["symbols", "strings"] = "symbols"
    """How the names of arguments are written in a language that has symbols beside strings."""
    on: str | None = None
    keep: str | None = None
    read: tuple[str, ...] = ()
    """The documented names of the attributes to read."""
    may_raise: bool = False
    """Whether the call may raise an error, before or after a request, for any reason."""

    @property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The handles of the objects that the step needs, each with its place."""
        used = {name: ("options", *place) for name, place in self.options.uses.items()}
        return used if self.on is None else {**used, self.on: ("on",)}

    @property
    def sends(self) -> bool:
        """Whether a call of this form sends a request."""
        return self.form in {"static", "instance"}


class RunStep(_Step, frozen=True, kw_only=True, tag="run"):
    """Run a documented sample exactly as the page of the target prints it."""

    code: str
    bind: dict[str, Value] = {}
    read: tuple[str, ...] = ()

    @property
    def uses(self) -> dict[str, tuple[str, ...]]:
        """The handles of the objects that the step needs: none."""
        return {}


Step = ConfigureStep | CallStep | RunStep


class Needs(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What must be documented or possible for a case to apply; all fields together."""

    operation: str | None = None
    """An operation on the page, such as ``session.create``."""
    parameter: str | None = None
    """A parameter of that operation."""
    attribute: str | None = None
    """An attribute on the page."""
    type: Literal["string", "int64", "boolean"] | None = None
    """The documented type of that attribute."""
    readme: str | None = None
    """A fact in the README, such as ``setting read_timeout``."""
    network: bool = False
    """Whether the adapter must run in an isolated network, where every contact is observed."""
    capability: Capability | None = None
    """A capability of the adapter, such as ``ca_file``."""


Transport = Literal[
    "http", "tls", "tls-wrong-host", "tls-expired", "tls-untrusted", "tls-self-signed"
]
"""How an SDK reaches the gateway; the words after ``tls-`` name the flaw of the certificate."""


class Stage(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The settings that an adapter is started with."""

    transport: Transport = "http"
    log_level: LogLevel = "none"
    unaided: bool = False
    """Whether the release gets no help that other cases need."""


QUICK: Final = Rig(attempts=1, connect_seconds=2, read_seconds=2, delay_seconds=0.1)
"""The rig of every case that is not about retries and time-outs."""


class Announcement(
    Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """A README that announces what a case would fail for, so that it is a convention there."""

    readme: str
    """The fact in the README, such as ``announcement credentials in the debug log``."""
    reference: str
    """The section of the README."""


class Case(Identity, frozen=True, kw_only=True):
    """One situation, and what must be observed in it."""

    server: Script | ContractServer | Closed
    steps: tuple[Step, ...]
    expect: tuple[Expectation, ...]
    stage: Stage = Stage()
    needs: Needs = Needs()
    announced: Announcement | None = None
    network: Literal["quick", "default"] = "quick"
    """``quick``: one attempt and time-outs of two seconds; ``default``: the settings of the SDK."""
    accommodation: Name | None = None
    """The help that a release makes necessary by what this case is about; it is run without it."""
    blame: Literal["sdk", "page"] = "sdk"
    """Who is to blame for a failure; ``page`` if the page contradicts itself."""
    runtimes: dict[str, str] = msgspec.field(default_factory=dict)
    """Runtimes that cannot do it whatever the SDK does: why not, as a sentence, by name."""


class Inapplicable(Identity, frozen=True, kw_only=True):
    """A case that does not apply to a target."""

    reason: str
    """Such as ``the page of 1.6.456 does not document site_id``."""

    @classmethod
    def of(cls, case: Identity, reason: str) -> Self:
        """The identity of a case, with the reason why the case does not apply."""
        known = {name: getattr(case, name) for name in Identity.__struct_fields__}
        return cls(**known, reason=reason)


Planned = Case | Inapplicable

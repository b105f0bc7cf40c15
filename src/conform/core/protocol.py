"""The messages between the suite and an adapter, version 2.

JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one message in one line of UTF-8, over the
adapter's standard input and output. The adapter answers each request before it reads the next one.
``schemas/protocol/`` has the JSON Schemas of these types, and ``docs/adapters.md`` explains the
protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from conform.core.text import cut
from conform.core.values import Argument, Value, texts

VERSION: Final = 2
"""The one version of the protocol that this suite speaks."""
OTHER_VERSION: Final = -32000
"""The code of the error of an adapter that speaks another version."""
MIGRATION: Final = "docs/adapters.md says in “From version 1” what to change"
"""What to do about an adapter of another version."""

Name = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[float, Meta(gt=0)]
LogLevel = Literal["none", "error", "info", "debug"]
Form = Literal["static", "instance", "construct", "read"]
Capability = Literal["run", "ca_file", "log_level", "instances", "symbols"]


class _Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The form of every message: immutable, named fields, defaults left out."""


# ── start ────────────────────────────────────────────────────────────────────────────────────────


class Start(_Message, frozen=True):
    """Asks the adapter to load the SDK, and to use one base URL for the whole run."""

    method: ClassVar[str] = "start"

    protocol: int
    """The version of the suite; an adapter that has another version refuses it with -32000."""
    base_url: str
    """Where the SDK sends its requests: scheme, host and port, no trailing slash."""
    ca_file: str | None = None
    """A PEM file of additional authorities to trust, for SDKs that can do so."""
    log_level: LogLevel = "none"
    """How much the SDK logs."""
    unaided: bool = False
    """Whether to leave out every accommodation."""


class Program(_Message, frozen=True):
    """A program or a library, with the version that it reports."""

    name: Name
    version: str


class OfferedOperation(_Message, frozen=True):
    """One operation of this release, in the SDK's own spelling."""

    resource: Name
    operation: Name
    forms: tuple[Form, ...]
    signature: str | None = None
    """The signature as reflection shows it, in languages that have reflection."""


class Accommodation(_Message, frozen=True):
    """Help without which the release could not be tested at all."""

    name: Name
    """The name that one written case has as its ``accommodation``: it fails for what is helped."""
    why: Name
    """What the release cannot do by itself, as a sentence."""


class Started(_Message, frozen=True):
    """What the adapter loaded: found in the SDK itself, never assumed."""

    adapter: Program
    sdk: Program
    """The version comes from the package, not from a constant, which a release can get wrong."""
    runtime: Program
    loaded: Name
    """The file from which the SDK was loaded, as the runtime says it, as an absolute path."""
    operations: tuple[OfferedOperation, ...] = ()
    error_families: tuple[Name, ...] = ()
    """The base classes of the SDK's own errors."""
    capabilities: tuple[Capability, ...] = ()
    log_sinks: tuple[Name, ...] = ("stderr",)
    """Where the SDK writes its log: ``stderr``, or absolute paths of files; empty for nowhere."""
    accommodations: tuple[Accommodation, ...] = ()


# ── reset and configure ──────────────────────────────────────────────────────────────────────────


class Reset(_Message, frozen=True):
    """Asks the adapter to restore the SDK's state after ``start``, and to drop all handles."""

    method: ClassVar[str] = "reset"


class Done(_Message, frozen=True):
    """The adapter did what the request asked for."""


class Rig(_Message, frozen=True, forbid_unknown_fields=True):
    """What makes cases short, in the same units for every SDK; an absent member keeps its value.

    It is not under test: an adapter does it in any way that the release has, documented or not.
    """

    attempts: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    """How many times a request is sent at most, the first time included."""
    connect_seconds: Seconds | UnsetType = UNSET
    read_seconds: Seconds | UnsetType = UNSET
    delay_seconds: Seconds | UnsetType = UNSET
    """The longest wait before another attempt."""


class Configure(_Message, frozen=True):
    """Asks the adapter to make global settings of the SDK, the rig first."""

    method: ClassVar[str] = "configure"

    rig: Rig = Rig()
    settings: dict[Name, Argument] = {}
    """The values that a user writes, by the name that the README of the release gives the setting.
    Credentials are settings too."""


class Configured(_Message, tag_field="outcome", tag="configured", frozen=True):
    """Which of the settings this release has, by the names in ``configure``."""

    applied: tuple[Name, ...] = ()
    unsupported: tuple[Name, ...] = ()

    def __str__(self) -> str:
        return "made settings"


# ── call and run ─────────────────────────────────────────────────────────────────────────────────


class Call(_Message, frozen=True):
    """Asks the adapter for one call of the SDK's public interface.

    The forms: ``static`` calls the operation on the resource; ``construct`` makes an object and
    sends nothing; ``instance`` calls the operation on the object with the handle ``on``; ``read``
    only reads attributes of that object. The call has the arguments that are here, in the order
    ``positional``, ``named``, ``options``, and no others.
    """

    method: ClassVar[str] = "call"

    resource: Name
    operation: str = ""
    form: Form = "static"
    positional: tuple[Argument, ...] = ()
    """What the page of the release passes by position, such as the ``id`` of a user."""
    named: dict[str, Argument] | None = None
    """What is passed by name, in the language's own way; absent if the call has no such argument,
    empty if it is there and empty."""
    options: dict[Name, Argument] | None = None
    """The options of this call alone, by the names that the README gives them."""
    keys: Literal["symbols", "strings"] = "symbols"
    """How names are written in a language that has both (capability ``symbols``)."""
    on: str | None = None
    keep: str | None = None
    """The handle under which the adapter keeps the resulting object."""
    read: tuple[Name, ...] = ()
    """The attributes to read from the result, in the SDK's own spelling."""


class Run(_Message, frozen=True):
    """Asks the adapter to run code in its own language, unchanged (capability ``run``)."""

    method: ClassVar[str] = "run"

    code: str
    bind: dict[str, Value] = {}
    """Values for the names that the code uses but does not define."""
    read: tuple[Name, ...] = ()


class Returned(_Message, tag_field="outcome", tag="returned", frozen=True):
    """The call returned."""

    value: Value
    """The returned value; an object of the SDK is ``other``, with its class as ``native``."""
    attributes: dict[str, Value] = {}
    """One entry for each name in ``read``; ``absent`` if the object has no such attribute,
    ``raised`` if reading it raised an error."""

    def __str__(self) -> str:
        return f"returned {cut(str(self.value))}"


class Raised(_Message, tag_field="outcome", tag="raised", frozen=True):
    """The call raised an error; this is everything that the SDK shows its caller."""

    error: Name
    """The class of the error, with its namespace."""
    ancestors: tuple[Name, ...] = ()
    """Its base classes, the nearest one first."""
    message: str = ""
    printed: str = ""
    """What the language prints of the error if nobody catches it, without the stack trace."""
    members: dict[str, Value] = {}
    """The public members of the error, such as ``code`` or ``headers``, but for its message."""
    http_status: int | None = None
    """The HTTP status in the error object; never parsed from the message."""
    api_type: str | None = None
    """The API's error type in the error object, such as ``not-found/folder``."""

    @property
    def in_members(self) -> Iterator[str]:
        """The texts in the members, as they are."""
        return (text for each in self.members.values() for text in texts(each))

    def says(self, text: str) -> bool:
        """Whether a caller can read a text in the message, in what is printed, or in a member."""
        return any(text in each for each in (self.message, self.printed, *self.in_members))

    @property
    def described(self) -> str:
        """The error with its status, type and message, on one line."""
        details = [f"HTTP status {self.http_status}"] if self.http_status else []
        details += [f"type {self.api_type}"] if self.api_type else []
        carried = f" ({', '.join(details)})" if details else ""
        return f"{self.error}{carried}: {cut(self.message)}"

    def __str__(self) -> str:
        return f"raised {self.described}"


class Unsupported(_Message, tag_field="outcome", tag="unsupported", frozen=True):
    """This release does not have the resource, operation, form or option."""

    reason: str

    def __str__(self) -> str:
        return f"does not exist in this release ({self.reason})"


Outcome = Returned | Raised | Unsupported


# ── echo ─────────────────────────────────────────────────────────────────────────────────────────


class Echo(_Message, frozen=True):
    """Asks the adapter to decode a value and to encode what it got, without the SDK."""

    method: ClassVar[str] = "echo"

    value: Value


class Echoed(_Message, frozen=True):
    """The value as the language holds it."""

    value: Value


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────


class Stop(_Message, frozen=True):
    """Asks the adapter to answer, and then to end with exit code 0."""

    method: ClassVar[str] = "stop"


# ── the envelope ─────────────────────────────────────────────────────────────────────────────────

AdapterRequest = Start | Reset | Configure | Call | Run | Echo | Stop


class ErrorResponse(_Message, frozen=True):
    """The reason why an adapter cannot do what a request asks; never an error of the SDK."""

    code: int
    """-32700 not JSON, -32600 not a request, -32601 unknown method, -32602 wrong parameters,
    -32603 the adapter itself failed, -32000 unknown protocol version, -32001 ``start`` is missing,
    -32002 the SDK cannot be loaded."""
    message: str
    data: Value | None = None

    def __str__(self) -> str:
        return f"answered with the error {self.code}: {self.message}"

"""The messages between the suite and an adapter, version 1.

JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one message a line of UTF-8, over the
adapter's standard input and output. The suite asks, the adapter answers each request before it
reads the next. ``schemas/protocol/`` holds the JSON Schemas made from these types, and
``docs/adapters.md`` teaches the protocol.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from conform.core.text import cut
from conform.core.values import Value

VERSION: Final = 1
"""The one version of the protocol that this suite speaks."""

Name = Annotated[str, Meta(min_length=1)]
Seconds = Annotated[float, Meta(gt=0)]
LogLevel = Literal["none", "error", "info", "debug"]
Form = Literal["static", "instance", "construct", "read"]


class _Message(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every message shares: immutable, named fields, defaults left out."""


# ── start ────────────────────────────────────────────────────────────────────────────────────────


class Start(_Message, frozen=True):
    """Asks the adapter to load the SDK and point it at one address for the whole run."""

    method: ClassVar[str] = "start"

    protocol: int
    """The version that the suite speaks; an adapter refuses another one with -32000."""
    base_url: str
    """Where the SDK sends its requests: scheme, host and port, no trailing slash."""
    ca_file: str | None = None
    """A PEM file of authorities to trust beside the SDK's own, where the SDK can."""
    log_level: LogLevel = "none"
    """How much the SDK logs."""


class Program(_Message, frozen=True):
    """A program or library with the version it has of itself."""

    name: Name
    version: str


class OfferedOperation(_Message, frozen=True):
    """One operation that exists in this release, in the SDK's own spelling."""

    resource: Name
    operation: Name
    forms: tuple[Form, ...]
    signature: str | None = None
    """What reflection says of it, where the language has that."""


class Started(_Message, frozen=True):
    """What runs here: found out from the SDK itself, never assumed."""

    adapter: Program
    sdk: Program
    """Version from the package, not from a constant that a release may get wrong."""
    runtime: Program
    operations: tuple[OfferedOperation, ...] = ()
    error_families: tuple[Name, ...] = ()
    """The classes that every error of the SDK's own descends from."""
    capabilities: tuple[Literal["run", "ca_file", "log_level", "instances"], ...] = ()
    logs: str = "stderr"
    """Where the SDK's logs go: ``stderr``, or the path of a file."""


# ── reset and configure ──────────────────────────────────────────────────────────────────────────


class Reset(_Message, frozen=True):
    """Asks that all global state of the SDK be as after ``start``, and all handles be dropped."""

    method: ClassVar[str] = "reset"


class Done(_Message, frozen=True):
    """The request was carried out; there is nothing more to say."""


class Credentials(_Message, frozen=True, forbid_unknown_fields=True):
    """What a caller is known by; an absent member is left as it is."""

    session_id: str | UnsetType = UNSET
    api_key: str | UnsetType = UNSET


class Network(_Message, frozen=True, forbid_unknown_fields=True):
    """Network settings in one unit for every SDK; an absent member is left as it is."""

    attempts: Annotated[int, Meta(ge=1)] | UnsetType = UNSET
    """How often a request is sent at the most, the first time included."""
    connect_seconds: Seconds | UnsetType = UNSET
    read_seconds: Seconds | UnsetType = UNSET
    first_delay_seconds: Seconds | UnsetType = UNSET
    longest_delay_seconds: Seconds | UnsetType = UNSET


class Configure(_Message, frozen=True):
    """Asks for global settings of the SDK."""

    method: ClassVar[str] = "configure"

    credentials: Credentials = Credentials()
    network: Network = Network()


class Configured(_Message, frozen=True):
    """Which of the named settings this release has, by the names that ``configure`` uses."""

    applied: tuple[Name, ...] = ()
    unsupported: tuple[Name, ...] = ()


# ── call and run ─────────────────────────────────────────────────────────────────────────────────


class Call(_Message, frozen=True):
    """Asks for one call of the SDK's public interface.

    The forms: ``static`` calls the operation on the resource; ``construct`` makes an object from
    the parameters and sends nothing; ``instance`` calls the operation on the object kept under
    ``on``; ``read`` only reads attributes of that object.
    """

    method: ClassVar[str] = "call"

    resource: Name
    operation: str = ""
    form: Form = "static"
    parameters: dict[str, Value] = {}
    options: Credentials = Credentials()
    """The options of this one call."""
    on: str | None = None
    keep: str | None = None
    """The handle to keep the resulting object under."""
    read: tuple[Name, ...] = ()
    """Attributes to read from the result, in the SDK's own spelling."""


class Run(_Message, frozen=True):
    """Asks that code in the adapter's language be run as it stands (capability ``run``)."""

    method: ClassVar[str] = "run"

    code: str
    bind: dict[str, Value] = {}
    """Names the code uses but does not define."""
    read: tuple[Name, ...] = ()


class Returned(_Message, tag_field="outcome", tag="returned", frozen=True):
    """The call returned."""

    value: Value
    """What it returned; an object of the SDK is ``other`` with its class as ``native``."""
    attributes: dict[str, Value] = {}
    """One entry for each name in ``read``, ``absent`` where the object has none."""

    def __str__(self) -> str:
        return f"returned {cut(str(self.value))}"


class Raised(_Message, tag_field="outcome", tag="raised", frozen=True):
    """The call raised, and this is all that the SDK tells its caller."""

    error: Name
    """The class of the error, with its namespace."""
    ancestors: tuple[Name, ...] = ()
    """Its base classes, nearest first."""
    message: str = ""
    http_status: int | None = None
    """The status that the error object carries; never read out of the message."""
    api_type: str | None = None
    """The API's error type that the error object carries, such as ``not-found/folder``."""

    @property
    def described(self) -> str:
        """The error with everything it carries, on one line."""
        details = [f"HTTP status {self.http_status}"] if self.http_status else []
        details += [f"type {self.api_type}"] if self.api_type else []
        carried = f" ({', '.join(details)})" if details else ""
        return f"{self.error}{carried}: {cut(self.message)}"

    def __str__(self) -> str:
        return f"raised {self.described}"


class Unsupported(_Message, tag_field="outcome", tag="unsupported", frozen=True):
    """This release has no such resource, operation, form or option."""

    reason: str

    def __str__(self) -> str:
        return f"does not exist in this release ({self.reason})"


Outcome = Returned | Raised | Unsupported


# ── stop ─────────────────────────────────────────────────────────────────────────────────────────


class Stop(_Message, frozen=True):
    """Asks the adapter to answer and then to end with exit code 0."""

    method: ClassVar[str] = "stop"


# ── the envelope ─────────────────────────────────────────────────────────────────────────────────

AdapterRequest = Start | Reset | Configure | Call | Run | Stop


class ErrorResponse(_Message, frozen=True):
    """Why an adapter could not do what it was asked; never an error of the SDK."""

    code: int
    """-32601 unknown method, -32602 wrong parameters, -32000 protocol version not spoken,
    -32001 ``start`` is missing, -32002 the SDK cannot be loaded."""
    message: str
    data: Value | None = None

    def __str__(self) -> str:
        return f"answered with the error {self.code}: {self.message}"

"""Everything seen in one case: requests on the wire, outcomes of steps, output and time."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from conform.core.protocol import Configured, Raised, Returned, Unsupported

LOOPBACK: Final = "127.0.0.1"
"""The host of the base URL in every run."""


class Header(Struct, frozen=True):
    """One header field as it was on the wire."""

    name: str
    value: str


class Request(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One request as its bytes arrived at the gateway."""

    method: str
    target: str
    """Path and query as sent, still escaped."""
    headers: tuple[Header, ...]
    body: bytes = b""
    step: int = 0
    """The index of the step during which it arrived."""
    at: float = 0.0
    """Seconds since the case began."""

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever the case of its name."""
        return next((h.value for h in self.headers if h.name.lower() == name.lower()), None)


class Response(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One response of the gateway; ``status`` is absent if it sent no complete status line."""

    status: int | None = None
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    fault: str | None = None
    """What was done to the connection instead of a response, such as ``reset``."""


class Exchange(Struct, frozen=True, kw_only=True):
    """One request with its response."""

    request: Request
    response: Response


class Crashed(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="crashed"):
    """The adapter's process ended during the step."""

    exit_code: int
    last_words: str = ""
    """The end of what it wrote to stderr."""

    def __str__(self) -> str:
        return f"ended the process with exit code {self.exit_code}"


class Hung(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="hung"):
    """The adapter did not answer within the time limit, and was ended."""

    seconds: float

    def __str__(self) -> str:
        return f"did not answer within {self.seconds:g} seconds"


class MemoryExceeded(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="memory-exceeded"):
    """The adapter used more memory than the suite allows; it was ended."""

    gibibytes: int
    """What the suite allows."""

    def __str__(self) -> str:
        return f"used more than {self.gibibytes} GiB of memory, and was ended"


class ProtocolViolation(
    Struct, frozen=True, kw_only=True, tag_field="outcome", tag="protocol-violation"
):
    """The adapter violated the protocol."""

    problem: str
    """In one sentence."""

    def __str__(self) -> str:
        return f"violated the protocol: {self.problem}"


class NotReached(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="not-reached"):
    """An earlier step ended the adapter, so this step was not executed."""

    def __str__(self) -> str:
        return "was not reached"


Trouble = Crashed | Hung | MemoryExceeded | ProtocolViolation
"""Outcomes that end an adapter; the next case gets a new one."""

StepOutcome = (
    Returned
    | Raised
    | Unsupported
    | Configured
    | Crashed
    | Hung
    | MemoryExceeded
    | ProtocolViolation
    | NotReached
)


class PactMismatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One mismatch that Pact's mock server reports for a request, in the words of Pact."""

    kind: str
    """Pact's type of the mismatch, such as ``BodyMismatch`` or ``request-not-found``."""
    description: str
    path: str | None = None


class Contact(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A look-up of a name, or a connection, that was not for the base URL."""

    host: str
    """The name that was looked up, else the address."""
    port: int
    protocol: Literal["dns", "tcp", "udp", "http", "tls", "https"]
    """As far as it is known; ``dns`` is a look-up."""
    request: Request | None = None
    """The first request on the connection, where it could be read."""

    @property
    def is_of_base_url(self) -> bool:
        """Whether it is the host of the base URL, on another port."""
        return self.host == LOOPBACK

    def __str__(self) -> str:
        if self.protocol == "dns":
            return f"a look-up of {self.host}"
        what = self.request.method if self.request else "a connection"
        return f"{what} to {self.host}:{self.port}"


class Respelled(Struct, frozen=True, kw_only=True):
    """What was seen with options in the style of the language, as the README does not name them."""

    names: dict[str, str]
    """The name that was tried, by the name in the README, such as ``sessionId`` by ``session_id``.
    """
    seen: Observation


class Observation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything seen during the execution of one case."""

    steps: tuple[StepOutcome, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    elsewhere: tuple[Exchange, ...] = ()
    """The requests to the second origin of a case."""
    not_kept: int = 0
    """How many more requests arrived at the base URL; the first 100 of each origin are kept."""
    pact: tuple[PactMismatch, ...] | None = None
    """The mismatches that Pact reports; absent if the case has no Pact server."""
    contacts: tuple[Contact, ...] | None = None
    """Look-ups and connections that were not for the base URL; absent if the network of the adapter
    was not isolated."""
    error_families: tuple[str, ...] = ()
    """The base classes of the SDK's own errors."""
    runtime: str = ""
    """The name of the runtime, such as ``CPython``."""
    output: str = ""
    """Everything that the SDK wrote to stdout, stderr and its log."""
    respelled: Respelled | None = None
    """The same steps with other names of options; absent if the README names them in the style of
    the language."""
    twin: Observation | None = None
    """The same call where nothing is wrong: with a trusted certificate, or at the level debug."""
    afterwards: Trouble | None = None
    """The failure of the adapter after the last step, when it was reset."""
    seconds: float = 0.0

    @property
    def arrived(self) -> int:
        """The number of requests, those that were not kept included."""
        return len(self.exchanges) + self.not_kept

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests, in the order in which they arrived."""
        return tuple(exchange.request for exchange in self.exchanges)


NOTHING: Final = Observation()
"""The observation of a case that was not executed."""

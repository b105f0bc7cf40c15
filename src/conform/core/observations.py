"""Everything seen in one case: requests on the wire, what each step came to, output and time."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

from conform.core.protocol import Configured, Raised, Returned, Unsupported


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
    """What the gateway answered; ``status`` is absent where it sent no whole status line."""

    status: int | None = None
    headers: tuple[Header, ...] = ()
    body: bytes = b""
    fault: str | None = None
    """What was done to the connection instead of answering, such as ``reset``."""


class Exchange(Struct, frozen=True, kw_only=True):
    """One request with its answer."""

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
    """No answer came within the time limit; the adapter was ended."""

    seconds: float

    def __str__(self) -> str:
        return f"did not answer within {self.seconds:g} seconds"


class ProtocolViolation(
    Struct, frozen=True, kw_only=True, tag_field="outcome", tag="protocol-violation"
):
    """The adapter broke the protocol."""

    problem: str
    """In one sentence."""

    def __str__(self) -> str:
        return f"broke the protocol: {self.problem}"


class NotReached(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="not-reached"):
    """An earlier step ended the adapter, so this one was not done."""

    def __str__(self) -> str:
        return "was not reached"


class SettingsMade(Struct, frozen=True, kw_only=True, tag_field="outcome", tag="configured"):
    """Settings were made."""

    configured: Configured

    def __str__(self) -> str:
        return "made settings"


Trouble = Crashed | Hung | ProtocolViolation
"""What ends an adapter; another one is started for the next case."""

StepOutcome = (
    Returned | Raised | Unsupported | SettingsMade | Crashed | Hung | ProtocolViolation | NotReached
)


class PactMismatch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that Pact's mock server found in a request, in Pact's words."""

    kind: str
    """Pact's type of the mismatch, such as ``BodyMismatch`` or ``request-not-found``."""
    description: str
    path: str | None = None


class Observation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen while one case was executed."""

    steps: tuple[StepOutcome, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    elsewhere: tuple[Exchange, ...] = ()
    """What was sent to the other origin of a case."""
    pact: tuple[PactMismatch, ...] | None = None
    """What Pact said; absent where no Pact server took part."""
    error_families: tuple[str, ...] = ()
    """The classes that every error of the SDK's own descends from."""
    output: str = ""
    """What the SDK wrote to stdout, stderr and its log."""
    afterwards: Trouble | None = None
    """What the adapter did wrong after its last answer, when it was reset."""
    seconds: float = 0.0

    @property
    def requests(self) -> tuple[Request, ...]:
        """The requests in the order they arrived."""
        return tuple(exchange.request for exchange in self.exchanges)


NOTHING: Final = Observation()
"""The observation of a case that was not executed."""

"""Describes as data what the server does in a case: its replies, correct or broken on purpose."""

from __future__ import annotations

from base64 import b64decode
from json import dumps
from typing import Annotated, Any, Final, Literal

from msgspec import Meta, Struct, structs

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
"""The status codes that send a client to another address (RFC 9110, section 15.4)."""
Wait = Annotated[float, Meta(ge=0)]


class _Reply(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="reply",
    tag=str.lower,
):
    """What all replies share: immutable, named fields, the name of the kind under ``reply``."""


class Answer(_Reply, frozen=True, kw_only=True):
    """A complete and correct HTTP response.

    The body is given as JSON, as text, or as base64. The gateway adds Content-Type and
    Content-Length, unless ``headers`` names them.
    """

    status: Annotated[int, Meta(ge=100, le=599)] = 200
    headers: dict[str, str] = {}
    json: Any = None
    text: str | None = None
    base64: str | None = None
    after: Wait = 0
    """Seconds until the first byte is sent."""

    @property
    def is_redirect(self) -> bool:
        """Whether the client is sent to another address (RFC 9110, section 15.4)."""
        return self.status in REDIRECTS

    @property
    def body(self) -> bytes:
        """The bytes of the body; JSON without spaces, with keys in the given order."""
        if self.base64 is not None:
            return b64decode(self.base64)
        if self.text is not None:
            return self.text.encode()
        if self.json is None:
            return b""
        return dumps(self.json, separators=(",", ":"), ensure_ascii=False).encode()


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Some bytes of a response, sent after a wait."""

    text: str = ""
    base64: str = ""
    after: Wait = 0
    times: Annotated[int, Meta(ge=1)] = 1


class RawBytes(_Reply, frozen=True, kw_only=True, tag="bytes"):
    """Bytes that are sent unchanged, valid HTTP or not, and what then happens to the connection."""

    parts: tuple[Part, ...]
    then: Literal["close", "reset", "hold"] = "close"


class Drop(_Reply, frozen=True, kw_only=True):
    """No response: the connection is closed, reset or kept open."""

    how: Literal["close", "reset", "hold"]
    after: Wait = 0


Reply = Answer | RawBytes | Drop


class _Server(
    Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
):
    """What all servers share: immutable, named fields, the name of the kind under ``kind``."""


class Script(_Server, frozen=True, kw_only=True, tag="script"):
    """One reply for each request, in order; the last reply is repeated.

    ``{here}`` and ``{elsewhere}`` in a header are replaced by the URLs of the two origins.
    """

    replies: tuple[Reply, ...] = ()
    elsewhere: tuple[Reply, ...] = ()
    """The replies of a second origin; it is started only if there are replies for it."""

    def located(self, here: str, elsewhere: str) -> Script:
        """The script with the URLs of the two origins filled in."""

        def filled(reply: Reply) -> Reply:
            if not isinstance(reply, Answer):
                return reply
            headers = {
                name: value.replace("{here}", here).replace("{elsewhere}", elsewhere)
                for name, value in reply.headers.items()
            }
            return structs.replace(reply, headers=headers)

        return Script(
            replies=tuple(map(filled, self.replies)), elsewhere=tuple(map(filled, self.elsewhere))
        )


class Closed(_Server, frozen=True, kw_only=True, tag="closed"):
    """A server that ends: during the last step, every connection is refused.

    The replies are for the earlier steps, as in a script.
    """

    replies: tuple[Reply, ...] = ()


class ContractServer(_Server, frozen=True, kw_only=True, tag="contract"):
    """A Pact mock server that expects one interaction of the contract of a page."""

    contract: str
    """The name of the consumer, such as ``python-compact``."""
    interaction: str
    """The description of the interaction in the contract."""

"""What the server does in a case: the answers of the gateway, whole or broken on purpose."""

from __future__ import annotations

from base64 import b64decode
from json import dumps
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

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
    """What every reply shares: immutable, named fields, its name under ``reply``."""


class Answer(_Reply, frozen=True, kw_only=True):
    """A whole and honest HTTP answer.

    The body is given once: as JSON, as text, or as base64 bytes. Content type and length are
    added unless ``headers`` names them.
    """

    status: Annotated[int, Meta(ge=100, le=599)] = 200
    headers: dict[str, str] = {}
    json: Any = None
    text: str | None = None
    base64: str | None = None
    after: Wait = 0
    """How long the client waits for the first byte."""

    @property
    def body(self) -> bytes:
        """The bytes of the body; JSON in its shortest form, keys in the given order."""
        if self.base64 is not None:
            return b64decode(self.base64)
        if self.text is not None:
            return self.text.encode()
        if self.json is None:
            return b""
        return dumps(self.json, separators=(",", ":"), ensure_ascii=False).encode()


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Some bytes as they go out, after a wait."""

    text: str = ""
    base64: str = ""
    after: Wait = 0
    times: Annotated[int, Meta(ge=1)] = 1


class RawBytes(_Reply, frozen=True, kw_only=True, tag="bytes"):
    """Bytes put on the wire as they stand, HTTP or not, and what then becomes of the connection."""

    parts: tuple[Part, ...]
    then: Literal["close", "reset", "hold"] = "close"


class Drop(_Reply, frozen=True, kw_only=True):
    """No answer at all."""

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
    """What every server shares: immutable, named fields, its name under ``kind``."""


class Script(_Server, frozen=True, kw_only=True, tag="script"):
    """The replies in the order the requests arrive; past the end the last one is repeated.

    ``{here}`` and ``{elsewhere}`` in a header of an answer stand for the two origins.
    """

    replies: tuple[Reply, ...] = ()
    elsewhere: tuple[Reply, ...] = ()
    """The replies of another origin, which listens where there are any."""

    def located(self, here: str, elsewhere: str) -> Script:
        """The script with the addresses of the two origins filled in."""

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


class Closed(_Server, frozen=True, tag="closed"):
    """Nobody listens: every connection is refused."""


class ContractServer(_Server, frozen=True, kw_only=True, tag="contract"):
    """A Pact mock server that holds one interaction of the variant's contract."""

    contract: str
    """The consumer's name, such as ``python-compact``."""
    interaction: str
    """The interaction's description in the contract."""

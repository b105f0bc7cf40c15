"""No secret of the caller is left in an observation that is shown."""

from __future__ import annotations

from base64 import b64encode
import json
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st
import msgspec

from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised, Returned
from conform.core.secrets import MASK, redacted
from conform.core.values import String

secrets = st.text(st.characters(exclude_categories=["Cs"]), min_size=4).filter(
    lambda text: text not in MASK
)


def seen(secret: str) -> Observation:
    request = Request(
        method="POST",
        target=f"/x?p={quote(secret, safe='')}",
        headers=(
            Header("X-Key", secret),
            Header("Authorization", b64encode(secret.encode()).decode()),
        ),
        body=json.dumps({"password": secret}).encode(),
    )
    return Observation(
        steps=(
            Returned(value=String(text=secret), attributes={"a": String(text=f"<{secret}>")}),
            Raised(error="Error", message=f"bad {secret}"),
        ),
        exchanges=(Exchange(request=request, response=Response(body=secret.encode())),),
        output=f"DEBUG body={secret!s}",
    )


@given(secrets)
def test_a_secret_is_masked_in_every_spelling(secret: str) -> None:
    shown = redacted(seen(secret), [secret])
    (exchange,) = shown.exchanges
    for text in (
        exchange.request.target,
        exchange.request.headers[0].value,
        exchange.request.headers[1].value,
        exchange.request.body.decode(),
        exchange.response.body.decode(),
        shown.output,
    ):
        assert MASK in text
    whole = msgspec.json.encode(shown.steps)
    assert whole.count(MASK.encode()) >= 3


@given(secrets)
def test_an_observation_without_secrets_is_unchanged(secret: str) -> None:
    observation = seen(secret)
    assert redacted(observation, []) == observation
    assert redacted(observation, [""]) == observation

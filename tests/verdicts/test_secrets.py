"""Secrets are found in every place and in every spelling, and only in that place."""

from __future__ import annotations

import pytest

from conform.cases.expectations import Escapes, Expectation, Exposure, Hides
from conform.cases.model import CallStep, Case
from conform.cases.replies import Script
from conform.core.identity import Source
from conform.core.observations import Exchange, Header, Observation, Request, Response
from conform.core.protocol import Raised, Returned
from conform.core.values import NULL
from conform.selftest.serialisers import SERIALISERS
from conform.verdicts import Fail, Pass, judge

SECRET = "vroom/4f1c+9d%é"
PLACES: tuple[Exposure, ...] = (
    "url",
    "output",
    "error",
    "client",
    "elsewhere",
    "last-step",
    "header-name",
)


def case(*expect: Expectation) -> Case:
    return Case(
        id="a.b/security/c",
        suite="security",
        title="",
        level="security",
        source=Source(kind="practice", reference="x"),
        since="0.1.0",
        server=Script(),
        steps=(CallStep(operation="session.create"), CallStep(operation="session.create")),
        expect=expect,
    )


def exchange(target: str = "/", body: bytes = b"", step: int = 0, **headers: str) -> Exchange:
    fields = tuple(Header(name.replace("_", "-"), value) for name, value in headers.items())
    request = Request(method="POST", target=target, headers=fields, body=body, step=step)
    return Exchange(request=request, response=Response(status=201))


def shown(place: Exposure, text: str) -> Observation:
    """An observation with a text in one place, and the secret only where it belongs."""
    allowed = exchange(body=SECRET.encode(), X_FilesAPI_Auth=SECRET)
    steps: tuple[Returned | Raised, ...] = (Returned(value=NULL), Returned(value=NULL))
    match place:
        case "url":
            return Observation(steps=steps, exchanges=(allowed, exchange(f"/?password={text}")))
        case "output":
            return Observation(steps=steps, exchanges=(allowed,), output=f"body: {text}\n")
        case "error":
            raised = Raised(error="E", message=f"It contains {text}.")
            return Observation(steps=(*steps[:1], raised), exchanges=(allowed, exchange(step=1)))
        case "client":
            return Observation(steps=steps, exchanges=(allowed, exchange(User_Agent=text)))
        case "elsewhere":
            return Observation(
                steps=steps, exchanges=(allowed,), elsewhere=(exchange(X_Auth=text),)
            )
        case "last-step":
            later = exchange(body=text.encode(), step=1)
            return Observation(steps=steps, exchanges=(allowed, later))
        case "header-name":
            return Observation(steps=steps, exchanges=(allowed, exchange(**{text: "1"})))


def hides(*places: Exposure) -> Hides:
    return Hides(secret=SECRET, of="the password", places=places)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("spelling", SERIALISERS)
def test_a_secret_is_found_in_every_spelling(place: Exposure, spelling: str) -> None:
    written = SERIALISERS[spelling](SECRET)
    verdict = judge(case(hides(place)), shown(place, f'{{"p":"{written}"}}'))
    assert isinstance(verdict, Fail)
    assert verdict.reason.startswith("The password is in ")


def test_the_evidence_begins_shortly_before_the_secret() -> None:
    log = f'{"." * 90}{{"password":"{SERIALISERS["JSON of .NET"](SECRET)}"}}'
    verdict = judge(case(hides("output")), shown("output", log))
    assert isinstance(verdict, Fail)
    assert '"password":"vroom/4f1c\\u002B9d' in verdict.seen


@pytest.mark.parametrize("place", PLACES)
def test_a_secret_in_another_place_is_not_found(place: Exposure) -> None:
    others = tuple(each for each in PLACES if each != place)
    assert judge(case(hides(*others)), shown(place, SECRET)) == Pass()
    assert judge(case(hides(place)), shown(place, "vroom")) == Pass()


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        ("/keys/a%2Fb", True),
        ("/keys/%61%2fb", True),
        ("/keys/a%2Fb?x=1", True),
        ("/keys/a/b", False),
        ("/keys/a%252Fb", False),
        ("/keys/", False),
        ("/other/a%2Fb", False),
    ],
)
def test_a_value_stays_one_segment_of_the_path(target: str, *, kept: bool) -> None:
    steps = (Returned(value=NULL), Returned(value=NULL))
    seen = Observation(steps=steps, exchanges=(exchange(target, step=1),))
    verdict = judge(case(Escapes(path="/keys/{}", value="a/b")), seen)
    assert isinstance(verdict, Pass if kept else Fail)


def test_a_value_may_be_refused_but_must_not_be_dropped() -> None:
    twin = (exchange("/keys/motor"),)
    refused = Observation(steps=(Returned(value=NULL), Raised(error="E")), exchanges=twin)
    assert judge(case(Escapes(path="/keys/{}", value="a/b")), refused) == Pass()
    dropped = Observation(steps=(Returned(value=NULL), Returned(value=NULL)), exchanges=twin)
    verdict = judge(case(Escapes(path="/keys/{}", value="a/b")), dropped)
    assert isinstance(verdict, Fail)
    assert "without a request" in verdict.reason

"""Each documented attribute is compared with the object of the SDK, from the observations."""

from __future__ import annotations

from collections.abc import Callable
import json

import pytest

from conform.core.observations import (
    Crashed,
    Exchange,
    Hung,
    Observation,
    ProtocolViolation,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Raised, Returned, Unsupported
from conform.core.results import CaseLine
from conform.core.values import (
    Absent,
    Boolean,
    Integer,
    Map,
    MapEntry,
    Null,
    Number,
    String,
    Undefined,
    Value,
)
from conform.reports.attributes import Fate, matrix

CaseOf = Callable[..., CaseLine]

CASE = "session.create/fields/site_id/int64-max"
LARGEST = 2**63 - 1


def seen(response: object, *steps: StepOutcome, body: bytes | None = None) -> Observation:
    """One exchange, and the outcomes of the steps."""
    return Observation(
        steps=steps,
        exchanges=(
            Exchange(
                request=Request(method="POST", target="/api/rest/v1/sessions", headers=()),
                response=Response(
                    status=201, body=json.dumps(response).encode() if body is None else body
                ),
            ),
        ),
    )


def returned(**attributes: Value) -> Returned:
    """A call that returned an object."""
    return Returned(value=Map(), attributes=attributes)


@pytest.mark.parametrize(
    ("observation", "fate"),
    [
        (seen({"site_id": 4}, returned(site_id=String(text="4"))), Fate.RETYPED),
        (seen({"site_id": LARGEST}, returned(site_id=Number(text="9.2e18"))), Fate.RETYPED),
        (seen({"site_id": LARGEST}, returned(site_id=Integer(text="2147483647"))), Fate.CHANGED),
        (seen({"site_id": 4}, returned(site_id=Absent())), Fate.DROPPED),
        (seen({"site_id": 4}, returned(site_id=Null())), Fate.DROPPED),
        (seen({"site_id": 4}, returned(site_id=Undefined())), Fate.DROPPED),
        (seen({"site_id": None}, returned(site_id=Integer(text="0"))), Fate.INVENTED),
        (seen({"id": "x"}, returned(site_id=Boolean(text="false"))), Fate.INVENTED),
        (seen({"site_id": 4}, returned(SiteId=String(text="4"))), Fate.RETYPED),
        (
            seen(
                {"site_id": 4},
                Returned(
                    value=Map(entries=(MapEntry(key="site", value=Integer(text="4")),)),
                    attributes={"site_id": Absent()},
                ),
            ),
            Fate.RENAMED,
        ),
        (
            seen(
                {"site_id": 4, "user_id": 4},
                Returned(
                    value=Map(entries=(MapEntry(key="userId", value=Integer(text="4")),)),
                    attributes={"site_id": Absent()},
                ),
            ),
            Fate.DROPPED,
        ),
        (seen({"site_id": 4}, Raised(error="KeyError")), Fate.RAISED),
        (seen({"site_id": 4}, Unsupported(reason="no create")), Fate.UNSUPPORTED),
        (seen({"site_id": 4}, Crashed(exit_code=1)), Fate.LOST),
        (seen({"site_id": 4}, Hung(seconds=2.0)), Fate.LOST),
        (seen({"site_id": 4}, ProtocolViolation(problem="not JSON")), Fate.LOST),
        (seen({}, returned(site_id=Null())), Fate.FAILED),
        (seen({}, body=b"\xff[not json"), Fate.FAILED),
        (seen({}, returned(site_id=Integer(text="4")), body=b"[" * 100_000), Fate.INVENTED),
        (Observation(), Fate.FAILED),
    ],
)
def test_the_fate_of_an_attribute_whose_case_failed(
    case_of: CaseOf, observation: Observation, fate: Fate
) -> None:
    (row,) = matrix(["php"], [case_of("php", CASE, "fail", observation=observation)])

    assert (row.operation, row.attribute) == ("session.create", "site_id")
    assert row.cells[0].worst is fate
    assert row.fails


@pytest.mark.parametrize(
    ("verdict", "fate"),
    [
        ("pass", Fate.KEPT),
        ("not-applicable", Fate.UNDOCUMENTED),
        ("unavailable", Fate.UNTESTED),
        ("inconclusive", Fate.UNTESTED),
    ],
)
def test_verdicts_other_than_a_failure(case_of: CaseOf, verdict: str, fate: Fate) -> None:
    (row,) = matrix(["php"], [case_of("php", CASE, verdict)])

    assert row.cells[0].worst is fate
    assert not row.fails


def test_a_target_without_a_case_of_the_attribute_is_not_tested(case_of: CaseOf) -> None:
    (row,) = matrix(["php", "go"], [case_of("php", CASE, "pass")])

    assert [cell.target for cell in row.cells] == ["php", "go"]
    assert row.cells[1].worst is Fate.UNTESTED


def test_failures_that_count_come_before_conventions_and_kept_attributes(case_of: CaseOf) -> None:
    retyped = seen({"site_id": 4}, returned(site_id=String(text="4")))
    raised = seen({"site_id": 4}, Raised(error="KeyError"))
    (row,) = matrix(
        ["php"],
        [
            case_of("php", f"{CASE}-0", "pass"),
            case_of("php", f"{CASE}-1", "fail", level="convention", observation=raised),
            case_of("php", f"{CASE}-2", "fail", observation=retyped),
            case_of("php", f"{CASE}-3", "fail", observation=retyped),
        ],
    )

    (cell,) = row.cells
    assert [(share.fate, share.level, share.cases) for share in cell.shares] == [
        (Fate.RETYPED, "documented", 2),
        (Fate.RAISED, "convention", 1),
        (Fate.KEPT, "documented", 1),
    ]
    assert len(cell.failing) == 2


def test_only_cases_of_the_fields_suite_make_rows(case_of: CaseOf) -> None:
    assert matrix(["php"], [case_of("php", "session.create/contract/create", "fail")]) == ()

"""An example run: the reference client, two releases, an unavailable target, and a failed one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import json

import pytest

from conform.core.identity import Level, Source, Suite
from conform.core.observations import (
    NOTHING,
    Crashed,
    Exchange,
    Header,
    Hung,
    Observation,
    PactMismatch,
    Request,
    Response,
    StepOutcome,
)
from conform.core.protocol import Program, Raised, Returned
from conform.core.results import Blame, CaseLine, Line, RunLine, VerdictName
from conform.core.values import Absent, Boolean, Integer, Null, Other, String, Value

from .elements import Element, parse, render

REFERENCE = "http"
OLD = "python==1.0.17"
NEW = "python==1.6.456"
GONE = "ruby==1.0.223"
BROKEN = "php==1.0.160"

STARTED = "2026-02-03T04:05:06Z"
INT64 = {
    "zero": 0,
    "one": 1,
    "minus-one": -1,
    "beyond-int32": 2**31,
    "beyond-double": 2**53 + 1,
    "max": 2**63 - 1,
    "min": -(2**63),
}
STRING = {
    "ordinary": "motor",
    "empty": "",
    "escapes": '"\\/\b\f\n\r\t',
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>&amp;'\"",
    "right-to-left": "\u202eabc\u202c שלום",
    "emoji": "👩\u200d💻🏳️\u200d🌈",
    "nul": "a\x00b",
    "long": "0123456789abcdef" * 6400,
}
STRINGS = ("id", "language", "login_token", "server_host", "theme", "username")
INTEGERS = ("site_id", "user_id", "action_count")
LACKS = "The object lacks an attribute of the response"
INVENTS = "The server sent nothing, and the SDK invents a boolean"
BOOLEANS = ("read_only", "sftp_enabled", "tls_disabled")


def run_line(target: str, **more: object) -> RunLine:
    """The first line of the results of a target."""
    fields: dict[str, object] = {
        "schema": 2,
        "target": target,
        "suite_version": "0.1.0",
        "protocol": 1,
        "started": STARTED,
        "machine": "Linux x86_64",
    }
    return RunLine(**fields | more)  # type: ignore[arg-type] # the tests name the fields


def case_line(
    target: str,
    case: str,
    verdict: VerdictName,
    *,
    suite: Suite = "fields",
    title: str = "",
    level: Level = "documented",
    blame: Blame | None = None,
    reason: str = "",
    expected: str = "",
    seen: str = "",
    cause: str = "",
    observation: Observation = NOTHING,
    source: str = "attribute site_id (int64) of session",
) -> CaseLine:
    """A line about one case."""
    return CaseLine(
        target=target,
        case=case,
        suite=suite,
        title=title or f"The case {case}",
        level=level,
        source=Source(kind="page", reference=source),
        since="0.1.0",
        verdict=verdict,
        blame=blame or ("sdk" if verdict == "fail" else None),
        reason=reason,
        expected=expected,
        seen=seen,
        cause=cause,
        observation=observation,
        seconds=0.0125,
    )


def login(response: dict[str, object], *steps: StepOutcome, output: str = "") -> Observation:
    """A login whose response is an object."""
    body = json.dumps(response, ensure_ascii=False, separators=(",", ":")).encode()
    return Observation(
        steps=steps,
        exchanges=(
            Exchange(
                request=Request(
                    method="POST",
                    target="/api/rest/v1/sessions",
                    headers=(
                        Header("Host", "127.0.0.1:40107"),
                        Header("User-Agent", "Files.com Python SDK v1.0"),
                        Header("Content-Type", "application/json"),
                        Header("Content-Length", "39"),
                    ),
                    body=b'{"username":"motor","password":"vroom"}',
                ),
                response=Response(
                    status=201,
                    headers=(
                        Header("Content-Type", "application/json"),
                        Header("Content-Length", str(len(body))),
                    ),
                    body=body,
                ),
            ),
        ),
        output=output,
        seconds=0.0125,
    )


def session(**attributes: Value) -> Returned:
    """The outcome of a call that returned a session."""
    return Returned(value=Other(native="Session", text="<Session>"), attributes=attributes)


def _value(item: object) -> Value:
    match item:
        case bool():
            return Boolean(text=str(item).lower(), native="bool")
        case int():
            return Integer(text=str(item), native="int")
        case _:
            return String(text=str(item), native="str")


def _fields() -> Iterator[tuple[str, str, object, str]]:
    for name in STRINGS:
        for boundary, text in STRING.items():
            yield name, f"string-{boundary}", text, "string"
    for name in INTEGERS:
        for boundary, number in INT64.items():
            yield name, f"int64-{boundary}", number, "int64"
    for name in BOOLEANS:
        yield name, "boolean-true", True, "boolean"
        yield name, "boolean-false", False, "boolean"
    for name in (*STRINGS, *INTEGERS, *BOOLEANS):
        yield name, "null", None, "any"
        yield name, "absent", Absent(), "any"


def _field_line(target: str, name: str, boundary: str, item: object, kind: str) -> CaseLine:
    nothing = item is None or isinstance(item, Absent)
    level: Level = (
        "convention" if nothing or boundary in {"string-nul", "string-long"} else "documented"
    )
    case = f"session.create/fields/{name}/{boundary}"
    title = f"{name} says that there is nothing" if nothing else f"{name} keeps {boundary}"
    source = f"attribute {name} ({kind}) of session"
    if target == OLD and name in {"language", "read_only"}:
        return case_line(
            target,
            case,
            "not-applicable",
            title=title,
            level=level,
            source=source,
            reason=f"There is no {source} on the page of python 1.0.17.",
        )
    response: dict[str, object] = {"id": "motor", "language": "en", "site_id": 4}
    if not isinstance(item, Absent):
        response[name] = item
    right: Value = Null(native="NoneType") if nothing else _value(item)
    wrong, reason, cause = _failure(target, name, item, right)
    if wrong is None:
        return case_line(
            target,
            case,
            "pass",
            title=title,
            level=level,
            source=source,
            observation=login(response, session(**{name: right})),
        )
    step = wrong if isinstance(wrong, Raised | Crashed | Hung) else session(**{name: wrong})
    return case_line(
        target,
        case,
        "fail",
        title=title,
        level=level,
        source=source,
        reason=reason,
        expected=f"{name} = {right}",
        seen=f"{name} = {wrong}" if not isinstance(wrong, Raised | Crashed | Hung) else reason,
        cause=cause,
        observation=login(
            response,
            step,
            output='\x1b[31mTraceback (most recent call last):\x1b[0m\n  File "<stdin>"\n'
            if isinstance(step, Raised)
            else "",
        ),
    )


def _failure(
    target: str, name: str, item: object, right: Value
) -> tuple[Value | Raised | Crashed | Hung | None, str, str]:
    """The wrong value that a target makes of a value, the reason and the cause; else None."""
    python = target in {OLD, NEW}
    if python and name == "server_host" and isinstance(item, str):
        return Absent(), "The object has no server_host.", LACKS
    if python and name == "user_id" and isinstance(item, int) and item > 2**53:
        wrong = Integer(text=str(int(float(item)) + 2), native="float")
        return (
            wrong,
            f"user_id was changed: {item} became {wrong}.",
            "An integer of the response is changed",
        )
    if target == OLD and name == "site_id" and isinstance(item, int):
        return (
            String(text=str(item), native="str"),
            f'site_id was turned into a string: {item} became "{item}".',
            "An integer of the response becomes a string",
        )
    if target == OLD and name == "tls_disabled" and not isinstance(item, bool):
        wrong_flag = Boolean(text="false", native="bool")
        reason = "The server sent no tls_disabled, and the SDK invented false."
        return wrong_flag, reason, INVENTS
    if target == NEW and name == "theme" and item == STRING["nul"]:
        return (
            Raised(
                error="builtins.KeyError",
                ancestors=("builtins.LookupError", "builtins.Exception"),
                message="'theme\x00' \x1b[1mnot\x1b[0m found </pre><script>alert(3)</script>",
            ),
            "session.create raised builtins.KeyError: 'theme'.",
            "A call that should return a result raises builtins.KeyError",
        )
    if target == NEW and name == "theme" and item == STRING["markup"]:
        return (
            String(text="<script>alert(1)</script>", native="str"),
            f"theme was changed: {str(item)!r} became '<script>alert(1)</script>'.",
            "A string of the response is changed",
        )
    return None, str(right), ""


def _contract_lines(target: str) -> Iterator[CaseLine]:
    common = {"suite": "contract", "source": "operation session.delete"}
    yield case_line(
        target,
        "session.create/contract/create",
        "pass",
        suite="contract",
        title="A session is created with user name and password",
        source="operation session.create",
        observation=login({"id": "motor"}, session(id=String(text="motor"))),
    )
    if target == OLD:
        request = Request(
            method="DELETE",
            target="/api/rest/v1/sessions/None?path=%2F..%2F",
            headers=(Header("Accept", "*/*"), Header("X-FilesAPI-Auth", "[redacted]")),
            body=b"\xff\xfe\x00\x01" + b"\x00" * 64 + b"A" * 102_400,
        )
        yield case_line(
            target,
            "session.delete/contract/delete",
            "fail",
            title="The session of the caller is deleted",
            level="security",
            reason="The request breaks the contract: the path was /api/rest/v1/sessions/None.",
            expected="DELETE /api/rest/v1/sessions",
            seen="DELETE /api/rest/v1/sessions/None",
            observation=Observation(
                steps=(Crashed(exit_code=-11, last_words="Segmentation fault"),),
                exchanges=(Exchange(request=request, response=Response(fault="reset")),),
                pact=(
                    PactMismatch(
                        kind="PathMismatch",
                        description="expected '/api/rest/v1/sessions'",
                        path="$.path",
                    ),
                ),
            ),
            **common,  # type: ignore[arg-type] # the same for each
        )
    else:
        yield case_line(
            target,
            "session.delete/contract/delete",
            "pass",
            title="The session of the caller is deleted",
            level="security",
            observation=login({}, session()),
            **common,  # type: ignore[arg-type] # the same for each
        )


@pytest.fixture(scope="session")
def lines() -> tuple[Line, ...]:
    """The lines of all targets, as in one file."""
    return tuple(_lines())


@pytest.fixture(scope="session")
def run_of() -> Callable[..., RunLine]:
    """Makes the first line of the results of a target."""
    return run_line


@pytest.fixture(scope="session")
def case_of() -> Callable[..., CaseLine]:
    """Makes the line of one case."""
    return case_line


def _lines() -> Iterator[Line]:
    fields = tuple(_fields())
    for target, sdk, runtime, page in (
        (REFERENCE, Program(name="requests", version="2.34.2"), "3.12.3", "1.6.456"),
        (OLD, Program(name="Files.com", version="1.0.17"), "3.12.3", "1.0.17"),
        (NEW, Program(name="Files.com", version="1.6.456"), "3.12.3", "1.6.456"),
    ):
        yield run_line(
            target,
            sdk=sdk,
            adapter=Program(name="conform-python", version="0.1.0"),
            runtime=Program(name="CPython", version=runtime),
            checked_against=f"checked against the page of {page}",
            variant="session/oldest",
            planned=len(fields) + 2,
        )
        yield from _contract_lines(target)
        for name, boundary, item, kind in fields:
            yield _field_line(target, name, boundary, item, kind)
    yield run_line(
        GONE,
        unavailable="Ruby is not installed: there is no program called ruby.",
        fix="Install it with: apt-get install ruby",
        checked_against="checked against the page of 1.0.223",
    )
    yield run_line(
        BROKEN,
        sdk=Program(name="files.com/files-sdk", version="1.0.160"),
        runtime=Program(name="PHP", version="8.4.1"),
        checked_against="checked against the page of 1.0.158",
        planned=4,
    )
    yield from _contract_lines(BROKEN)
    yield case_line(
        BROKEN,
        "session.create/fields/id/string-ordinary",
        "error",
        title="id keeps string-ordinary",
        blame="suite",
        reason="The adapter violated the protocol: a line of stdout is not JSON: \x07<br />",
        observation=login({"id": "motor"}, Hung(seconds=2.0)),
    )


@pytest.fixture(scope="module")
def document(lines: tuple[Line, ...]) -> str:
    """The example run as HTML."""
    return render(lines)


@pytest.fixture(scope="module")
def page(document: str) -> Element:
    """The same, parsed."""
    return parse(document)

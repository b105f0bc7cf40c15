"""Every adapter drives its SDK, old or new, and shows what the SDK does, right or wrong."""

from __future__ import annotations

from importlib.metadata import version
import json
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import parse_qsl

from msgspec.structs import replace
from packaging.version import Version
import pytest

from conform.cases.documentation import Documentation
from conform.cases.model import CallOptions, CallStep, ConfigureStep, Credentials
from conform.cases.replies import Answer, Drop
from conform.core.protocol import (
    Call,
    Configure,
    Configured,
    ErrorResponse,
    Raised,
    Returned,
    Rig,
    Run,
    Unsupported,
)
from conform.core.values import String, Value, parameters
from conform.engine.certificates import Certificates
from conform.engine.requests import requests
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog
from conform.targets.checker import RuleKept, check
from conform.targets.resolve import Target

from .known import REFUSAL, Known, Lacks, lineage
from .languages import GIVEN, KNOWN

CATALOG: Final = Catalog.load()
RELEASES: Final = {known.sdk: known.releases for known in KNOWN}
LACKS: Final = {known.sdk: known.lacks for known in KNOWN}
SAMPLES: Final = {known.sdk: known.samples for known in KNOWN}


def targets(sdk: str, *more: Any) -> list[Any]:
    """Its checkout, and its releases in the registry."""
    releases = (
        pytest.param(f"{sdk}=={release}", *more, marks=pytest.mark.registry)
        for release in RELEASES[sdk]
    )
    return [pytest.param(sdk, *more), *releases]


every = pytest.mark.parametrize(
    "which", [each for sdk in RELEASES for each in targets(sdk)], indirect=True, scope="module"
)
every_that_runs_samples = pytest.mark.parametrize(
    "which",
    [each for sdk, samples in SAMPLES.items() if samples for each in targets(sdk)],
    indirect=True,
    scope="module",
)
every_lack = pytest.mark.parametrize(
    ("which", "lacks"),
    [each for sdk in RELEASES for lacks in LACKS[sdk] for each in targets(sdk, lacks)],
    indirect=["which"],
    scope="module",
)
every_failing_sample = pytest.mark.parametrize(
    ("which", "code", "error"),
    [
        each
        for sdk, samples in SAMPLES.items()
        if samples
        for throw in samples.throws
        for each in targets(sdk, *throw)
    ],
    indirect=["which"],
    scope="module",
)


class Documented:
    """Drives an adapter with documented names."""

    def __init__(self, adapter: Any, spelling: Spelling) -> None:
        self.adapter = adapter
        self.spelling = spelling

    def call(self, operation: str, *replies: Any, **request: Any) -> Any:
        """Call an operation such as ``session.create``."""
        given = parameters(**request.pop("given", {}))
        step = CallStep(operation=operation, parameters=given, **request)
        [asked] = requests(step, self.spelling)
        return self.adapter.ask(asked, *replies)

    def authenticate(self, **credentials: str) -> None:
        """Set global credentials."""
        step = ConfigureStep(credentials=Credentials(**credentials))
        for request in requests(step, self.spelling):
            match request:
                case Configure(settings=settings):
                    made = self.adapter.adapter.ask(Configure(settings=settings), 60)
                    assert isinstance(made, Configured)
                    assert made.unsupported == ()
                case _:
                    assert isinstance(self.adapter.ask(request), Returned)

    def operation(self, name: str) -> str:
        """An operation, in the SDK's own spelling."""
        return self.spelling.operation(f"session.{name}")[1]

    def attributes(self, values: dict[str, Value]) -> dict[str, Value]:
        """Attributes, in the SDK's own spelling."""
        return {self.spelling.attribute(name): value for name, value in values.items()}

    @property
    def sent(self) -> tuple[str | None, str | None]:
        """The session and the API key of the only request."""
        [request] = self.adapter.requests
        session, key = map(request.header, ("X-FilesAPI-Auth", "X-FilesAPI-Key"))
        return session or None, key or None


@pytest.fixture
def it(adapter: Any, target: Target) -> Documented:
    """The adapter, with documented names."""
    release = adapter.started.sdk.version
    documentation = Documentation.of_release(target.manifest, release, CATALOG)
    return Documented(adapter, Spelling.of(target.manifest, documentation))


@pytest.fixture
def known(adapter: Any, target: Target) -> Known:
    """The known facts of the tested release."""
    sdk, release = target.manifest.adapter.name, Version(adapter.started.sdk.version)
    return [each for each in KNOWN if each.sdk == sdk and Version(each.since) <= release][-1]


@every
def test_every_rule_of_the_protocol_is_kept(target: Target) -> None:
    manifest = target.manifest
    findings = list(check(target.launch, manifest.naming, full=manifest.constructs_fully))
    assert [each for each in findings if not isinstance(each, RuleKept)] == []


@every
def test_start_names_the_sdk_and_its_operations(
    it: Documented, known: Known, target: Target, request: pytest.FixtureRequest
) -> None:
    started = it.adapter.started
    assert re.fullmatch(known.package, started.sdk.name)
    if known.sdk == "http":
        assert started.sdk.version == version("requests")
    elif target.release is None:
        checkout: Path = request.getfixturevalue("checkout")
        assert started.sdk.version == (checkout / "_VERSION").read_text().strip()
    else:
        assert started.sdk.version == target.release
    assert re.fullmatch(known.families, " ".join(started.error_families))
    session = it.spelling.operation("session.create")[0]
    found = {each.operation: each.forms for each in started.operations if each.resource == session}
    expected = {it.operation(name): forms for name, forms in known.forms}
    assert expected.items() <= found.items()
    assert known.more_forms or found.keys() == expected.keys()
    user = it.spelling.operation("user.find")[0]
    finds = {each.operation: each.forms for each in started.operations if each.resource == user}
    assert "static" in finds[it.operation("find")]
    if target.release and target.manifest.pages.package:
        assert target.page is not None
    assert ("run" in started.capabilities) == (known.samples is not None)


@every
def test_a_session_is_created_and_its_attributes_are_read(it: Documented, known: Known) -> None:
    reply = Answer(status=201, json={"id": "\u2028 🎉", "language": None})
    created = it.call("session.create", reply, given=GIVEN, read=known.shown)
    assert created.value.native == known.native
    assert created.attributes == it.attributes(known.shown)
    [request] = it.adapter.requests
    assert (request.method, request.target) == ("POST", "/api/rest/v1/sessions")
    text = request.body.decode()
    assert (dict(parse_qsl(text)) if known.form_encoded else json.loads(text)) == GIVEN
    assert known.body in {None, request.body}


@every
def test_a_large_id_is_sent_and_returned_unchanged(it: Documented, known: Known) -> None:
    largest = int(known.large.text)
    given = {"given": {"id": largest}, "options": CallOptions(api_key="own"), "read": ("id",)}
    found = it.call("user.find", Answer(json={"id": largest}), **given)
    assert found.attributes == it.attributes({"id": known.large})
    [request] = it.adapter.requests
    assert request.method == "GET"
    assert str(largest) in request.target
    assert request.target.startswith(known.found_at.format(id=largest))
    assert it.sent == (None, "own")


class Calls:
    """Calls with credentials, and the checks of their requests."""

    def __init__(self, it: Documented, known: Known) -> None:
        self.it = it
        self.known = known

    def find(self, **options: Any) -> Any:
        """Find a user."""
        reply = Answer(json={"id": 7})
        return self.it.call("user.find", reply, given={"id": 7}, options=CallOptions(**options))

    def delete(self, **options: Any) -> Any:
        """Delete the session."""
        return self.it.call("session.delete", self.known.deleted, options=CallOptions(**options))

    def sent(self, outcome: Any, session: str | None, key: str | None = None) -> None:
        """Check the credentials of the only request."""
        assert isinstance(outcome, Returned)
        assert self.it.sent == (session, key)

    def refused(self, outcome: Any) -> None:
        """Check that the SDK raised its own error, and sent no request."""
        assert isinstance(outcome, Raised)
        assert re.search(self.known.without_credentials, f"{lineage(outcome)} \n{outcome.message}")
        assert self.it.adapter.requests == ()


@pytest.fixture
def calls(it: Documented, known: Known) -> Calls:
    """Calls with credentials."""
    return Calls(it, known)


@every
def test_credentials_are_global_until_reset(calls: Calls, it: Documented, known: Known) -> None:
    if known.session_of_one_call == "unsupported":
        it.authenticate(api_key="ofall")
        calls.sent(calls.find(), None, "ofall")
    else:
        it.authenticate(session_id="ofall")
        calls.sent(calls.find(), "ofall")
        calls.sent(calls.delete(), "ofall")
        [request] = it.adapter.requests
        assert (request.method, request.target) == ("DELETE", "/api/rest/v1/sessions")
    it.adapter.reset()
    if known.without_credentials:
        calls.refused(calls.find())
    else:
        calls.sent(calls.find(), None)
    if known.deletes_without_credentials:
        calls.sent(calls.delete(), None)
    elif known.without_credentials:
        calls.refused(calls.delete())


@every
def test_credentials_of_one_call_are_sent_with_that_call(
    calls: Calls, it: Documented, known: Known
) -> None:
    calls.sent(calls.find(api_key="key"), None, "key")
    for call in (calls.find, calls.delete) if known.deletes_for_one_call else (calls.find,):
        match known.session_of_one_call:
            case "first" | "second" as place:
                calls.sent(call(session_id="ofone"), "ofone")
                it.authenticate(session_id="ofall")
                calls.sent(call(session_id="ofone"), "ofone" if place == "first" else "ofall")
            case "ignored":
                calls.refused(call(session_id="ofone"))
                it.authenticate(session_id="ofall")
                calls.sent(call(session_id="ofone"), "ofall")
            case "unsupported":
                assert isinstance(call(session_id="ofone"), Unsupported)
        it.adapter.reset()
        calls.sent(calls.find(api_key="key"), None, "key")


@every
def test_an_object_is_constructed_kept_and_saved(
    it: Documented, known: Known, session: dict[str, Any]
) -> None:
    given = {"id": 7, "name": "n"}
    made = it.call("user.new", form="construct", given=given, keep="it", read=("id", "name"))
    assert it.adapter.requests == ()
    if known.made:
        assert made.attributes == it.attributes(known.made)
        kept = it.call("user.new", form="read", on="it", read=("id", "name"))
        assert kept.attributes == made.attributes
        assert it.adapter.requests == ()
    else:
        assert isinstance(made, Unsupported)
    if known.saved is not None:
        it.call("session.new", form="construct", given={"username": "u"}, keep="it")
        assert it.adapter.requests == ()
        assert isinstance(it.call("session.save", form="instance", on="it"), Returned)
        assert [each.body for each in it.adapter.requests] == [known.saved]
        read = it.call("session.new", form="read", on="it", read=("id",))
        from_response = replace(known.shown["id"], text=session["id"])
        expected = known.id_after_save or from_response
        assert read.attributes == it.attributes({"id": expected})


@every
def test_a_parameter_of_a_wrong_type_is_refused_before_a_request(
    it: Documented, known: Known
) -> None:
    outcome = it.call("session.create", given={"username": 7})
    assert isinstance(outcome, known.mistyped)
    if isinstance(outcome, Raised):
        own = {outcome.error, *outcome.ancestors} & {*it.adapter.started.error_families}
        assert bool(own) == known.mistyped_own
    assert (it.adapter.requests == ()) == (known.mistyped is not Returned)


@every
def test_an_error_has_everything_that_the_caller_gets(it: Documented, known: Known) -> None:
    error = it.call("session.create", Answer(status=401, json=REFUSAL))
    assert isinstance(error, Raised)
    families = it.adapter.started.error_families
    assert any(each.matches(error, families) for each in known.refused), error


@every
def test_a_broken_connection_is_an_error(it: Documented, known: Known) -> None:
    dropped = it.call("session.create", Drop(how="reset"))
    session, create = it.spelling.operation("session.create")[0], it.operation("create")
    with it.adapter.gateway.refuse():
        refused = it.adapter.adapter.ask(Call(resource=session, operation=create), 60)
    for error in (dropped, refused):
        assert isinstance(error, Raised)
        assert re.search(known.dropped, lineage(error))
        assert error.http_status in known.dropped_statuses


@every
def test_settings_that_a_release_lacks_are_named(it: Documented, known: Known) -> None:
    wanted = {
        "attempts": 2,
        "connect_seconds": 1,
        "read_seconds": 1,
        "delay_seconds": 0.01,
    }
    configured = it.adapter.set(Rig(**wanted))
    assert set(configured.unsupported) == known.unsupported
    assert set(configured.applied) == wanted.keys() - known.unsupported
    once: Configured = it.adapter.set(Rig(attempts=1))
    assert (once.applied, once.unsupported) == (
        (("attempts",), ()) if known.once else ((), ("attempts",))
    )


@every
def test_the_first_attempt_counts(it: Documented, known: Known) -> None:
    it.authenticate(api_key="key")
    for attempts in (1, 3) if known.once else (3,):
        it.adapter.set(Rig(attempts=attempts, delay_seconds=0.01))
        for operation, is_retried in known.retries:
            given = {"id": 7} if operation == "user.find" else {}
            assert isinstance(it.call(operation, Drop(how="close"), given=given), Raised)
            assert len(it.adapter.requests) == (attempts if is_retried else 1)


@every_lack
def test_an_operation_that_a_release_lacks_is_unsupported(it: Documented, lacks: Lacks) -> None:
    it.call("session.new", form="construct", keep="it")
    outcome = it.adapter.call(lacks.operation, **lacks.request)
    assert outcome == Unsupported(reason=lacks.reason)
    assert it.adapter.requests == ()


@every_failing_sample
def test_any_error_of_a_sample_is_an_outcome(it: Documented, code: str, error: str) -> None:
    raised = it.adapter.run(code)
    assert isinstance(raised, Raised)
    assert raised.error == error


@every_that_runs_samples
def test_a_sample_runs_with_its_names_and_may_print(
    it: Documented, known: Known, session: dict[str, Any]
) -> None:
    samples = known.samples
    assert samples
    ran = it.adapter.run(samples.code, bind=parameters(name="n"), read=("id",))
    assert isinstance(ran, Returned)
    assert isinstance(ran.attributes["id"], String)
    assert ran.attributes["id"].text == session["id"]
    assert [each.body for each in it.adapter.requests] == [samples.body]
    assert all(word in it.adapter.adapter.output() for word in samples.words)


@every
def test_an_adapter_without_samples_refuses_them(it: Documented, known: Known) -> None:
    ran = it.adapter.adapter.ask(Run(code=""), 60)
    if known.samples:
        assert isinstance(ran, Returned)
    else:
        assert isinstance(ran, ErrorResponse)
        assert ran.code == -32601


@every
def test_only_the_given_authority_is_trusted(
    target: Target, behind_gateway: Any, tmp_path: Path
) -> None:
    [trusts] = {each.trusts for each in KNOWN if each.sdk == target.manifest.adapter.name}
    authority = Certificates(tmp_path)
    create = [
        target.manifest.naming.spell(kind, name)
        for kind, name in (("resource", "session"), ("operation", "create"))
    ]
    for ca_file in (authority.ca_file, None):
        with behind_gateway(target.launch, authority.context("tls")) as driven:
            started = driven.start(ca_file=ca_file)
            assert ("ca_file" in started.capabilities) == trusts
            outcome = driven.call(".".join(create))
            assert isinstance(outcome, Returned if ca_file and trusts else Raised)

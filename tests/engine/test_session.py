"""An adapter is used for many cases, and every trouble belongs to the case that caused it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec.structs import replace
import pytest

from conform.cases import Documentation
from conform.cases.expectations import AtMost, Ends, Hides, Lacks
from conform.cases.model import CallStep, Case, ConfigureStep, Stage
from conform.cases.replies import Answer, Script
from conform.core.errors import AdapterError, SuiteError
from conform.core.identity import Source
from conform.core.observations import Crashed, Hung, NotReached, ProtocolViolation
from conform.core.protocol import Raised, Returned
from conform.core.values import String, from_json
from conform.engine import session as sessions
from conform.engine.execution import Executor
from conform.engine.gateway import Gateway
from conform.engine.session import AdapterSession
from conform.schemas.catalog import Catalog
from conform.targets import Target
from conform.verdicts import Errored, Fail, Inconclusive, Pass, judge

Scripted = Callable[[str], Target]


@contextmanager
def session_of(target: Target) -> Iterator[AdapterSession]:
    with Gateway() as gateway, AdapterSession(target, gateway, Stage()) as session:
        yield session


@contextmanager
def executor_of(target: Target) -> Iterator[Executor]:
    catalog = Catalog.load()
    documentation = Documentation.of_every_variant(catalog)
    with session_of(target) as session, Executor(target, session, catalog, documentation) as made:
        yield made


def case(calls: int = 1) -> Case:
    """A case of some calls."""
    return Case(
        id="session.create/lifecycle/example",
        suite="lifecycle",
        title="An example",
        level="documented",
        source=Source(kind="page", reference="operation session.create"),
        since="0.1.0",
        server=Script(replies=(Answer(json={}),)),
        steps=(CallStep(operation="session.create"),) * calls,
        expect=(),
    )


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the time that an adapter may take to start and to reset."""
    monkeypatch.setattr(sessions, "START_SECONDS", 2.0)


def test_one_process_serves_many_cases(scripted: Scripted) -> None:
    target = scripted(
        "print(os.getpid(), request['method'], file=sys.stderr, flush=True)\nanswer(request)"
    )
    with executor_of(target) as executor:
        seen = [executor.execute(case()) for _ in range(3)]
    assert [each.afterwards for each in seen] == [None] * 3
    pids = {each.output.split()[0] for each in seen}
    assert len(pids) == 1
    assert [each.output.split()[1::2] for each in seen] == [["call", "reset"]] * 3


def test_each_case_begins_with_quick_settings_and_ends_with_a_reset(scripted: Scripted) -> None:
    target = scripted("""
        answer(request)
        with open("log", "a") as log:
            log.write(f"{request['method']} {json.dumps(request['params'])}\\n")
        if request["method"] == "call":
            RESULTS["call"]["value"]["text"] = open("log").read()
    """)
    with executor_of(target) as executor:
        executor.execute(case())
        second = executor.execute(case()).steps[0]
    assert isinstance(second, Returned)
    assert isinstance(second.value, String)
    methods = [line.split()[0] for line in second.value.text.splitlines()]
    assert methods == ["start", "configure", "call"]
    settings = second.value.text.splitlines()[1]
    assert '"attempts": 1' in settings
    assert '"read_seconds": 2' in settings


def test_a_crash_after_the_last_answer_belongs_to_that_case(scripted: Scripted) -> None:
    target = scripted("answer(request)\nif request['method'] == 'call': os._exit(7)")
    with executor_of(target) as executor:
        seen = [executor.execute(case()) for _ in range(2)]
    for each in seen:
        assert isinstance(each.steps[0], Returned)
        assert each.afterwards == Crashed(exit_code=7)
        verdict = judge(case(), each)
        assert isinstance(verdict, Errored)
        assert str(each.afterwards) in verdict.reason


@pytest.mark.usefixtures("soon")
def test_a_hang_after_the_last_answer_belongs_to_that_case(scripted: Scripted) -> None:
    target = scripted("answer(request)\nif request['method'] == 'call': time.sleep(600)")
    with executor_of(target) as executor:
        seen = executor.execute(case())
    assert seen.afterwards == Hung(seconds=2.0)
    assert isinstance(judge(case(), seen), Errored)


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("method", ["reset", "configure", "start"])
def test_an_adapter_that_hangs_outside_of_calls_again_and_again_ends_the_run(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr(sessions, "MOST_HANGS", 2)
    target = scripted(f"if request['method'] == '{method}': time.sleep(600)\nanswer(request)")
    with executor_of(target) as executor:
        for _ in range(2):
            with suppress(AdapterError):
                assert isinstance(executor.execute(case()).afterwards, Hung)
        with pytest.raises(SuiteError) as caught:
            executor.execute(case())
    assert caught.value.what == "The adapter of toy==1.0 hung 2 times outside of calls."


def test_a_second_answer_belongs_to_that_case(scripted: Scripted) -> None:
    target = scripted("answer(request)\nif request['method'] == 'call': answer(request)")
    with executor_of(target) as executor:
        seen = executor.execute(case())
    assert isinstance(seen.afterwards, ProtocolViolation)
    assert isinstance(judge(case(), seen), Errored)


def test_a_crash_in_a_step_ends_the_case_and_the_next_case_gets_a_new_process(
    scripted: Scripted,
) -> None:
    target = scripted("""
        if request["method"] == "call":
            sys.stderr.write("no memory")
            sys.stderr.flush()
            os._exit(3)
        answer(request)
    """)
    with executor_of(target) as executor:
        first, second = (executor.execute(case(calls=2)) for _ in range(2))
    crash = Crashed(exit_code=3, last_words="no memory")
    assert first.steps == second.steps == (crash, NotReached())
    assert first.afterwards is None


def test_output_belongs_to_its_case_until_reset_is_answered(scripted: Scripted) -> None:
    target = scripted("""
        import threading
        if request["method"] == "call":
            late = "the password is vroom/4f1c"
            write_it = lambda: print(late, file=sys.stderr, flush=True)
            RESULTS["thread"] = threading.Timer(0.05, write_it)
            RESULTS["thread"].start()
        if request["method"] == "reset":
            RESULTS["thread"].join()
        answer(request)
    """)
    hides = Hides(secret="vroom/4f1c", of="the password", places=("output",))
    leaking = replace(case(), expect=(hides,))
    with executor_of(target) as executor:
        seen = executor.execute(leaking)
    assert seen.output == "the password is vroom/4f1c\n"
    assert isinstance(judge(leaking, seen), Fail)


def test_an_adapter_that_is_started_again_is_counted(scripted: Scripted) -> None:
    crashes = scripted("if request['method'] == 'call': os._exit(3)\nanswer(request)")
    debug = replace(case(), stage=Stage(log_level="debug"))
    with executor_of(crashes) as executor:
        counts = []
        for each in (case(), case(), debug, debug, case()):
            executor.execute(each)
            counts.append(executor.restarts)
    assert counts == [0, 1, 1, 2, 3]


def test_an_adapter_that_lives_on_is_not_started_again(scripted: Scripted) -> None:
    debug = replace(case(), stage=Stage(log_level="debug"))
    info = replace(case(), stage=Stage(log_level="none", transport="tls"))
    with executor_of(scripted("answer(request)")) as executor:
        for each in (case(), debug, info, debug, case()):
            executor.execute(each)
        assert executor.restarts == 0


@pytest.fixture
def soon_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the time that an adapter may take to stop."""
    monkeypatch.setattr(sessions, "STOP_SECONDS", 1.0)


BAD_ENDS = [
    ("os._exit(7)", "It ended the process with exit code 7."),
    ("answer(request); sys.exit('no way out')", "with exit code 1: no way out."),
    ("time.sleep(600)", "It did not answer within 1 seconds."),
    ("answer(request); time.sleep(600)", "It did not answer within 1 seconds."),
    ("answer(request); answer(request)", "it sent a reply without a request."),
]


@pytest.mark.usefixtures("soon_stopped")
@pytest.mark.parametrize(("end", "problem"), BAD_ENDS)
def test_an_adapter_that_ends_badly_is_an_error(scripted: Scripted, end: str, problem: str) -> None:
    target = scripted(f"""
        if request["method"] == "stop":
            {end}
        answer(request)
    """)
    with pytest.raises(AdapterError) as caught, executor_of(target) as executor:
        seen = executor.execute(case())
    assert isinstance(judge(case(), seen), Pass)
    assert caught.value.what == "The adapter of toy==1.0 did not stop as it should."
    assert problem in caught.value.why


def test_an_adapter_of_another_stage_that_ends_badly_is_an_error_at_the_end(
    scripted: Scripted,
) -> None:
    target = scripted("""
        if request["method"] == "start":
            RESULTS["level"] = request["params"].get("log_level")
        answer(request)
        if request["method"] == "stop" and RESULTS["level"] == "debug":
            os._exit(7)
    """)
    stages = [Stage(log_level=level) for level in ("debug", "info", "none")]
    cases = [replace(case(), stage=stage) for stage in stages]
    with pytest.raises(AdapterError, match="did not stop") as caught, executor_of(target) as made:
        verdicts = [judge(each, made.execute(each)) for each in cases]
    assert verdicts == [Pass()] * 3
    assert "exit code 7" in caught.value.why


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ("os._exit(4)", "It ended the process with exit code 4."),
        ("sys.exit('no such library')", "exit code 1: no such library."),
        ("time.sleep(600)", "It did not answer within 2 seconds."),
        ("write(request, result=7)", "the protocol: Expected `object`"),
        (
            "write(request, error={'code': -32002, 'message': 'no SDK here'})",
            "It answered with the error -32002: no SDK here.",
        ),
    ],
)
def test_an_adapter_that_does_not_start_is_an_error(
    scripted: Scripted, lines: str, problem: str
) -> None:
    with session_of(scripted(lines)) as session, pytest.raises(AdapterError) as caught:
        session.start()
    assert caught.value.what == "The adapter of toy==1.0 did not start."
    assert problem in caught.value.why
    assert "conform adapter check" in caught.value.fix


@pytest.mark.parametrize(
    ("method", "what"),
    [("configure", "could not be made ready"), ("reset", "could not be reset")],
)
def test_an_adapter_that_cannot_be_reset_is_an_error(
    scripted: Scripted, method: str, what: str
) -> None:
    target = scripted(f"""
        if request["method"] == "{method}":
            write(request, error={{"code": 1, "message": "stuck"}})
        else:
            answer(request)
    """)
    with executor_of(target) as executor, pytest.raises(AdapterError, match=what) as caught:
        executor.execute(case())
    assert "It answered with the error 1: stuck." in caught.value.why


def test_a_step_about_an_object_that_was_not_returned_is_not_reached(scripted: Scripted) -> None:
    login = CallStep(operation="session.create", keep="session")
    destroy = CallStep(operation="session.destroy", form="instance", on="session")
    both = replace(case(), steps=(login, destroy))
    raised = {"outcome": "raised", "error": "ToyError", "message": "no"}
    target = scripted(f"""
        if request["method"] == "call":
            write(request, result={raised})
        else:
            answer(request)
    """)
    with executor_of(target) as executor:
        seen = executor.execute(both)
    assert isinstance(seen.steps[0], Raised)
    assert seen.steps[1] == NotReached()
    verdict = judge(both, seen)
    assert isinstance(verdict, Fail)
    assert verdict.reason == "session.create raised ToyError before it sent a request: no."


def test_an_adapter_that_sends_nothing_passes_nothing(scripted: Scripted) -> None:
    with executor_of(scripted("answer(request)")) as executor:
        hides = Hides(secret="vroom/4f1c", of="the password")
        for expectation in (hides, AtMost(count=1), Ends(within=5), Lacks(attribute="id")):
            silent = replace(case(), expect=(expectation,))
            assert isinstance(judge(silent, executor.execute(silent)), Inconclusive)


def test_the_twin_of_a_call_is_made_once(scripted: Scripted, tmp_path: Path) -> None:
    log = tmp_path / "levels"
    target = scripted(f"""
        if request["method"] == "start":
            with open({str(log)!r}, "a") as file:
                print(request["params"]["log_level"], file=file)
        answer(request)
    """)
    quiet = replace(case(), stage=Stage(log_level="error"))
    with executor_of(target) as executor:
        twins = [executor.execute(quiet).twin for _ in range(2)]
    assert twins[0] is not None
    assert twins[0] == twins[1]
    assert log.read_text().split() == ["debug", "error"]


def test_another_sdk_than_that_of_the_target_is_refused(scripted: Scripted) -> None:
    target = scripted("answer(request)")
    elsewhere = replace(target, sdk=target.sdk / "elsewhere")
    with session_of(elsewhere) as session, pytest.raises(AdapterError) as refused:
        session.start()
    assert refused.value.what == "The adapter of toy==1.0 loaded another SDK."
    assert str(target.sdk / "scripted.py") in refused.value.why
    assert str(elsewhere.sdk) in refused.value.why


def test_an_adapter_of_another_version_is_told_what_to_change(scripted: Scripted) -> None:
    target = scripted("""
        write(request, error={"code": -32000, "message": "this adapter speaks version 1"})
    """)
    with session_of(target) as session, pytest.raises(AdapterError) as refused:
        session.start()
    assert "does not speak version 2 of the protocol" in refused.value.what
    assert "this adapter speaks version 1" in refused.value.why
    assert refused.value.fix == "docs/adapters.md says in “From version 1” what to change."


def test_only_the_stage_that_is_unaided_leaves_out_help(scripted: Scripted) -> None:
    target = scripted("""
        if request["method"] == "start":
            unaided = request["params"].get("unaided", False)
            STARTED["runtime"] = {"name": str(unaided), "version": "1"}
        answer(request)
    """)
    with executor_of(target) as executor:
        unaided = executor.execute(replace(case(), stage=Stage(unaided=True)))
        assert (executor.execute(case()).runtime, unaided.runtime) == ("False", "True")


def test_a_log_file_is_output_of_the_case_that_wrote_it(scripted: Scripted) -> None:
    target = scripted("""
        log = os.path.join(os.environ["HOME"], "sdk.log")
        STARTED["log_sinks"] = ["stderr", log]
        if request["method"] == "call":
            with open(log, "a") as file:
                file.write(f"line {request['id']}\\n")
        answer(request)
    """)
    with executor_of(target) as executor:
        first, second = (executor.execute(case()).output for _ in range(2))
    assert first.startswith("line ")
    assert second.startswith("line ")
    assert len(first.splitlines()) == len(second.splitlines()) == 1
    assert first != second


def test_a_log_that_is_not_a_file_is_not_read(scripted: Scripted) -> None:
    target = scripted("""
        pipe = os.path.join(os.environ["HOME"], "pipe")
        if not os.path.exists(pipe):
            os.mkfifo(pipe)
        STARTED["log_sinks"] = [pipe, pipe + "-nowhere"]
        answer(request)
    """)
    with executor_of(target) as executor:
        assert executor.execute(case()).output == ""


def test_an_error_for_a_setting_is_the_outcome_of_its_step(scripted: Scripted) -> None:
    target = scripted("""
        if request["params"].get("settings"):
            RESULTS["configure"] = {"outcome": "raised", "error": "ToyError", "message": "not 0"}
        answer(request)
    """)
    setting = ConfigureStep(settings={"max_network_retries": from_json(0)})
    made = replace(case(), steps=(setting, *case().steps))
    with executor_of(target) as executor:
        seen = executor.execute(made)
    assert isinstance(seen.steps[0], Raised)
    verdict = judge(made, seen)
    assert isinstance(verdict, Fail)
    assert verdict.reason == "Making settings raised ToyError: not 0."

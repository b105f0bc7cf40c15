"""An adapter is contained in bounded time, whatever it does, and leaves no process."""

from collections.abc import Callable
from contextlib import suppress
import json
import os
from pathlib import Path
import time

import psutil
import pytest

from conform.core.errors import TargetUnavailableError
from conform.core.observations import Crashed, Hung, MemoryExceeded, ProtocolViolation
from conform.core.protocol import (
    VERSION,
    Call,
    Done,
    ErrorResponse,
    Reset,
    Returned,
    Start,
    Started,
    Stop,
)
from conform.core.values import to_json
from conform.targets import channel
from conform.targets.adapter import Adapter
from conform.targets.channel import LONGEST_LINE, MOST_NOISE
from conform.targets.launch import CLEAN, Launch
from conform.targets.output import KEPT

pytestmark = pytest.mark.usefixtures("nothing_left")

Scripted = Callable[[str], Launch]

SOON = 10.0
"""Seconds that no test needs, even on a busy machine."""


def test_an_adapter_that_answers_takes_more_requests_and_ends_by_itself(scripted: Scripted) -> None:
    with Adapter(scripted("serve()")) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        assert adapter.ask(Reset(), SOON) == Done()
        assert adapter.usable
        assert adapter.stop() is None


def test_an_error_is_an_answer(scripted: Scripted) -> None:
    launch = scripted("""
        request = read()
        error = {"code": -32602, "message": "no such handle"}
        write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": error}) + "\\n")
        serve()
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == ErrorResponse(code=-32602, message="no such handle")
        assert adapter.ask(Reset(), SOON) == Done()


def test_an_adapter_that_hangs_is_ended_in_time(scripted: Scripted) -> None:
    with Adapter(scripted("read(); time.sleep(600)")) as adapter:
        process = psutil.Process(adapter.pid)
        began = time.monotonic()
        assert adapter.ask(Reset(), 0.3) == Hung(seconds=0.3)
        assert time.monotonic() - began < SOON
        assert not process.is_running()
        assert not adapter.usable
        assert adapter.ask(Reset(), SOON) == Hung(seconds=0.3)


def test_an_adapter_that_never_reads_cannot_block_a_big_request(scripted: Scripted) -> None:
    with Adapter(scripted("time.sleep(600)")) as adapter:
        big = Call(resource="r" * 4_000_000)
        assert adapter.ask(big, 0.5) == Hung(seconds=0.5)


def test_an_adapter_that_ignores_sigterm_is_ended(scripted: Scripted) -> None:
    launch = scripted("signal.signal(signal.SIGTERM, signal.SIG_IGN); read(); time.sleep(600)")
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), 0.3) == Hung(seconds=0.3)
        assert not psutil.pid_exists(adapter.pid)


def test_a_crash_gives_exit_code_and_last_words(scripted: Scripted) -> None:
    launch = scripted("read(); sys.stderr.write('out of memory'); sys.stderr.flush(); os._exit(9)")
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Crashed(exit_code=9, last_words="out of memory")


def test_a_signal_is_a_crash(scripted: Scripted) -> None:
    with Adapter(scripted("read(); os.kill(os.getpid(), signal.SIGKILL)")) as adapter:
        assert adapter.ask(Reset(), SOON) == Crashed(exit_code=-9)


def test_an_answer_before_a_crash_still_counts(scripted: Scripted) -> None:
    with Adapter(scripted("reply(read()); os._exit(3)")) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        assert adapter.ask(Reset(), SOON) == Crashed(exit_code=3)


def test_a_crash_is_seen_while_a_child_keeps_the_pipes_open(scripted: Scripted) -> None:
    launch = scripted("""
        read()
        subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
        os._exit(4)
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Crashed(exit_code=4)


@pytest.mark.parametrize(
    "detach",
    [
        pytest.param("pass", id="child"),
        pytest.param("os.setsid()", id="in its own session"),
        pytest.param("os.setsid(); os.fork() and os._exit(0)", id="daemon"),
        pytest.param(
            "os.setsid(); os.fork() and os._exit(0); signal.signal(signal.SIGTERM, signal.SIG_IGN)",
            id="daemon that ignores SIGTERM",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["serve()", "read(); os._exit(1)", "time.sleep(600)"])
def test_no_child_outlives_its_adapter(
    scripted: Scripted, tmp_path: Path, detach: str, ending: str
) -> None:
    note = tmp_path / "child"
    launch = scripted(f"""
        if os.fork() == 0:
            {detach}
            with open({str(note)!r} + "-", "w") as file:
                file.write(str(os.getpid()))
            os.rename({str(note)!r} + "-", {str(note)!r})
            time.sleep(600)
            os._exit(0)
        while not os.path.exists({str(note)!r}):
            time.sleep(0.01)
        {ending}
    """)
    with Adapter(launch) as adapter:
        deadline = time.monotonic() + SOON
        while not note.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        child = psutil.Process(int(note.read_text()))
        assert child.is_running()
        adapter.ask(Reset(), 0.5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_flood_on_stderr_blocks_nothing_and_its_both_ends_are_kept(scripted: Scripted) -> None:
    launch = scripted("""
        request = read()
        sys.stderr.write("FIRST")
        for _ in range(64):
            sys.stderr.write("x" * 65536)
        sys.stderr.write("LAST")
        sys.stderr.flush()
        reply(request)
        serve()
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        output = adapter.output()
        assert output.startswith("FIRST")
        assert output.endswith("LAST")
        assert len(output) < 2 * KEPT + 100
        assert f"{64 * 65536 + 9 - 2 * KEPT} bytes left out" in output


def test_output_begins_at_the_mark(scripted: Scripted) -> None:
    launch = scripted("""
        for number in range(2):
            request = read()
            sys.stderr.write(f"said {number} ")
            sys.stderr.flush()
            reply(request)
        serve()
    """)
    with Adapter(launch) as adapter:
        adapter.ask(Reset(), SOON)
        assert adapter.output() == "said 0 "
        adapter.mark()
        adapter.ask(Reset(), SOON)
        assert adapter.output() == "said 1 "


def test_noise_on_stdout_is_output_and_not_a_reply(scripted: Scripted) -> None:
    launch = scripted("""
        request = read()
        write("hello\\n\\n{\\"a\\": 1}\\n[]\\n\\xff\\n")
        reply(request)
        serve()
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        assert adapter.output().startswith('hello\n\n{"a": 1}\n[]\n')


def test_endless_noise_on_stdout_is_a_protocol_violation(scripted: Scripted) -> None:
    with Adapter(scripted("read()\nwhile True: write('noise ' * 1000 + '\\n')")) as adapter:
        answer = adapter.ask(Reset(), SOON)
        assert isinstance(answer, ProtocolViolation)
        assert str(MOST_NOISE) in answer.problem


def test_an_endless_line_is_cut_off(scripted: Scripted) -> None:
    with Adapter(scripted("read()\nwhile True: write('x' * 1000000)")) as adapter:
        answer = adapter.ask(Reset(), SOON)
        assert isinstance(answer, ProtocolViolation)
        assert str(LONGEST_LINE) in answer.problem


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("request = read(); reply({'id': request['id'] + 1})", "answered request 2"),
        ('read(); write(\'{"jsonrpc": "2.0", "id": 1, "res\\n\')', "malformed"),
        ("read(); reply({'id': 1}, error={'code': 1, 'message': ''})", "either a result"),
        ('read(); write(\'{"jsonrpc": "2.0", "id": 1}\\n\')', "either a result"),
        ("read(); reply({'id': 1}, jsonrpc='1.0')", "Invalid enum value '1.0'"),
        ('read(); write(\'{"jsonrpc": "2.0", "id": 1, "result": 7}\\n\')', "Expected `object`"),
        ("read(); reply({'id': '1'})", "Expected `int | null`"),
    ],
)
def test_a_wrong_reply_is_a_protocol_violation(scripted: Scripted, body: str, problem: str) -> None:
    with Adapter(scripted(f"{body}\nserve()")) as adapter:
        answer = adapter.ask(Reset(), SOON)
        assert isinstance(answer, ProtocolViolation)
        assert problem in answer.problem
        assert not adapter.usable


def test_a_reply_with_an_unknown_outcome_is_a_protocol_violation(scripted: Scripted) -> None:
    with Adapter(scripted("reply(read(), {'outcome': 'guessed'})")) as adapter:
        answer = adapter.ask(Call(resource="session"), SOON)
        assert isinstance(answer, ProtocolViolation)
        assert "guessed" in answer.problem


def test_a_reply_of_deeply_nested_lists_is_a_protocol_violation(scripted: Scripted) -> None:
    launch = scripted("""
        read()
        deep = '{"kind": "list", "items": [' * 100000 + ']}' * 100000
        write('{"jsonrpc": "2.0", "id": 1, "result": {"outcome": "returned", "value": '
              + deep + '}}\\n')
        time.sleep(600)
    """)
    with Adapter(launch) as adapter:
        assert isinstance(adapter.ask(Call(resource="session"), SOON), ProtocolViolation)


def test_a_second_answer_is_found_with_the_next_request(scripted: Scripted) -> None:
    with Adapter(scripted("request = read(); reply(request); reply(request); serve()")) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        assert isinstance(adapter.ask(Reset(), SOON), ProtocolViolation)


def test_answers_in_the_wrong_order_are_a_protocol_violation(scripted: Scripted) -> None:
    launch = scripted("""
        reply(read())
        reply({"id": 3})
        reply({"id": 2})
        time.sleep(600)
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()
        assert isinstance(adapter.ask(Reset(), SOON), ProtocolViolation)


def test_a_reply_in_many_pieces_is_one_reply(scripted: Scripted) -> None:
    launch = scripted("""
        request = read()
        for letter in json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": {}}):
            write(letter)
        write("\\n")
        serve()
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), SOON) == Done()


def test_a_long_reply_is_read_to_its_end(scripted: Scripted) -> None:
    launch = scripted("""
        value = {"kind": "string", "text": "漢" * 3_000_000}
        reply(read(), {"outcome": "returned", "value": value})
        serve()
    """)
    with Adapter(launch) as adapter:
        answer = adapter.ask(Call(resource="session"), SOON)
        assert isinstance(answer, Returned)
        assert len(str(answer.value)) == 3_000_002


def test_an_adapter_that_ignores_stop_is_ended(scripted: Scripted) -> None:
    with Adapter(scripted("while True: reply(read())")) as adapter:
        assert adapter.stop(grace=0.3) is None
    with Adapter(scripted("reply(read()); time.sleep(600)")) as adapter:
        assert adapter.stop(grace=0.3) == Hung(seconds=0.3)


@pytest.mark.parametrize(
    ("end", "trouble"),
    [
        ("sys.exit('no way out')", Crashed(exit_code=1, last_words="no way out\n")),
        ("os._exit(7)", Crashed(exit_code=7)),
        ("reply(request)", ProtocolViolation(problem="it sent a reply without a request")),
        (
            "while True: print('x' * 65535)",
            ProtocolViolation(
                problem=f"it wrote more than {MOST_NOISE} bytes outside of replies to stdout"
            ),
        ),
    ],
)
def test_an_adapter_that_ends_badly_after_stop_is_trouble(
    scripted: Scripted, end: str, trouble: Crashed | ProtocolViolation
) -> None:
    with Adapter(scripted(f"request = read(); reply(request)\n{end}")) as adapter:
        assert adapter.stop(SOON) == trouble
        assert not adapter.usable


def test_an_adapter_that_crashes_or_refuses_to_stop_is_trouble(scripted: Scripted) -> None:
    with Adapter(scripted("read(); os._exit(3)")) as adapter:
        assert adapter.stop(SOON) == Crashed(exit_code=3)
    error = "{'code': 1, 'message': 'not now'}"
    refuse = f"print(json.dumps({{'jsonrpc': '2.0', 'id': 1, 'error': {error}}}), flush=True)"
    with Adapter(scripted(f"read(); {refuse}")) as adapter:
        assert adapter.stop(SOON) == ErrorResponse(code=1, message="not now")


def test_a_failure_of_the_suite_ends_the_adapter_too(scripted: Scripted) -> None:
    adapter = Adapter(scripted("time.sleep(600)"))
    process = psutil.Process(adapter.pid)
    with suppress(ZeroDivisionError), adapter:
        raise ZeroDivisionError
    assert not process.is_running()


def test_the_environment_is_clean_and_the_home_is_private(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "https_proxy", "PYTHONPATH", "PYTHONSTARTUP", "FILES_API_KEY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    launch = scripted("""
        value = {"kind": "string", "text": json.dumps([dict(os.environ), os.getcwd()])}
        reply(read(), {"outcome": "returned", "value": value})
        serve()
    """)
    with Adapter(launch) as adapter:
        answer = adapter.ask(Call(resource="environment"), SOON)
        assert isinstance(answer, Returned)
        environment, cwd = json.loads(to_json(answer.value))
        assert set(environment) <= {
            *CLEAN,
            "PATH",
            "HOME",
            "TMPDIR",
            "CONFORM_PROCESS",
            "CONFORM_TEST",
            "LC_CTYPE",
        }
        assert environment["HOME"] != os.environ.get("HOME")
        assert os.path.realpath(environment["HOME"]) == cwd
        assert Path(environment["TMPDIR"]).is_dir()
    assert not Path(environment["HOME"]).exists()
    assert not Path(environment["TMPDIR"]).exists()


def test_an_adapter_that_cannot_be_started_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(TargetUnavailableError, match="cannot be started"):
        Adapter(Launch((str(tmp_path / "nothing"),), {}))


def test_start_gives_what_the_adapter_answered(scripted: Scripted) -> None:
    launch = scripted("""
        request = read()
        program = {"name": "toy", "version": request["params"]["base_url"]}
        about = {"adapter": program, "sdk": program, "runtime": program, "loaded": "/sdk"}
        reply(request, about)
        serve()
    """)
    with Adapter(launch) as adapter:
        started = adapter.ask(Start(protocol=VERSION, base_url="http://127.0.0.1:9"), SOON)
        assert isinstance(started, Started)
        assert started.sdk.version == "http://127.0.0.1:9"
        assert adapter.ask(Stop(), SOON) == Done()


def test_an_adapter_that_uses_too_much_memory_is_ended(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "MOST_MEMORY", 2**28)
    launch = scripted("""
        read()
        child = "import time; held = bytearray(2**28); time.sleep(600)"
        subprocess.Popen([sys.executable, "-S", "-c", child])
        time.sleep(600)
    """)
    with Adapter(launch) as adapter:
        assert adapter.ask(Reset(), 60) == MemoryExceeded(gibibytes=0)
        assert not adapter.usable

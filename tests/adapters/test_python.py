"""The Python adapter calls an SDK as users do, whatever the SDK does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
import sys
from typing import Any

import pytest

from conform.core import manifest
from conform.core.observations import Crashed
from conform.core.protocol import (
    VERSION,
    Call,
    Configure,
    ErrorResponse,
    Raised,
    Returned,
    Start,
    Unsupported,
)
from conform.core.values import (
    ABSENT,
    Argument,
    Integer,
    Kept,
    Map,
    MapEntry,
    ReadError,
    String,
    from_json,
)
from conform.targets.adapter import Adapter
from conform.targets.launch import CLEAN, Launch, Places

INIT = """
from types import SimpleNamespace
import files_sdk.models.session as session
base_url, session_id, console_log_level = "", None, "none"
max_network_retries, open_timeout, read_timeout = 3, 30, 80
initial_network_retry_delay, max_network_retry_delay = 0.5, 2
key = ""
def set_api_key(value):
    global key
    key = value
def set_strict(value):
    raise ValueError(f"not {value}")
"""
SESSION = """
import json, os, subprocess, sys
from files_sdk.error import Error, InvalidParameterError

class Session:
    default_attributes = {}
    def __init__(self, attributes=None, options=None):
        self.__dict__.update(attributes or {})
    def save(self):
        self.saved = True
    @property
    def broken(self):
        raise KeyError("broken")

def new(*args, **kwargs):
    return Session(*args, **kwargs)

def create(params={}, options={}):
    params["seen"] = params.get("seen", 0) + 1
    return Session({**params, "options": options})

def find(id, params=None, options=None):
    return Session({"id": id, "params": params})

def settings():
    import files_sdk
    return [files_sdk.session_id, files_sdk.key, files_sdk.max_network_retries]

def fail(params):
    exec(params["how"])
"""
ERROR = """
class Error(Exception):
    http_status = error_type = None
class InvalidParameterError(Error):
    pass
class Typed(Error):
    def __init__(self, status, kind):
        self.http_status, self.error_type = status, kind
class Full(Error):
    def __init__(self):
        super().__init__("said")
        self.http_status, self.headers, self._private = 404, {"A": "1"}, "p"
    @property
    def title(self):
        return "Not found"
    @property
    def broken(self):
        raise KeyError("broken")
class Mute(Error):
    def __str__(self):
        return None
"""


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    """An SDK with the form of the real one, written for this test."""
    folder = tmp_path / "sdk"
    (folder / "files_sdk" / "models").mkdir(parents=True)
    (folder / "files_sdk" / "__init__.py").write_text(INIT)
    (folder / "files_sdk" / "error.py").write_text(ERROR)
    (folder / "files_sdk" / "models" / "__init__.py").touch()
    (folder / "files_sdk" / "models" / "session.py").write_text(SESSION)
    known = folder / "files_com-1.2.3.dist-info"
    known.mkdir()
    (known / "METADATA").write_text("Metadata-Version: 2.1\nName: Files.com\nVersion: 1.2.3\n")
    return folder


def launch_of(sdk: Path) -> Launch:
    python = manifest.named("python")
    places = Places(runtime=Path(sys.executable), adapter=python.folder, sdk=sdk)
    return Launch(places.fill(python.manifest.start.command), CLEAN)


@pytest.fixture
def toy(sdk: Path, behind_gateway: Callable[..., Any]) -> Iterator[Any]:
    """The adapter with that SDK, started."""
    with behind_gateway(launch_of(sdk)) as driven:
        driven.start()
        yield driven


def test_start_names_the_operations_of_the_sdk(toy: Any) -> None:
    assert toy.started.sdk.version == "1.2.3"
    assert toy.started.error_families == ("files_sdk.error.Error",)
    assert {(each.operation, each.forms) for each in toy.started.operations} == {
        ("new", ("construct",)),
        ("create", ("static",)),
        ("find", ("static",)),
        ("settings", ("static",)),
        ("fail", ("static",)),
        ("save", ("instance",)),
    }


def test_a_call_has_the_form_that_a_user_writes(toy: Any) -> None:
    made = toy.call("session.create", given={"a": 1}, read=("a", "options", "none"))
    assert made.attributes["a"].text == "1"
    assert made.attributes["options"].entries == ()
    assert made.attributes["none"] == ABSENT
    request = {"positional": (from_json(7),), "given": {"more": True}}
    named = toy.call("session.find", **request, read=("id", "params"))
    assert named.attributes["id"].text == "7"
    assert [entry.key for entry in named.attributes["params"].entries] == ["more"]


def test_an_object_is_kept_and_used(toy: Any) -> None:
    toy.call("session.", form="construct", given={"username": "motor"}, keep="it")
    assert isinstance(toy.call("session.save", form="instance", on="it"), Returned)
    read = toy.call("session.", form="read", on="it", read=("username", "saved"))
    assert [str(each) for each in read.attributes.values()] == ['"motor"', "true"]


def test_an_operation_that_the_release_lacks_is_unsupported(toy: Any) -> None:
    toy.call("session.", form="construct", keep="it")
    for outcome in (
        toy.call("session.forgot"),
        toy.call("session.Session"),
        toy.call("session.__init__"),
        toy.call("folder.list"),
        toy.call("session.set_attributes", form="instance", on="it"),
    ):
        assert isinstance(outcome, Unsupported)


def test_what_the_sdk_does_not_take_is_an_error_of_python(toy: Any) -> None:
    toy.call("session.", form="construct", keep="it")
    for outcome in (
        toy.call("session.save", form="instance", on="it", given={"a": 1}),
        toy.call("session.settings", options={"api_key": "k"}),
        toy.call("session.find"),
    ):
        assert isinstance(outcome, Raised)
        assert outcome.error == "TypeError"


def test_a_setting_is_a_variable_or_a_function(toy: Any) -> None:
    assert toy.set(session_id="s", set_api_key="k", nothing=1).unsupported == ("nothing",)
    assert [str(each) for each in toy.call("session.settings").value.items][:2] == ['"s"', '"k"']


def test_an_error_for_a_setting_is_an_outcome(toy: Any) -> None:
    settings = {"set_strict": from_json(7)}
    raised = toy.adapter.ask(Configure(settings=settings), 60)
    assert isinstance(raised, Raised)
    assert (raised.error, raised.message) == ("ValueError", "not 7")


def test_a_kept_object_and_its_attributes_are_arguments(toy: Any) -> None:
    toy.call("session.", form="construct", given={"username": "motor"}, keep="it")
    named = {"whole": Kept(handle="it"), "part": Kept(handle="it", attribute="username")}
    made = toy.call("session.create", named=named, read=("whole", "part"))
    assert made.attributes["whole"].native == "files_sdk.models.session.Session"
    assert str(made.attributes["part"]) == '"motor"'


def test_reset_restores_the_state_after_the_start(toy: Any) -> None:
    before = toy.call("session.settings").value
    toy.call("session.create")
    toy.set(session_id="s", set_api_key="k", max_network_retries=9)
    assert [str(each) for each in toy.call("session.settings").value.items] == ['"s"', '"k"', "9"]
    toy.call("session.", form="construct", keep="it")
    toy.reset()
    toy.set()
    assert toy.call("session.settings").value == before
    assert str(toy.call("session.create", read=("seen",)).attributes["seen"]) == "1"
    forgotten = toy.adapter.ask(Call(resource="session", form="read", on="it"), 60)
    assert isinstance(forgotten, ErrorResponse)


@pytest.mark.parametrize(
    ("how", "raised"),
    [
        ("raise KeyError('id')", ("KeyError", "'id'", None, None)),
        ("sys.exit(3)", ("SystemExit", "3", None, None)),
        ("raise GeneratorExit", ("GeneratorExit", "", None, None)),
        ("def f(): f()\nglobals()['f'] = f\nf()", ("RecursionError", None, None, None)),
        (
            "import files_sdk.error as e; raise e.Typed(404, 'not-found/folder')",
            ("files_sdk.error.Typed", None, 404, "not-found/folder"),
        ),
        (
            "import files_sdk.error as e; raise e.Typed('404', {'type': 1})",
            ("files_sdk.error.Typed", None, None, None),
        ),
        (
            "import files_sdk.error as e; raise e.Mute",
            ("files_sdk.error.Mute", "<exception str() failed>", None, None),
        ),
        ("raise Exception('\\ud800')", ("Exception", "?", None, None)),
    ],
)
def test_any_error_is_an_outcome(toy: Any, how: str, raised: tuple[Any, ...]) -> None:
    outcome = toy.call("session.fail", given={"how": how})
    assert isinstance(outcome, Raised)
    error, message, status, kind = raised
    assert (outcome.error, outcome.http_status, outcome.api_type) == (error, status, kind)
    assert message is None or outcome.message == message
    assert isinstance(toy.call("session.create"), Returned)


def test_an_attribute_that_raises_does_not_hide_the_others(toy: Any) -> None:
    made = toy.call("session.create", given={"a": 1}, read=("broken", "a"))
    assert made.attributes["broken"] == ReadError(error="KeyError", message="'broken'")
    assert str(made.attributes["a"]) == "1"


def test_an_error_shows_what_it_prints_and_its_public_members(toy: Any) -> None:
    how = "import files_sdk.error as e; raise e.Full"
    raised = toy.call("session.fail", given={"how": how})
    assert raised.printed == "files_sdk.error.Full: said"
    assert raised.members == {
        "http_status": Integer(native="int", text="404"),
        "headers": Map(
            native="dict",
            entries=(MapEntry(key="A", value=String(native="str", text="1")),),
        ),
        "title": String(native="str", text="Not found"),
    }


@pytest.mark.parametrize(
    "how",
    [
        "print('hello')",
        'print(\'{"jsonrpc": "2.0", "id": 1, "result": {}}\')',
        "os.write(1, b'raw\\n')",
        "subprocess.run(['echo', 'from a child'])",
        "sys.__stdout__.write('under the table\\n'); sys.__stdout__.flush()",
        "sys.stdout.buffer.write(b'\\xff\\n'); sys.stdout.flush()",
        "assert sys.stdin.read() == ''",
    ],
)
def test_output_and_input_of_the_sdk_never_mix_with_replies(toy: Any, how: str) -> None:
    toy.adapter.mark()
    assert isinstance(toy.call("session.fail", given={"how": how}), Returned)
    assert isinstance(toy.call("session.create"), Returned)
    assert bool(toy.adapter.output()) == ("stdin" not in how)


def test_an_sdk_that_ends_the_process_is_a_crash(sdk: Path) -> None:
    with Adapter(launch_of(sdk)) as adapter:
        adapter.ask(Start(protocol=VERSION, base_url="http://127.0.0.1:9"), 60)
        how: dict[str, Argument] = {"how": from_json("os._exit(7)")}
        call = Call(resource="session", operation="fail", named=how)
        assert adapter.ask(call, 60) == Crashed(exit_code=7)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("raise RuntimeError('needs Python 99')", "RuntimeError: needs Python 99"),
        ("import no_such_library", "No module named 'no_such_library'"),
        ("import sys; sys.exit('bye')", "SystemExit: bye"),
        ("}", "SyntaxError"),
    ],
)
def test_an_sdk_that_cannot_be_loaded_is_quoted(sdk: Path, lines: str, said: str) -> None:
    (sdk / "files_sdk" / "__init__.py").write_text(lines)
    with Adapter(launch_of(sdk)) as adapter:
        answer = adapter.ask(Start(protocol=VERSION, base_url="http://127.0.0.1:9"), 60)
        assert isinstance(answer, ErrorResponse)
        assert answer.code == -32002
        assert said in answer.message


def test_a_sample_runs_unchanged(toy: Any) -> None:
    ran = toy.run(
        'files_sdk.session.create({\n  "username": name\n})',
        bind={"name": String(text="motor")},
        read=("username",),
    )
    assert str(ran.attributes["username"]) == '"motor"'
    assert str(toy.run("a = 1").value) == "null"
    assert str(toy.run("").value) == "null"
    assert str(toy.run("a = 20\na + 1").value) == "21"
    assert toy.run("files_sdk.session.create({").error == "SyntaxError"
    assert toy.run("a").error == "NameError"

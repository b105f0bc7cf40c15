"""The checker finds every broken rule of an adapter, and no broken rule of a correct one."""

from collections.abc import Callable
from pathlib import Path
import re
import sys
import textwrap

from click.testing import CliRunner
import pytest

from conform.cli import adapter as command
from conform.core import manifest
from conform.core.errors import ExitCode, UsageError
from conform.core.manifest import Naming
from conform.targets import checked_adapter, checker, vectors
from conform.targets.checker import RuleBroken, RuleKept, RuleNotTried, check
from conform.targets.launch import CLEAN, Launch

pytestmark = pytest.mark.usefixtures("nothing_left")

NAMING = Naming(resource="snake", operation="snake", attribute="snake")

CORRECT = """
import sys
sys.path.insert(0, sys.argv[1])
import wire

class Session:
    def __init__(self, named=None, options=None):
        for name, value in (named or {}).items():
            setattr(self, name, value)

class Adapter:
    started = False

    def start(self, protocol, base_url, **_):
        if protocol != 2:
            raise wire.FaultError(-32000, "version 2 only")
        self.started, self.kept = True, {}
        program = {"name": "toy", "version": "1.0.0"}
        return {
            "adapter": program, "sdk": program, "runtime": program, "loaded": __file__,
            "operations": [
                {"resource": "session", "operation": "create", "forms": ["static"]},
                {"resource": "session", "operation": "new", "forms": ["construct"]},
            ],
            "error_families": ["OSError"],
        }

    def reset(self):
        self.kept.clear()
        return {}

    def configure(self, rig=None, settings=None):
        wire.decode_all(settings or {}, self.kept)
        return {
            "outcome": "configured", "applied": [*(rig or {})], "unsupported": [*(settings or {})]
        }

    def call(self, resource, operation="", form="static", **asked):
        arguments, on = wire.arguments(self.kept, asked), asked.get("on")
        if form not in wire.FORMS:
            raise wire.FaultError(-32602, "no such form")
        if form == "read":
            if on not in self.kept:
                raise wire.FaultError(-32602, "nothing is kept")
            return wire.returned(self.kept[on], asked.get("read", ()))
        if form == "construct":
            self.kept[asked["keep"]] = Session(*arguments)
            return wire.returned(self.kept[asked["keep"]], asked.get("read", ()))
        if (resource, operation) != ("session", "create"):
            return wire.unsupported("there is none")
        return wire.raised(ConnectionRefusedError("nobody listens"))

    def stop(self):
        return {}
"""
SERVE = "\nwire.serve(Adapter())\n"

Toy = Callable[[str], Launch]


@pytest.fixture
def toy(tmp_path: Path, tag: dict[str, str]) -> Toy:
    """Makes a correct adapter; more lines of code break it."""

    def make(wrong: str = "") -> Launch:
        path = tmp_path / "toy.py"
        path.write_text(CORRECT + wrong + SERVE)
        wire = manifest.named("http").folder
        return Launch((sys.executable, "-S", str(path), str(wire)), {**CLEAN, **tag})

    return make


def test_a_correct_adapter_keeps_every_rule(toy: Toy) -> None:
    assert [*check(toy(""), NAMING)] == [RuleKept(rule) for rule in checker.RULES]


WRONG = {
    "start comes before everything that needs the SDK (-32001)": """
        Adapter.started, Adapter.kept = True, {}""",
    "another version of the protocol is refused (-32000)": """
        start = Adapter.start
        Adapter.start = lambda self, protocol, **more: start(self, 2, **more)""",
    "start says what is here": """
        start = Adapter.start
        Adapter.start = lambda self, **p: {**start(self, **p), "error_families": []}""",
    "an unknown method is refused (-32601), also one that the adapter's own class has": """
        wire.METHODS = dir(Adapter)""",
    "wrong parameters are refused (-32602)": """
        wire.echo = lambda value=None: {"value": {"kind": "null"}}""",
    "wrong parameters of a call are refused (-32602)": """
        Adapter.call = lambda self, **more: wire.unsupported("whatever")""",
    "a line that is not JSON is refused (-32700), and the next one answered": """
        load = wire.json.loads
        def loads(line):
            try:
                return load(line)
            except ValueError:
                sys.exit(1)
        wire.json.loads = loads""",
    "JSON that is not a request is refused (-32600), and the next one answered": """
        answer = wire.answer
        wire.answer = lambda a, line: answer(a, b"{" if line[0] != 123 else line)""",
    "requests are answered in their order": """
        answer, answers = wire.answer, []
        def swapped(adapter, line):
            given = answer(adapter, line)
            number = given[0]["id"] or 0
            return ({**given[0], "id": {71: 72, 72: 71}.get(number, number)}, given[1])
        wire.answer = swapped""",
    "a character that ends a line elsewhere does not end one here": """
        answer = wire.answer
        wire.answer = lambda a, line: answer(a, line.decode().splitlines()[0].encode())""",
    "what a release does not have is unsupported": """
        Adapter.call = lambda self, resource, operation="", **more: wire.raised(KeyError(operation))
        """,
    "values come back as they were sent, whatever their kind, depth and size": """
        answer = wire.answer
        wire.answer = lambda a, line: answer(a, line[:1_000_000])""",
    "configure names every setting as applied or unsupported": """
        Adapter.configure = lambda self, **asked: {"outcome": "configured", "applied": []}""",
    "an unknown handle is refused (-32602)": """
        call = Adapter.call
        def lax(self, resource, form="static", on=None, **more):
            if form == "read" and on not in self.kept:
                return wire.returned(None)
            return call(self, resource, form=form, on=on, **more)
        Adapter.call = lax""",
    "a kept object and its attributes are arguments": """
        decoded = wire.decoded
        def whole(value, kept):
            return decoded({**value, "attribute": None} if "attribute" in value else value, kept)
        wire.decoded = whole""",
    "attributes come back as they were sent, and missing ones as absent": """
        returned = wire.returned
        def rounded(value, read=()):
            answer = returned(value, read)
            null = {"kind": "null"}
            return {**answer, "attributes": {n: null for n in answer["attributes"]}}
        wire.returned = rounded""",
    "reset drops the handles": """
        Adapter.reset = lambda self: {}""",
    "an error of the SDK is an outcome, and the next request is answered": """
        wire.raised = lambda error: sys.exit(1)""",
    "nothing but replies is on stdout": """
        import os
        stdout = os.dup(1)
        raised = wire.raised
        wire.raised = lambda error: os.write(stdout, b"debug\\\\n") and raised(error)""",
    "stop is answered and ends it with exit code 0": """
        Adapter.stop = lambda self: sys.exit(3)""",
    "it ends when its input is closed": """
        serve = wire.serve
        import time
        wire.serve = lambda adapter: (serve(adapter), adapter.started and time.sleep(600))""",
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shortens the time that an adapter has for one answer."""
    monkeypatch.setattr(checked_adapter, "ANSWER_SECONDS", 2.0)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("rule", checker.RULES)
def test_an_adapter_that_breaks_one_rule_is_found(toy: Toy, rule: str) -> None:
    launch = toy(textwrap.dedent(WRONG[rule]).replace("\\\\n", "\\n"))
    assert [type(found) for found in check(launch, NAMING, [rule])] == [RuleBroken]


def test_a_feature_that_an_adapter_does_not_offer_is_not_tried(toy: Toy) -> None:
    launch = toy("""
start = Adapter.start
def less(self, **params):
    started = start(self, **params)
    return {**started, "operations": [{"resource": "user", "operation": "list", "forms": []}]}
Adapter.start = less
""")
    found = [*check(launch, NAMING)]
    assert not any(isinstance(each, RuleBroken) for each in found)
    assert {each.rule for each in found if isinstance(each, RuleNotTried)} == {
        "attributes come back as they were sent, and missing ones as absent",
        "a kept object and its attributes are arguments",
        "reset drops the handles",
        "an error of the SDK is an outcome, and the next request is answered",
    }


def test_an_adapter_of_version_1_is_told_what_to_change(toy: Toy) -> None:
    launch = toy("""
def start(self, protocol, **_):
    raise wire.FaultError(-32000, "this adapter speaks version 1")
Adapter.start = start
""")
    (result,) = check(launch, NAMING, ["start says what is here"])
    assert isinstance(result, RuleBroken)
    assert "speaks version 1" in result.problem
    assert "docs/adapters.md says in “From version 1” what to change" in result.problem


def test_the_vectors_are_data_for_an_adapter_in_any_language() -> None:
    every = vectors.read()
    assert all(
        len(each.replies) == sum(1 + text.count("\n") for text in each.send) for each in every.lines
    )
    deepest = max(every.values, key=lambda each: each.nested)
    assert deepest.sent.count("[") == deepest.nested == 5000


def test_the_command_lists_kept_and_broken_rules(tmp_path: Path) -> None:
    http = manifest.named("http").folder
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("adapter.toml", "adapter.py", "client.py", "wire.py"):
        (folder / name).write_text((http / name).read_text())
    right = CliRunner().invoke(command.adapter, ["check", str(folder)])
    assert right.exit_code == ExitCode.CONFORMS, right.output
    assert right.output.endswith("It follows the protocol.\n")

    program = folder / "adapter.py"
    program.write_text(
        program.read_text().replace("return {}\n\n    def configure", "\n    def configure")
    )
    wrong = CliRunner().invoke(command.adapter, ["check", str(folder)])
    assert wrong.exit_code == ExitCode.DOES_NOT_CONFORM
    assert "\n  broken     " in wrong.output
    assert wrong.output.endswith("broken.\n")


def test_a_broken_rule_says_what_the_adapter_did_instead(toy: Toy) -> None:
    launch = toy("sys.stderr.write('no SDK here')\nsys.exit(3)")
    (result,) = check(launch, NAMING, ["start says what is here"])
    assert isinstance(result, RuleBroken)
    assert result.problem == "after start, it ended the process with exit code 3: no SDK here"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--release", "../../etc"], "'../../etc' is not a valid release."),
        (["--release", "1.0", "--checkout", "."], "cannot be used together"),
    ],
)
def test_a_wrong_option_of_the_command_is_refused(options: list[str], message: str) -> None:
    folder = str(manifest.named("http").folder)
    with pytest.raises(UsageError, match=re.escape(message)):
        CliRunner().invoke(command.adapter, ["check", folder, *options], catch_exceptions=False)

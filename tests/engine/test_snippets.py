"""A snippet is code that its language can read, and that does what the case does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
import json
import os
from pathlib import Path
import shutil
import subprocess
import sys

from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
import pytest
from tree_sitter import Language, Node, Parser

from conform.cases.documentation import Documentation
from conform.cases.model import (
    CallOptions,
    CallStep,
    Case,
    ConfigureStep,
    Credentials,
    RunStep,
    Step,
)
from conform.cases.plan import plan
from conform.cases.replies import Closed, Script
from conform.cli.adapter import check as checked
from conform.core import manifest as manifests
from conform.core.errors import TargetUnavailableError, UsageError
from conform.core.identity import Source
from conform.core.manifest import AdapterFolder
from conform.core.observations import Exchange
from conform.core.values import (
    ABSENT,
    Bytes,
    Integer,
    String,
    Undefined,
    Value,
    from_json,
    parameters,
)
from conform.engine.gateway import Gateway
from conform.engine.preparation import prepare
from conform.engine.snippets import FILE, check, snippet
from conform.engine.spelling import Spelling
from conform.schemas.catalog import Catalog
from conform.targets.resolve import Target

GRAMMARS = {
    "python": ("tree_sitter_python", "language", "string"),
    "http": ("tree_sitter_python", "language", "string"),
    "javascript": ("tree_sitter_javascript", "language", "string"),
    "ruby": ("tree_sitter_ruby", "language", "string"),
    "php": ("tree_sitter_php", "language_php", "encapsed_string"),
    "dotnet": ("tree_sitter_c_sharp", "language", "string_literal"),
    "java": ("tree_sitter_java", "language", "string_literal"),
}
"""The grammar of each language, and what a quoted text is called in it."""

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
UTF8 = {"LANG": "C.UTF-8"}
AWKWARD = [
    "",
    "\x00a\x1fb\x7f",
    "a\r\nb\tc",
    "\\u0041 \\n \\\\",
    "\"'`",
    "#{1} #$0 #@a $HOME ${a} {$a} {{ steps }} {% raw %} {# #}",
    "\u0085\u00a0\u2028\u2029\u202e\ufeff\uffff",
    "👩\u200d💻 żółć \U000e0041\U0010ffff",
    "0123456789abcdef" * 4096,
]


adapter = cache(manifests.named)
"""An adapter that ships."""


@cache
def cases(name: str) -> tuple[Case, ...]:
    """The cases that apply to the newest release of an SDK."""
    catalog = Catalog.load()
    documentation = Documentation.of_release(adapter(name).manifest, None, catalog)
    return tuple(case for case in plan(catalog, documentation) if isinstance(case, Case))


@cache
def spelling(name: str) -> Spelling:
    """The names of the newest release of an SDK."""
    manifest = adapter(name).manifest
    return Spelling.of(manifest, Documentation.of_release(manifest, None, Catalog.load()))


def code_of(case: Case, adapter: AdapterFolder) -> str:
    """The snippet of a case, with names spelled in the style of the language."""
    return snippet(case, adapter, spelling(adapter.name))


def case(*steps: Step) -> Case:
    """A case of some steps."""
    return Case(
        id="session.create/lifecycle/example",
        suite="lifecycle",
        title="An example",
        level="documented",
        source=Source(kind="page", reference="operation session.create"),
        since="0.1.0",
        server=Closed(),
        steps=steps,
        expect=(),
    )


def written(name: str, *steps: Step) -> str:
    """The snippet of some steps."""
    return code_of(case(*steps), adapter(name))


def login(**given: Value) -> CallStep:
    """A login with these parameters."""
    return CallStep(operation="session.create", parameters=given)


def parsed(name: str, code: str) -> Node:
    """The syntax tree of some code."""
    module, function, _ = GRAMMARS[name]
    language = Language(getattr(import_module(module), function)())
    return Parser(language).parse(code.encode()).root_node


def strings(name: str, code: str) -> list[str]:
    """The quoted texts in some code, as they stand there."""

    def found(node: Node) -> Iterator[str]:
        if node.type == GRAMMARS[name][2]:
            assert node.text is not None
            yield node.text.decode()
            return
        for child in node.children:
            yield from found(child)

    return list(found(parsed(name, code)))


# ── what is written ──────────────────────────────────────────────────────────────────────────────


def test_each_step_is_a_line_in_its_order() -> None:
    one = CallOptions(api_key="one")
    steps: tuple[Step, ...] = (
        ConfigureStep(
            credentials=Credentials(session_id="global", api_key="key"),
            settings={"read_timeout": from_json(1)},
        ),
        CallStep(
            operation="session.new", form="construct", parameters=parameters(id="x"), keep="it"
        ),
        CallStep(operation="session.save", form="instance", on="it"),
        CallStep(operation="session.new", form="read", on="it", read=("id", "site_id")),
        CallStep(operation="user.find", parameters=parameters(id=7), options=one, read=("name",)),
        replace(login(username=String(text="motor")), options=one, keep="other"),
    )

    assert written("python", *steps) == (
        "import os\n"
        "\n"
        "import files_sdk\n"
        "\n"
        'files_sdk.base_url = os.environ["BASE_URL"]\n'
        'session = files_sdk.session.Session({"id": "global"})\n'
        "files_sdk.set_session(session)\n"
        'files_sdk.set_api_key("key")\n'
        "files_sdk.read_timeout = 1\n"
        'session2 = files_sdk.session.Session({"id": "x"})\n'
        "session2.save()\n"
        "print(session2.id)\n"
        "print(session2.site_id)\n"
        'user = files_sdk.user.find(7, {}, {"api_key": "one"})\n'
        "print(user.name)\n"
        'session3 = files_sdk.session.create({"username": "motor"}, {"api_key": "one"})\n'
    )
    assert 'const user = await User.find(7, {}, { apiKey: "one" });' in written(
        "javascript", *steps
    )
    assert "const session2 = await Session.create(" in written("javascript", *steps)
    assert "System.out.println(session2.getSiteId());" in written("java", *steps)
    assert written("go", *steps) == ""


def test_values_are_literals_of_the_language() -> None:
    steps = login(
        text=String(text="a"),
        gone=ABSENT,
        nothing=from_json(None),
        flags=from_json([True, False, 1.5]),
        map=from_json({"deep": {"n": 2**63 - 1}}),
        empty=from_json({}),
    )
    said = {name: written(name, steps).replace("\n", " ") for name in GRAMMARS}

    assert (
        '{"text": "a", "nothing": None, "flags": [True, False, 1.5],'
        ' "map": {"deep": {"n": 9223372036854775807}}, "empty": {}}'
    ) in said["python"]
    assert '"nothing": null, "flags": [true, false, 1.5]' in said["javascript"]
    assert '{ "n": 9223372036854775807n }' in said["javascript"]
    assert '"empty": {}' in said["javascript"]
    assert "nothing: nil" in said["ruby"]
    assert '"map" => ["deep" => ["n" => 9223372036854775807]]' in said["php"]
    assert 'put("n", 9223372036854775807L);' in said["java"]
    assert 'put("empty", new HashMap<>());' in said["java"]
    assert '["flags"] = new object[] { true, false, 1.5 }' in said["dotnet"]
    for code in said.values():
        assert "gone" not in code


@pytest.mark.parametrize(
    ("name", "largest", "beyond"),
    [
        ("javascript", 2**53 - 1, "9007199254740992n"),
        ("java", 2**63 - 1, 'new java.math.BigInteger("9223372036854775808")'),
        ("dotnet", 2**63 - 1, 'System.Numerics.BigInteger.Parse("9223372036854775808")'),
        ("python", 2**63 - 1, "9223372036854775808"),
    ],
)
def test_a_number_beyond_what_a_literal_holds_is_written_another_way(
    name: str, largest: int, beyond: str
) -> None:
    assert beyond not in written(name, login(n=Integer(text=str(largest))))
    assert beyond in written(name, login(n=Integer(text=str(largest + 1))))


def test_a_long_text_that_repeats_itself_is_written_once() -> None:
    code = written("python", login(username=String(text="0123456789abcdef" * 4096)))
    assert '"username": "0123456789abcdef" * 4096' in code


@pytest.mark.parametrize("value", [Bytes(base64="/w=="), Undefined()])
def test_what_cannot_be_said_gives_no_snippet(value: Value) -> None:
    assert written("python", login(username=value)) == ""
    assert written("go", login(username=Integer(text=str(2**63)))) == ""


def test_an_object_that_is_not_there_gives_no_snippet() -> None:
    assert written("python", CallStep(operation="session.save", form="instance", on="it")) == ""


def test_an_adapter_without_a_template_gives_no_snippet(tmp_path: Path) -> None:
    bare = replace(adapter("python"), folder=tmp_path)
    check(bare)
    assert code_of(case(login()), bare) == ""


@pytest.mark.parametrize("name", manifests.known())
def test_every_adapter_that_ships_has_a_valid_template(name: str) -> None:
    assert (adapter(name).folder / FILE).is_file()
    check(adapter(name))


@pytest.mark.parametrize("name", manifests.known())
def test_no_step_is_left_out(name: str) -> None:
    before = CallStep(operation="session.create", keep="it")
    steps: tuple[Step, ...] = (
        ConfigureStep(credentials=Credentials(session_id="a")),
        ConfigureStep(credentials=Credentials(api_key="a")),
        login(),
        CallStep(operation="session.save", form="instance", on="it"),
        CallStep(operation="session.new", form="read", on="it", read=("id",)),
        RunStep(code="sample"),
    )
    codes = [written(name, before, step) for step in steps]
    assert written(name, before) not in codes


@pytest.mark.parametrize(
    ("template", "line", "why"),
    [
        ("{% for %}", 1, "Expected an expression"),
        ("\n{{ 'a' | loud }}", 2, "No filter named 'loud'"),
        ("\n\n{{ nothing }}", 3, "'nothing' is undefined"),
        ("{% for step in steps %}\n{{ step.colour }}\n{% endfor %}", 2, "no attribute 'colour'"),
        ("{% macro a() %}\n{{ 'a' + 1 }}\n{% endmacro %}\n{{ a() }}", 2, "can only concatenate"),
    ],
)
def test_a_template_that_is_not_valid_is_refused_with_its_line(
    tmp_path: Path, template: str, line: int, why: str
) -> None:
    (tmp_path / FILE).write_text(template)
    with pytest.raises(UsageError) as caught:
        check(replace(adapter("python"), folder=tmp_path))
    assert caught.value.what == f"{tmp_path / FILE}:{line} is not a valid template."
    assert why in caught.value.why


def test_a_template_is_checked_with_its_adapter(tmp_path: Path) -> None:
    folder = shutil.copytree(adapter("http").folder, tmp_path / "http")
    (folder / FILE).write_text("{{ nothing }}")
    ran = CliRunner().invoke(checked, [str(folder)])
    assert isinstance(ran.exception, UsageError)
    assert f"{FILE}:1 " in ran.exception.what


def test_a_sample_stands_as_it_is_below_what_it_needs() -> None:
    sample = RunStep(
        code="files_sdk.session.create(\n  {'username': name}\n)\n", bind=parameters(name="a")
    )
    assert written("python", sample).endswith(
        "name = \"a\"\nfiles_sdk.session.create(\n  {'username': name}\n)\n"
    )


# ── the languages can read it ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", GRAMMARS)
def test_every_case_is_code_of_its_language(name: str) -> None:
    codes = {each.id: code_of(each, adapter(name)) for each in cases(name)}
    unsaid = {"/".join(case.split("/")[:3]) for case, code in codes.items() if not code}
    # Java's users have numbers as ids, so a text does not compile.
    assert unsaid == ({"user.find/security/path"} if name == "java" else set())
    assert [case for case, code in codes.items() if parsed(name, code).has_error] == []


def test_every_case_of_go_is_code_of_go(tmp_path: Path) -> None:
    if (gofmt := shutil.which("gofmt")) is None:
        pytest.skip("gofmt is not on the PATH")
    codes = {code_of(each, adapter("go")) for each in cases("go")} - {""}
    for number, code in enumerate(codes):
        (tmp_path / f"{number}.go").write_text(code)
    assert len(codes) > 10
    ran = subprocess.run([gofmt, "-l", "."], cwd=tmp_path, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


@given(TEXTS)
def test_any_text_is_read_by_python_as_it_was(text: str) -> None:
    module = ast.parse(written("python", login(username=String(text=text))))
    (call,) = (
        node for node in ast.walk(module) if isinstance(node, ast.Call) and len(node.args) == 1
    )
    assert ast.literal_eval(call.args[0]) == {"username": text}


@pytest.mark.parametrize("name", GRAMMARS)
@given(text=TEXTS)
@settings(max_examples=60)
def test_any_text_is_one_text_in_every_language(name: str, text: str) -> None:
    code = written(name, login(username=String(text=text)))
    assert not parsed(name, code).has_error
    before = strings(name, written(name, login(username=String(text="plain"))))
    after = strings(name, code)
    assert len(after) == len(before)
    (quoted,) = [new for new, old in zip(after, before, strict=True) if old == '"plain"']
    inner = quoted[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inner
    assert quoted.isprintable()


PRINTED = {
    "javascript": ("node", "console.log(JSON.stringify({{ literal(step.named) }}))"),
    "ruby": ("ruby", 'require "json"; puts JSON.generate({{ literal(step.named) }})'),
    "php": ("php", "<?php echo json_encode({{ literal(step.named) }}), PHP_EOL ?>"),
}
"""A program of each language, and the line of a script that prints values."""


@pytest.mark.parametrize("name", PRINTED)
def test_interpreters_read_texts_as_they_were(name: str, tmp_path: Path) -> None:
    program, line = PRINTED[name]
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not on the PATH")
    shutil.copy(adapter(name).folder / FILE, tmp_path / "own.j2")
    (tmp_path / FILE).write_text(
        "{% from 'own.j2' import literal with context %}\n"
        f"{{% for step in steps %}}\n{line}\n{{% endfor %}}\n"
    )
    calls = [login(username=String(text=text)) for text in AWKWARD]
    script = tmp_path / "script"
    script.write_text(code_of(case(*calls), replace(adapter(name), folder=tmp_path)))
    ran = subprocess.run([program, script], capture_output=True, check=True, env=os.environ | UTF8)
    assert [json.loads(line)["username"] for line in ran.stdout.splitlines()] == AWKWARD


# ── it does what the case does ───────────────────────────────────────────────────────────────────

RELEASES = ("python==1.0.17", "python==1.6.456", "python", "javascript")
SUFFIXES = {"python": "py", "javascript": "js", "ruby": "rb", "php": "php", "java": "java"}
CHECKOUTS = ("ruby", "php", "java")
SEEN_AGAIN = (
    "session.create/parameters/username/string-controls",
    "session.create/parameters/username/string-long",
    "session.create/parameters/username/string-emoji",
    "session.create/lifecycle/save",
    "session.delete/lifecycle/session-of-call",
    "user.find/security/callers/own-session",
    "user.find/lifecycle/session-of-call-beside-session",
    "user.find/lifecycle/key-of-call",
)
FEWEST_SENT = 4
"""How many of them every SDK sends; it may refuse the others, as a case and as a snippet."""


class Ready(Struct, frozen=True):
    """How a snippet is run."""

    words: tuple[str | Path, ...]
    environment: dict[str, str] = {}
    folder: Path | None = None


def command(target: Target, file: Path) -> Ready:
    """How a snippet is run with the SDK of a target."""
    words = target.launch.command
    sdk = Path(words[-1])
    match target.manifest.adapter.name:
        case "python":
            start = "import site, sys; site.addsitedir(sys.argv[1]); exec(open(sys.argv[2]).read())"
            return Ready((sys.executable, "-S", "-c", start, sdk, file))
        case "javascript":
            return Ready(("node", file), {"NODE_PATH": f"{sdk}/node_modules"})
        case "ruby":
            return Ready(("ruby", file), {"GEM_PATH": f"{sdk}:{_gems()}"})
        case "php":
            return Ready(("php", file), folder=sdk)
        case _:
            classes = words[words.index("-classpath") + 1].partition(":")[2]
            return Ready(("java", "-cp", classes, file))


def _gems() -> str:
    ran = ["ruby", "-e", "print Gem.path.join(':')"]
    return subprocess.run(ran, capture_output=True, text=True, check=True).stdout


def sent(exchanges: tuple[Exchange, ...]) -> list[tuple[str | None, ...]]:
    """What requests say, whoever sent them."""
    return [
        (
            each.request.method,
            each.request.target,
            each.request.body.decode(),
            each.request.header("X-FilesAPI-Auth"),
            each.request.header("X-FilesAPI-Key"),
        )
        for each in exchanges
    ]


@pytest.mark.registry
@pytest.mark.parametrize("name", RELEASES)
def test_a_snippet_sends_what_the_case_sends(name: str, tmp_path: Path) -> None:
    compare(name, tmp_path)


@pytest.mark.parametrize("sdk", CHECKOUTS)
def test_a_snippet_sends_what_the_case_sends_with_a_checkout(sdk: str, tmp_path: Path) -> None:
    variable = f"CONFORM_CHECKOUT_{sdk.upper()}"
    if variable not in os.environ:
        pytest.skip(f"no checkout of the {sdk} SDK: {variable} names none")
    try:
        compare(f"{sdk}@{os.environ[variable]}", tmp_path)
    except TargetUnavailableError as error:
        pytest.skip(f"{error.what} {error.why}")


def compare(name: str, folder: Path) -> None:
    """Hold what snippets send against what their cases send."""
    catalog = Catalog.load()
    seen, expected = {}, {}
    with prepare(name, catalog) as prepared, Gateway() as gateway:
        own = adapter(prepared.target.manifest.adapter.name)
        spelling = prepared.spelling
        file = folder / f"Snippet.{SUFFIXES[own.name]}"
        ready = command(prepared.target, file)
        for each in prepared.cases:
            if each.id not in SEEN_AGAIN or not isinstance(each, Case):
                continue
            assert isinstance(each.server, Script)
            exchanges = prepared.executor.execute(each).exchanges
            if exchanges and ":" not in (exchanges[0].request.header("Host") or ""):
                pytest.skip(f"{name} forgets the port of an address, which only its adapter mends")
            expected[each.id] = sent(exchanges)
            file.write_text(snippet(each, own, spelling))
            with gateway.play(each.server.located(gateway.url, "")) as recording:
                subprocess.run(
                    ready.words,
                    env=os.environ | UTF8 | {"BASE_URL": gateway.url} | ready.environment,
                    cwd=ready.folder,
                    capture_output=True,
                    timeout=120,
                    check=False,
                )
            seen[each.id] = sent(recording.exchanges)
    assert seen == expected
    assert sum(map(bool, seen.values())) >= FEWEST_SENT

"""The commands ``conform docs`` and ``conform schemas``."""

import json
import os
from pathlib import Path
import subprocess
import sys

import pytest

from conform.core.errors import ExitCode
from conform.core.escapes import UNSEEN
from conform.documents.meanings import digest

PAGE = """# Session

## Example Session Object

```
{"id": "abc", "read_only": "en"}
```

* `id` (string): Who
* `read_only` (boolean): Whether it reads only
"""


def conform(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conform", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "docs" / "session.md"
    path.parent.mkdir()
    path.write_text(PAGE)
    return path


def test_a_page_is_shown_and_printed_as_json(page: Path) -> None:
    shown = conform("docs", "read", str(page))
    assert shown.returncode == 0
    assert "read_only" in shown.stdout
    printed = conform("docs", "read", str(page), "--json")
    assert [each["name"] for each in json.loads(printed.stdout)["attributes"]] == [
        "id",
        "read_only",
    ]


@pytest.mark.parametrize("command", ["read", "lint"])
def test_a_page_that_cannot_be_read_is_refused(command: str, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.md"
    os.mkfifo(pipe)
    reasons = {
        tmp_path / "none.md": "No such file or directory.",
        tmp_path: "It is not a regular file.",
        pipe: "It is not a regular file.",
    }
    for path, why in reasons.items():
        done = conform("docs", command, str(path))
        assert done.returncode == ExitCode.USED_WRONGLY
        assert done.stderr == (
            f"The page {path} cannot be read.\n{why}\n"
            "Name a Markdown page of an SDK, such as docs/session.md.\n"
        )


def test_a_terminal_obeys_nothing_on_a_page(tmp_path: Path) -> None:
    evil = "\x1b[31m\x9b2J\u202e"
    path = tmp_path / "docs" / f"{evil}.md"
    path.parent.mkdir()
    text = PAGE.replace("# Session", f"# Session{evil}").replace("`id`", f"`id{evil}`")
    text = text.replace("(string)", f"(str{evil})")
    path.write_text(f"{text}\n## Make{evil}\n\n```\nx({evil})\n```\n")
    commands = {
        "read": [path],
        "read --json": [path],
        "lint": [path],
        "lint --format json": [path],
        "lint --format sarif": [path],
        "coverage": [tmp_path],
        "coverage --json": [tmp_path],
    }
    for command, paths in commands.items():
        done = conform("docs", *command.split(), *map(str, paths))
        assert done.returncode in {ExitCode.CONFORMS, ExitCode.DOES_NOT_CONFORM}, done.stderr
        assert UNSEEN.search(done.stdout) is None
        assert "31m" in done.stdout
    done = conform("docs", "read", str(tmp_path / f"{evil}.md"))
    assert UNSEEN.search(done.stderr) is None


def test_lint_says_what_and_why_and_exits_with_1(page: Path) -> None:
    done = conform("docs", "lint", str(page))
    assert done.returncode == ExitCode.DOES_NOT_CONFORM
    assert f"{page.as_posix()}:6: example-type: `read_only`" in done.stdout
    assert done.stdout.endswith("3 findings on 1 page.\n")
    found = json.loads(conform("docs", "lint", str(page), "--format", "json").stdout)
    assert {each["code"] for each in found} == {"example-type", "meaning-unknown"}
    sarif = json.loads(conform("docs", "lint", str(page), "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"


def test_an_sdk_without_pages_is_refused(page: Path) -> None:
    for arguments in (["lint", "--sdk", "go"], ["import", "--sdk", "go"]):
        done = conform("docs", *arguments, str(page))
        assert done.returncode == ExitCode.USED_WRONGLY
        assert done.stderr.startswith(
            "'go' is not an SDK with pages.\nThe SDKs with pages are dotnet, java,"
        )


def test_coverage_prints_its_figures(page: Path) -> None:
    done = conform("docs", "coverage", str(page.parent.parent))
    assert done.returncode == 0
    assert "1 page, 2 lines with an attribute or a parameter: 2 parsed" in done.stdout
    assert "100.00%" in done.stdout


def test_import_needs_a_checkout(tmp_path: Path) -> None:
    done = conform("docs", "import", "--sdk", "ruby", str(tmp_path))
    assert done.returncode == ExitCode.USED_WRONGLY
    assert done.stderr.startswith(f"git cannot read {tmp_path}.\n")


def test_import_fills_a_new_folder(page: Path, tmp_path: Path) -> None:
    checkout, into = page.parent.parent, tmp_path / "new" / "schemas"
    for arguments in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "docs"],
        ["-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "1"],
        ["tag", "v1.0.1"],
    ):
        command = ["git", *arguments]
        subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    importing = ("docs", "import", "--sdk", "ruby", "--into", str(into), str(checkout))
    done = conform(*importing)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("1 release, 1 distinct page, 1 file changed.\n")
    facts = json.loads((into / "facts/ruby/1.0.1.json").read_text())
    assert [each["name"] for each in facts["attributes"]] == ["id", "read_only"]
    assert facts["attributes"][0]["meaning"].startswith("unknown-")
    (into / "meanings.json").write_text(json.dumps({"meanings": {digest("Who"): "identity"}}))
    assert conform(*importing).returncode == 0
    facts = json.loads((into / "facts/ruby/1.0.1.json").read_text())
    assert facts["attributes"][0]["meaning"] == "identity"


def test_schemas_are_checked_and_made_from_pages(page: Path, tmp_path: Path) -> None:
    assert conform("schemas", "check").returncode == 0
    out = tmp_path / "out"
    assert conform("schemas", "build", str(page), "--out", str(out)).returncode == 0
    assert json.loads((out / "session.json").read_text())["required"] == ["id", "read_only"]
    assert conform("schemas", "build", str(page)).returncode == ExitCode.USED_WRONGLY


def test_a_folder_that_cannot_be_written(page: Path) -> None:
    done = conform("schemas", "build", str(page), "--out", str(page))
    assert done.returncode == ExitCode.USED_WRONGLY
    assert "cannot be written" in done.stderr


@pytest.mark.parametrize("form", ["text", "markdown", "html", "json"])
def test_variants_are_shown_side_by_side(form: str) -> None:
    done = conform("schemas", "compare", "--format", form)
    assert done.returncode == 0
    assert "tls_disabled" in done.stdout


def test_two_variants_are_compared_by_name_or_release() -> None:
    done = conform("schemas", "compare", "python==1.0.17", "string-id-ciphers")
    assert done.returncode == ExitCode.DOES_NOT_CONFORM
    assert "tls_disabled changed its meaning from" in done.stdout
    same = conform("schemas", "compare", "compact", "python==1.6.456")
    assert (same.returncode, same.stdout) == (0, "")
    for wrong in (("compact",), ("compact", "round"), ("compact", "python==x")):
        assert conform("schemas", "compare", *wrong).returncode == ExitCode.USED_WRONGLY

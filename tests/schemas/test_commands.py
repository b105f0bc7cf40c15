"""The commands ``conform docs`` and ``conform schemas``."""

import json
from pathlib import Path
import subprocess
import sys

import pytest

from conform.core.errors import ExitCode

PAGE = """# Session

## Example Session Object

```
{"id": "abc", "read_only": "en"}
```

* `id` (string): Who
* `read_only` (boolean): Whether it reads only
"""


def conform(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "conform", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, cwd=cwd
    )


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


def test_a_bad_page_is_one_clear_refusal(tmp_path: Path) -> None:
    done = conform("docs", "read", str(tmp_path / "none.md"))
    assert done.returncode == ExitCode.USED_WRONGLY
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr


def test_lint_says_what_and_why_and_exits_with_1(page: Path) -> None:
    done = conform("docs", "lint", str(page))
    assert done.returncode == ExitCode.DOES_NOT_CONFORM
    assert f"{page.as_posix()}:6: example-type: `read_only`" in done.stdout
    found = json.loads(conform("docs", "lint", str(page), "--format", "json").stdout)
    assert {each["code"] for each in found} == {"example-type", "meaning-unknown"}
    sarif = json.loads(conform("docs", "lint", str(page), "--format", "sarif").stdout)
    assert sarif["version"] == "2.1.0"


def test_coverage_prints_its_counts(page: Path) -> None:
    done = conform("docs", "coverage", str(page.parent.parent))
    assert done.returncode == 0
    assert "1 pages, 2 lines" in done.stdout
    assert "100.00%" in done.stdout


def test_history_without_a_checkout(tmp_path: Path) -> None:
    done = conform("docs", "import", "--sdk", "ruby", str(tmp_path))
    assert done.returncode == ExitCode.USED_WRONGLY
    assert "Traceback" not in done.stderr


def test_schemas_are_checked_and_made_of_pages(page: Path, tmp_path: Path) -> None:
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
    assert "tls_disabled means insecure-tls-allowed" in done.stdout
    same = conform("schemas", "compare", "compact", "python==1.6.456")
    assert (same.returncode, same.stdout) == (0, "")
    for wrong in (("compact",), ("compact", "round"), ("compact", "python==x")):
        assert conform("schemas", "compare", *wrong).returncode == ExitCode.USED_WRONGLY

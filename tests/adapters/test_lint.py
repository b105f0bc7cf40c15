"""The lint of the adapters fails on findings, and names the tools that it did not run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
import subprocess
import sys

import pytest

LINT = Path(__file__).with_name("lint.py")


@pytest.fixture
def lint(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the lint with only the given programs, each a shell script."""

    def run(**programs: str) -> subprocess.CompletedProcess[str]:
        for name, script in programs.items():
            program = tmp_path / name
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        return subprocess.run(
            [sys.executable, LINT],
            env={"PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_a_missing_program_is_named(lint: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ran = lint(phpcs="exit 0")
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert "php: phpcs: passed" in lines
    assert "go: gofmt: not run. gofmt cannot be run. No such file or directory." in lines
    assert lines[-1] == (
        "Not run: dotnet format, gofmt, go vet, google-java-format, javac -Xlint, eslint, php -l,"
        " ruby -wc, rubocop."
    )


def test_a_finding_fails(lint: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ran = lint(
        gofmt="echo client.go",
        ruby="echo 'Syntax OK'; test $2 = adapter.rb || echo $2: warning >&2",
        rubocop="echo C: Layout; exit 1",
        phpcs="exit 3",
        npm="exit 0",
        npx="exit 0",
    )
    assert ran.returncode == 1, ran.stderr
    for finding in ("client.go", "wire.rb: warning", "C: Layout", "exit code 3"):
        assert finding in ran.stdout.splitlines()
    assert "javascript: eslint: passed" in ran.stdout
    assert "Failed: gofmt, phpcs, ruby -wc, rubocop.\n" in ran.stdout


def test_an_unavailable_tool_is_not_a_finding(
    lint: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    ran = lint(npm="echo ECONNREFUSED; exit 1", npx="exit 1")
    assert ran.returncode == 0, ran.stderr
    assert "javascript: eslint: not run. It is not available here. ECONNREFUSED\n" in ran.stdout

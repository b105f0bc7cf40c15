"""In an isolated network every address is local, and whoever is contacted is seen."""

from __future__ import annotations

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
import sys
from typing import Any

import pytest

from conform.core.results import CaseLine, RunLine, read
from conform.engine import isolation

pytestmark = pytest.mark.once

ISOLATED = pytest.mark.skipif(bool(isolation.problem()), reason=isolation.problem() or "isolated")
NETWORK = "security/network"

SEEN = """
import json, pathlib, socket, ssl, sys, tempfile
from conform.engine.certificates import Certificates
from conform.engine.gateway import Gateway
from conform.engine.network import IsolatedNetwork
import requests

def get(url, **more):
    try:
        return requests.get(url, timeout=5, **more).status_code
    except requests.RequestException as error:
        return type(error).__name__

certificates = Certificates(pathlib.Path(tempfile.mkdtemp()))
with IsolatedNetwork(certificates) as network, Gateway() as gateway:
    network.home = gateway
    exec(sys.argv[1])
    print(json.dumps([str(each) for each in network.contacts()]))
"""


@pytest.fixture
def seen() -> Callable[[str], list[str]]:
    """Runs some Python in an isolated network; the contacts that were seen."""

    def run(code: str) -> list[str]:
        command = isolation.command([sys.executable, "-c", SEEN, code])
        ran = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stderr
        found: list[str] = json.loads(ran.stdout.splitlines()[-1])
        return found

    return run


@ISOLATED
@pytest.mark.parametrize(
    ("code", "contacts"),
    [
        ("pass", []),
        (
            "assert get('http://app.files.com/a') == 200",
            ["a look-up of app.files.com", "GET to app.files.com:80"],
        ),
        (
            "assert get('https://app.files.com/a', verify=certificates.ca_file) == 200",
            ["a look-up of app.files.com", "GET to app.files.com:443"],
        ),
        (
            "assert get('https://app.files.com/a') == 'SSLError'",
            ["a look-up of app.files.com", "a connection to app.files.com:443"],
        ),
        ("get('http://169.254.169.254/latest')", ["GET to 169.254.169.254:80"]),
        ("get('http://203.0.113.7:8443/a')", ["a connection to 203.0.113.7:8443"]),
        ("get('http://[2001:db8::1]/a')", ["GET to 2001:db8::1:80"]),
        ("get('http://[2001:db8::1]:8080/a')", ["a connection to 2001:db8::1:8080"]),
        (
            "socket.socket(type=socket.SOCK_DGRAM).sendto(b'a', ('203.0.113.7', 8125))",
            ["a connection to 203.0.113.7:8125"],
        ),
        ("assert get(gateway.url) == 'ConnectionError'", []),
        ("get('http://127.0.0.1/a')", ["a connection to 127.0.0.1:80"]),
        ("get('http://localhost:9/a')", []),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_every_contact_is_seen(
    seen: Callable[[str], list[str]], code: str, contacts: list[str]
) -> None:
    assert seen(code) == contacts


@ISOLATED
def test_contacts_are_those_since_the_last_look(seen: Callable[[str], list[str]]) -> None:
    assert seen("get('http://a.example/'); network.contacts()") == []


@ISOLATED
def test_a_request_that_lost_its_port_gets_the_answer_of_the_case(
    seen: Callable[[str], list[str]],
) -> None:
    code = """
from conform.cases.replies import Answer, Script
with gateway.play(Script(replies=(Answer(status=418),))) as recording:
    assert get('http://127.0.0.1/a') == 418
assert [each.request.target for each in recording.exchanges] == ['/a']
"""
    assert seen(code) == ["a connection to 127.0.0.1:80"]


@ISOLATED
def test_a_request_that_lost_its_port_is_refused_too(seen: Callable[[str], list[str]]) -> None:
    code = """
from conform.cases.replies import Answer, Script
with gateway.play(Script(replies=(Answer(),))) as recording:
    with gateway.refuse():
        assert get('http://127.0.0.1/a') == 'ConnectionError'
    assert get('http://127.0.0.1/a') == 200
"""
    assert seen(code) == ["a connection to 127.0.0.1:80"] * 2


@ISOLATED
def test_the_reference_client_contacts_nobody_else(tmp_path: Path) -> None:
    lines = run_cases(tmp_path, [sys.executable, "-m", "conform"], 0)
    assert {line.verdict for line in lines if isinstance(line, CaseLine)} == {"pass"}
    assert [line.network for line in lines if isinstance(line, RunLine)] == [""]


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is missing")
@ISOLATED
def test_a_system_that_forbids_it_is_named_and_the_cases_do_not_apply(tmp_path: Path) -> None:
    forbidding = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = ["unshare", "-r", "sh", "-c", forbidding, "sh", sys.executable, "-m", "conform"]
    opened, *cases = run_cases(tmp_path, command, 3)
    assert isinstance(opened, RunLine)
    assert opened.network.startswith("The system does not allow a network namespace: ")
    reasons = {(each.verdict, each.reason) for each in cases if isinstance(each, CaseLine)}
    assert reasons == {("not-applicable", opened.network)}


def run_cases(folder: Path, command: list[str], exit_code: int) -> tuple[Any, ...]:
    arguments = ["run", "http", "-k", NETWORK, "--report", "out"]
    ran = subprocess.run(
        [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == exit_code, ran.stdout + ran.stderr
    return read(folder / "out" / "results.jsonl")

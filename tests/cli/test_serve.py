"""``conform serve``: a server that prints its URL, answers, and ends at a signal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
import os
from pathlib import Path
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from urllib.parse import urlsplit

import pytest
import requests

Command = Callable[..., subprocess.CompletedProcess[str]]
Process = subprocess.Popen[str]
LOGIN = {"username": "motor", "password": "vroom"}


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[Process, str]]]:
    """Start ``conform serve`` with arguments; gives the process and the URL that it prints."""
    started: list[Process] = []

    def start(*arguments: str) -> tuple[Process, str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "conform", "serve", *arguments],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().rstrip("\n")

    yield start
    for process in started:
        process.kill()
        process.communicate()


def post(url: str, **parameters: str) -> requests.Response:
    return requests.post(f"{url}/api/rest/v1/sessions", json=parameters, timeout=30)


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_server_prints_its_url_answers_and_ends_at_a_signal(
    serve: Callable[..., tuple[Process, str]], name: str
) -> None:
    process, url = serve()
    assert post(url, **LOGIN).status_code == 201
    # Clients that hang must not keep it.
    address = urlsplit(url)
    hanging = [socket.create_connection((address.hostname, address.port)) for _ in range(3)]
    hanging[0].sendall(
        b"POST /api/rest/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n"
    )
    hanging[1].sendall(b"POST /api")
    began = time.monotonic()
    process.send_signal(getattr(signal, name))
    out, err = process.communicate(timeout=10)
    took = time.monotonic() - began
    for each in hanging:
        each.close()
    assert (process.returncode, out) == (0, "")
    assert err.startswith("POST /api/rest/v1/sessions 201 ")
    assert err.count("\n") == 1
    assert "vroom" not in err
    assert took < 1


def test_a_signal_before_the_url_ends_it_too(tmp_path: Path) -> None:
    program = "import os, signal; os.kill(os.getpid(), signal.SIGTERM)"
    (tmp_path / "uvicorn.py").write_text(program)
    ran = subprocess.run(
        [sys.executable, "-m", "conform", "serve"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_a_server_ends_quietly_when_nobody_reads_its_log(
    serve: Callable[..., tuple[Process, str]],
) -> None:
    process, url = serve()
    assert process.stderr is not None
    process.stderr.close()
    assert [post(url, **LOGIN).status_code for _ in range(2)] == [201, 201]
    process.terminate()
    assert process.wait(10) == 0


def test_two_processes_share_a_file_and_a_restart_remembers_it(
    serve: Callable[..., tuple[Process, str]], tmp_path: Path
) -> None:
    (tmp_path / "users.yaml").write_text(
        "users: [{id: 9, username: driver, password: brum, one_time_codes: ['1', '2']}]"
    )
    files = ("--state", "state.db", "--users", "users.yaml", "--variant", "extended")
    (first, one), (_, two) = serve(*files), serve(*files)
    session = post(one, username="driver", password="brum", otp="1").json()["id"]
    headers = {"X-FilesAPI-Auth": session}
    users = "/api/rest/v1/users"
    assert requests.get(two + users, headers=headers, timeout=30).status_code == 200
    assert post(two, username="driver", password="brum", otp="1").status_code == 401
    first.kill()
    first.wait()
    _, three = serve(*files, "--port", str(urlsplit(one).port))
    assert three == one
    assert requests.get(three + users, headers=headers, timeout=30).status_code == 200


def test_a_port_that_is_taken_is_refused(conform: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = conform("serve", "--port", str(port))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.splitlines() == [
        f"The server cannot listen at 127.0.0.1, port {port}.",
        "The system says: Address already in use.",
        "Name another --port or --host; without --port, any free port is used.",
    ]


def database(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text TEXT)")
    other.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--variant", "huge"], "The variant 'huge' does not exist."),
        (["--users", "no.yaml"], "no.yaml cannot be read."),
        (["--users", "bad.yaml"], "bad.yaml:1:10 is not a valid users file."),
        (["--state", "bad.yaml"], "The state file bad.yaml cannot be used."),
        (["--state", "other.db"], "The state file other.db cannot be used."),
        (["--state", "no/state.db"], "The state file no/state.db cannot be used."),
        (["--port", "99999"], "99999 is not in the range"),
        (["--host", "192.0.2.1"], "The server cannot listen at 192.0.2.1, port 0."),
    ],
)
def test_what_cannot_be_used_is_refused_in_sentences(
    conform: Command, tmp_path: Path, arguments: list[str], said: str
) -> None:
    (tmp_path / "bad.yaml").write_text("users: [{id: x}]" + " " * 1000)
    database(tmp_path / "other.db")
    ran = conform("serve", *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr

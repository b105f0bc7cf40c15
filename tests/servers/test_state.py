"""What the server remembers: in memory or in a file, for many clients and processes at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
import re
import sqlite3

import pytest

from conform.core.errors import UsageError
from conform.servers import serving
from conform.servers.records import OpenSession
from conform.servers.store import Store

from .plain import Start

USER = {
    "one_time_codes": ("123456",),
    "reset_code": "abc123",
    "pairing_keys": ("a-pairing-key",),
    "api_keys": ("an-api-key",),
}


def refusal(path: Path) -> UsageError:
    with pytest.raises(UsageError) as refused:
        Store.open(path)
    assert refused.value.what == f"The state file {path} cannot be used."
    return refused.value


def test_fifty_logins_at_once_open_fifty_sessions(start: Start) -> None:
    client = start()
    with ThreadPoolExecutor(50) as pool:
        opened = list(pool.map(lambda _: client.session(), range(50)))
    assert len({*opened}) == 50
    assert all(map(client.works, opened))


@pytest.mark.parametrize("is_kept", [False, True])
def test_a_code_that_is_used_by_many_at_once_works_once(
    start: Start, tmp_path: Path, *, is_kept: bool
) -> None:
    client = start("compact", USER, state=tmp_path / "state.db" if is_kept else None)
    with ThreadPoolExecutor(20) as pool:
        replies = list(pool.map(lambda _: client.login(otp="123456"), range(20)))
    assert sorted(each.status for each in replies) == [201] + [401] * 19


def test_a_code_that_is_used_by_many_second_steps_at_once_works_once(start: Start) -> None:
    client = start("compact", USER)
    steps = [client.login().body["data"] | {"otp": "123456"} for _ in range(10)]
    with ThreadPoolExecutor(10) as pool:
        replies = list(pool.map(lambda each: client.post("/sessions", **each), steps))
    assert sorted(each.status for each in replies) == [201] + [401] * 9


def test_a_restart_forgets_nothing_that_is_in_a_file(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    codes = {"one_time_codes": ("123456", "234567", "345678")}
    first = start("integer-id", USER | codes, state=state)
    session = str(first.login(otp="123456").body["id"])
    api_key = first.post("/sessions/pairing_key/a-pairing-key").body["password"]
    first.post("/sessions/forgot", username="motor")
    second = start("integer-id", USER | codes, state=state)
    assert second.works(session)
    assert second.send("GET", "/users/7", key=api_key).status == 200
    assert second.login(otp="123456").status == 401
    assert second.post("/sessions/pairing_key/a-pairing-key").status == 401
    new = {"code": "abc123", "password": "brum", "otp": "234567"}
    assert second.post("/sessions/forgot/reset", **new).status == 204
    third = start("integer-id", USER | codes, state=state)
    assert not third.works(session)
    assert third.login("motor", "vroom", otp="345678").status == 401
    assert third.login("motor", "brum", otp="345678").status == 201


def test_servers_with_the_same_file_share_what_they_remember(start: Start, tmp_path: Path) -> None:
    clients = [start("compact", USER, state=tmp_path / "state.db") for _ in range(2)]
    with ThreadPoolExecutor(20) as pool:
        each = [clients[n % 2] for n in range(20)]
        replies = list(pool.map(lambda client: client.login(otp="123456"), each))
    (opened,) = (reply for reply in replies if reply.status == 201)
    assert {reply.status for reply in replies} == {201, 401}
    session = opened.body["id"]
    assert all(client.works(session) for client in clients)
    clients[0].send("DELETE", "/sessions", session=session)
    assert not any(client.works(session) for client in clients)


def test_a_user_who_is_no_longer_known_has_no_session(start: Start, tmp_path: Path) -> None:
    session = start("compact", {"id": 8}, state=tmp_path / "state.db").session()
    assert not start("compact", {"id": 9}, state=tmp_path / "state.db").works(session)


def test_the_file_has_no_credential(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    client = start("integer-id", USER, state=state)
    secrets = [str(client.login(otp="123456").body["id"]), *("vroom", "123456", "abc123", "brum")]
    secrets.append(client.post("/sessions/pairing_key/a-pairing-key").body["password"])
    client.post("/sessions/forgot", username="motor")
    client.post("/sessions/forgot/reset", code="abc123", password="brum")
    written = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert b"OpenSession" in written
    for secret in (*secrets, "a-pairing-key"):
        assert secret.encode() not in written


def test_without_a_file_nothing_is_remembered(start: Start) -> None:
    session = start().session()
    assert not start().works(session)


def test_what_is_expired_is_gone_from_the_file(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "state.db")
    with store.transaction(100.0) as records:
        records.keep("x", OpenSession(user_id=7, expires_at=200.0))
    with store.transaction(199.9) as records:
        assert records.find(OpenSession, "x")
    with store.transaction(200.0) as records:
        assert records.find(OpenSession, "x") is None
    store.close()


def test_an_exception_undoes_a_transaction(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "state.db")

    def fail() -> None:
        with store.transaction(100.0) as records:
            records.keep("x", OpenSession(user_id=7))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with store.transaction(100.0) as records:
        assert records.find(OpenSession, "x") is None
    store.close()


def test_a_file_that_is_busy_for_too_long_is_reported(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    client = start("compact", state=state)
    other = sqlite3.connect(state, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = client.login()
    assert refused.refused == (503, "service-unavailable/lock-operation-busy")
    assert refused.headers["Retry-After"] == "1"
    other.execute("ROLLBACK")
    other.close()
    assert client.login().status == 201


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("These are my notes. " * 100)
    refused = refusal(path)
    assert refused.why == "SQLite says: file is not a database."
    assert "--state" in refused.fix
    assert path.read_text().startswith("These are my notes.")


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE notes (text TEXT)")
    other.close()
    assert refusal(path).why == "It is the database of another program."


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    Store.open(path).close()
    newer = sqlite3.connect(path)
    newer.execute("PRAGMA user_version = 99")
    newer.close()
    assert refusal(path).why == "It has version 99; this program reads version 1."


def test_a_path_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "state.db", tmp_path):
        assert re.fullmatch("SQLite says: unable to open database file.", refusal(path).why)


def test_a_file_that_cannot_be_written_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "state.db"
    Store.open(path).close()
    connect = sqlite3.connect
    # An administrator may write to every file, so the mode of the file would not do.
    monkeypatch.setattr(
        sqlite3,
        "connect",
        lambda path, **options: connect(f"file:{path}?mode=ro", uri=True, **options),
    )
    assert "readonly database" in refusal(path).why


def test_serving_closes_its_file(tmp_path: Path) -> None:
    with serving(state=tmp_path / "state.db"):
        pass
    assert [each.name for each in tmp_path.iterdir()] == ["state.db"]

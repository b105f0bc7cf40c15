"""Keeps the records of the server in SQLite: in memory, or in a file that survives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
import sqlite3
from threading import Lock
from typing import Any, Final, NoReturn, Self, TypeVar, get_args

import msgspec

from conform.core.errors import UsageError
from conform.servers.records import Record

_T = TypeVar("_T", bound=Record)

_APPLICATION: Final = 0x636F6E66
"""Marks the file as one of this program (``PRAGMA application_id``)."""
_VERSION: Final = 1
"""The version of the tables (``PRAGMA user_version``)."""
_BUSY_SECONDS: Final = 5.0
"""How long one process waits for another one."""
_TABLES: Final = """
CREATE TABLE records (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    expires_at REAL,
    content BLOB NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE INDEX by_expiry ON records (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX by_user ON records (kind, user_id);
"""
# Made here, and not on first use, since servers of one process would make them at the same time.
_DECODERS: Final[dict[type[Any], msgspec.json.Decoder[Any]]] = {
    form: msgspec.json.Decoder(form) for form in get_args(Record)
}
_NEW_FILE: Final = "Name a new file, or run the server without --state."


class Records:
    """The records inside one transaction, by type and key; expired ones are gone.

    Keys are often credentials, so only their digests are kept.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def find(self, form: type[_T], key: str) -> _T | None:
        """The record with a key; None if there is none."""
        query = "SELECT content FROM records WHERE kind = ? AND key = ?"
        row = self._connection.execute(query, (form.__name__, _digest(key))).fetchone()
        return _DECODERS[form].decode(row[0]) if row else None

    def keep(self, key: str, record: Record) -> None:
        """Keep a record, in place of an earlier one of the same type and key."""
        self._connection.execute(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
            (
                type(record).__name__,
                _digest(key),
                record.user_id,
                record.expires_at,
                msgspec.json.encode(record),
            ),
        )

    def remove(self, form: type[Record], key: str) -> None:
        """Forget the record with a key, if there is one."""
        query = "DELETE FROM records WHERE kind = ? AND key = ?"
        self._connection.execute(query, (form.__name__, _digest(key)))

    def remove_of_user(self, form: type[Record], user_id: int) -> None:
        """Forget every record of one type that a user has."""
        query = "DELETE FROM records WHERE kind = ? AND user_id = ?"
        self._connection.execute(query, (form.__name__, user_id))


class Store:
    """A database of records; threads and processes may share it.

    Args:
        connection: an open database with the tables.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = Lock()

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """The database in a file, which is made if it does not exist; without a file, in memory.

        Raises:
            UsageError: the file cannot be used.
        """
        try:
            connection = sqlite3.connect(
                path or ":memory:",
                timeout=_BUSY_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            _refuse(
                path, f"SQLite says: {error}.", "Name a file in a folder that you can write to."
            )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    @contextmanager
    def transaction(self, now: float) -> Iterator[Records]:
        """The records at a time; no other thread or process changes them until the block ends.

        An exception in the block undoes everything that it did.

        Args:
            now: seconds since 1970.

        Raises:
            sqlite3.Error: another process was busy for too long, or the disk failed.
        """
        with self._lock, _transaction(self._connection):
            self._connection.execute("DELETE FROM records WHERE expires_at <= ?", (now,))
            yield Records(self._connection)

    def close(self) -> None:
        """Close the database, after the current transaction."""
        with self._lock:
            self._connection.close()


def _prepare(connection: sqlite3.Connection, path: Path | None) -> None:
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the machine may lose the last requests, but never damages the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        with _transaction(connection):
            _make_tables(connection, path)
    except sqlite3.DatabaseError as error:
        _refuse(path, f"SQLite says: {error}.", _NEW_FILE)


def _make_tables(connection: sqlite3.Connection, path: Path | None) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application == _APPLICATION and version == _VERSION:
        # Writing shows now whether writing is possible.
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif application == _APPLICATION:
        _refuse(
            path, f"It has version {version}; this program reads version {_VERSION}.", _NEW_FILE
        )
    elif tables or version:
        _refuse(path, "It is the database of another program.", _NEW_FILE)
    else:
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        # SQLite itself may have ended it, such as on a full disk.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


def _refuse(path: Path | None, why: str, fix: str) -> NoReturn:
    raise UsageError(f"The state file {path} cannot be used.", why=why, fix=fix)

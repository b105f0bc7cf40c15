"""Reads the arguments of a call: values, and secrets that are not written on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from getpass import getpass
import json
import os
import sys
from typing import Any, Final

from conform.core.errors import UsageError
from conform.core.secrets import Secret

_SOURCE: Final = "@"
_INPUT: Final = "@-"
_VARIABLE: Final = "@env:"


def arguments(words: Iterable[str]) -> dict[str, Any]:
    """Values by name, from ``NAME=VALUE``; a value that is not JSON is a text.

    ``NAME=@env:VARIABLE`` and ``NAME=@-`` give a ``Secret``, which is never read as JSON.

    Raises:
        UsageError: a word has no name or no ``=``, or its source has no value.
    """
    given = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not (name and equals):
            raise UsageError(
                f"{word!r} is not a valid argument.",
                why="Arguments are passed by name.",
                fix="Write it like username=motor.",
            )
        given[name] = secret(name, value) if value.startswith(_SOURCE) else _value(value)
    return given


def secret(name: str, value: str) -> Secret:
    """A secret: from a variable, from a line of standard input, or the value itself.

    At a terminal, it is asked for, and is not shown while it is typed.

    Args:
        name: what the secret is for.
        value: ``@env:VARIABLE``, ``@-``, or a text that does not begin with ``@``.

    Raises:
        UsageError: the variable or the line is missing or empty, or there is no such source.
    """
    if value == _INPUT:
        return Secret(_read(name))
    if value.startswith(_VARIABLE):
        return Secret(_variable(name, value.removeprefix(_VARIABLE)))
    if value.startswith(_SOURCE):
        raise UsageError(
            f"{name} has no source {value!r}.",
            why="A value that begins with @ is read from somewhere else.",
            fix=f"Write {name}=@env:VARIABLE or {name}=@-, or the value as JSON: '{name}=\"@…\"'.",
        )
    return Secret(value)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _variable(name: str, variable: str) -> str:
    if value := os.environ.get(variable):
        return value
    raise UsageError(
        f"{name} has no value.",
        why=f"The environment variable {variable!r} is empty or not set.",
        fix="Set and export it, or name another one.",
    )


def _read(name: str) -> str:
    try:
        line = getpass(f"{name}: ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        line = ""
    if value := line.rstrip("\r\n"):
        return value
    raise UsageError(
        f"{name} has no value.",
        why="Standard input ended, or its next line is empty.",
        fix="Write one line for each @-, in the order of the arguments.",
    )

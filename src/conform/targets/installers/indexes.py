"""Finds the indexes of Python packages that the user has set: those of uv, else those of pip.

uv itself ignores the settings of pip, but a user whose index is private has often set pip alone.
"""

from __future__ import annotations

from collections.abc import Iterator
import configparser
import os
from pathlib import Path
import tomllib
from typing import Any, Final

_USUAL: Final = "https://pypi.org/simple"
_OF_UV: Final = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL")


def asked() -> tuple[str, ...]:
    """The addresses of all indexes that uv asks."""
    given = {**os.environ, **from_pip()}
    of_variables = [url for name in _OF_UV for url in given.get(name, "").split()]
    # An index of UV_INDEX can have a name, as in name=https://….
    urls = [
        url.partition("=")[2] if "=" in url.partition("://")[0] else url for url in of_variables
    ]
    return tuple(urls) or tuple(_of_files()) or (_USUAL,)


def from_pip() -> dict[str, str]:
    """Variables that name the indexes of pip for uv, if none is set for uv itself."""
    if any(os.environ.get(name) for name in _OF_UV) or any(_of_files()):
        return {}
    settings: dict[str, str] = {}
    for file in _files_of_pip():
        settings |= _read_by_pip(file)
    index = os.environ.get("PIP_INDEX_URL") or settings.get("index-url", "")
    extra = os.environ.get("PIP_EXTRA_INDEX_URL") or settings.get("extra-index-url", "")
    named = {"UV_DEFAULT_INDEX": index.strip(), "UV_INDEX": " ".join(extra.split())}
    return {name: value for name, value in named.items() if value}


def _of_files() -> Iterator[str]:
    configured = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    named = os.environ.get("UV_CONFIG_FILE")
    files = [Path(named)] if named else [configured / "uv/uv.toml", Path("/etc/uv/uv.toml")]
    for file in files:
        try:
            settings: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # uv says what is wrong with it.
            continue
        for table in (settings, settings.get("pip", {})):
            yield from (str(each["url"]) for each in table.get("index", []) if "url" in each)
            if "index-url" in table:
                yield str(table["index-url"])
            yield from map(str, table.get("extra-index-url", []))


def _files_of_pip() -> Iterator[Path]:
    """The files of pip, the one that counts most at the end."""
    if named := os.environ.get("PIP_CONFIG_FILE"):
        yield Path(named)
        return
    yield Path("/etc/pip.conf")
    home = Path.home()
    yield home / ".pip/pip.conf"
    yield Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "pip/pip.conf"
    yield home / "Library/Application Support/pip/pip.conf"
    if environment := os.environ.get("VIRTUAL_ENV"):
        yield Path(environment) / "pip.conf"


def _read_by_pip(file: Path) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):  # pip says what is wrong with it.
        return {}
    sections = [section for section in ("global", "install") if parser.has_section(section)]
    return {name: value for section in sections for name, value in parser.items(section)}

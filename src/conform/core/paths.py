"""Finds the folders of data, in a wheel as in an editable install."""

import os
from pathlib import Path
from typing import Final

import platformdirs

from conform.core.errors import SuiteError

_SHIPPED: Final = Path(__file__).parents[1] / "_data"
_CHECKOUT: Final = Path(__file__).parents[3]


def _data(name: str) -> Path:
    for root in (_SHIPPED, _CHECKOUT):
        if (root / name).is_dir():
            return root / name
    raise SuiteError(
        f"The data folder {name!r} is missing.",
        why=f"Neither {_SHIPPED} nor {_CHECKOUT} contains it.",
        fix="Reinstall the package.",
    )


def schemas() -> Path:
    """The folder of facts, schemas and the catalog."""
    return _data("schemas")


def contracts() -> Path:
    """The folder of Pact files."""
    return _data("contracts")


def suites() -> Path:
    """The folder of pytest suites and written cases."""
    return _data("suites")


def adapters() -> Path:
    """The folder with one folder for each adapter."""
    return _data("adapters")


def cache() -> Path:
    """The absolute path of the user's folder of installed releases; it need not exist.

    The environment variable ``CONFORM_CACHE`` names another folder.
    """
    named = os.environ.get("CONFORM_CACHE")
    return (Path(named) if named else platformdirs.user_cache_path("sdk-conformance")).absolute()

"""Real clients work with the server: the reference client, and a release of a real SDK."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from types import ModuleType

import pytest

from conform.core import paths
from conform.schemas import Catalog
from conform.servers import serving
from conform.targets.names import Release, SdkName
from conform.targets.resolve import resolve


@pytest.fixture(scope="module")
def module() -> ModuleType:
    path = paths.adapters() / "http" / "client.py"
    spec = importlib.util.spec_from_file_location("reference_client", path)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize("variant", ["compact", "extended", "string-id", "nullable-integers"])
def test_the_reference_client_logs_in_finds_a_user_and_logs_out(
    module: ModuleType, variant: str
) -> None:
    with serving(variant) as url:
        client = module.Client(url)
        call = module.OPERATIONS
        login = {"username": "motor", "password": "vroom"}
        session = client.call(call["session", "create"], login)
        assert session.members.keys() == {
            name
            for name, each in Catalog.load().schema(variant)["properties"].items()
            if not each.get("writeOnly") and "x-only-if" not in each
        }
        client.session_id = session.id
        user = client.call(call["user", "find"], {"id": 7})
        assert user.username == "motor"
        assert [each.id for each in client.call(call["user", "list"])] == [7, 2]
        assert client.call(call["session", "delete"]) is None
        with pytest.raises(module.ApiError) as refused:
            client.call(call["user", "find"], {"id": 7})
        assert refused.value.http_status == 401
        assert refused.value.api_type == "not-authenticated/invalid-session"
        assert type(refused.value).__name__ == "InvalidSessionError"


SDK_PROGRAM = """
import sys
import files_sdk
from files_sdk.models import session, user

files_sdk.base_url = sys.argv[1]
opened = session.create({"username": "motor", "password": "vroom"})
files_sdk.set_session(opened)
print(user.find(7).username)
print(*[each.username for each in user.list().auto_paging_iter()])
session.delete()
try:
    user.find(7)
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.registry
@pytest.mark.parametrize(
    ("release", "variant", "error"),
    [
        ("2.0.4", "compact", "InvalidSessionError"),
        ("1.6.456", "extended", "InvalidSessionError"),
        ("1.0.17", "string-id", "AuthenticationError"),
    ],
)
def test_a_real_sdk_logs_in_finds_a_user_and_logs_out(
    release: str, variant: str, error: str
) -> None:
    target = resolve(SdkName("python", Release(release)))
    with serving(variant) as url:
        ran = subprocess.run(
            [sys.executable, "-c", SDK_PROGRAM, url],
            env={**os.environ, "PYTHONPATH": str(target.sdk)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (ran.stdout.splitlines(), ran.returncode) == (
        ["motor", "motor passenger", error],
        0,
    ), ran.stderr

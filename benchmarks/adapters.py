"""Measures the cost of an adapter, in comparison with a bare loop of the same SDK.

Usage: python benchmarks/adapters.py [TARGET]...

For each target: seconds from the start of the adapter to its first answer, and milliseconds for a
call through the protocol and for a whole case (settings, call, reset, verdict). The bare loop makes
the same calls with the Python SDK in one process, against the same gateway. The ratio compares a
case with a call of the bare loop.
"""

from __future__ import annotations

from collections.abc import Callable
import subprocess
import sys
from time import perf_counter

from conform.cases.model import Case
from conform.cases.replies import Answer, Script
from conform.core import manifest
from conform.core.errors import TargetUnavailableError
from conform.core.protocol import Call, Start
from conform.core.values import parameters
from conform.engine.gateway import Gateway
from conform.engine.preparation import prepare
from conform.schemas.catalog import Catalog
from conform.targets import Adapter, Target, names
from conform.targets.resolve import resolve
from conform.verdicts import judge

CALLS = 100
LOOP = """
import sys, time
sys.path.insert(0, sys.argv[1])
import files_sdk
files_sdk.base_url = sys.argv[2]
began = time.perf_counter()
for _ in range(int(sys.argv[3])):
    files_sdk.session.create({"username": "motor", "password": "vroom"})
print(time.perf_counter() - began)
"""


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The mean time of one repetition."""
    began = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - began) / times * 1000


def start_and_call(target: Target, gateway: Gateway) -> tuple[float, float]:
    """The start in seconds, and a call in milliseconds."""
    script = Script(replies=(Answer(status=201, json={"id": "1"}),))
    naming = target.manifest.naming
    call = Call(
        resource=naming.spell("resource", "session"),
        operation=naming.spell("operation", "create"),
        parameters=parameters(username="motor", password="vroom"),
        read=(naming.spell("attribute", "id"),),
    )
    began = perf_counter()
    with Adapter(target.launch) as adapter:
        adapter.ask(Start(protocol=1, base_url=gateway.url), within=60)
        started = perf_counter() - began
        with gateway.play(script):
            adapter.ask(call, within=60)
            return started, milliseconds(lambda: adapter.ask(call, within=60), CALLS)


def whole_case(name: str, catalog: Catalog) -> float:
    """Milliseconds of a case of the fields suite, from its settings to its verdict."""
    with prepare(name, catalog) as prepared:
        fields = (each for each in prepared.cases if each.suite == "fields")
        case = next(each for each in fields if isinstance(each, Case))
        return milliseconds(lambda: judge(case, prepared.executor.execute(case)), CALLS)


def bare_call(target: Target, gateway: Gateway) -> float:
    """Milliseconds of a call in a loop without the suite."""
    with gateway.play(Script(replies=(Answer(status=201, json={"id": "1"}),))):
        sdk = target.launch.command[-1]
        loop = [sys.executable, "-c", LOOP, sdk, gateway.url, str(CALLS)]
        finished = subprocess.run(loop, capture_output=True, text=True, check=True, timeout=120)
    return float(finished.stdout) / CALLS * 1000


def main() -> None:
    """Measure the named targets, or every adapter's newest release."""
    catalog = Catalog.load()
    print(f"{'target':24} {'start s':>8} {'call ms':>8} {'case ms':>8} {'bare ms':>8} {'ratio':>6}")
    for name in sys.argv[1:] or manifest.known():
        try:
            target = resolve(names.sdk(name))
        except TargetUnavailableError as error:
            print(f"{name:24} unavailable: {error.what}")
            continue
        with Gateway() as gateway:
            started, call = start_and_call(target, gateway)
            bare = bare_call(target, gateway) if names.sdk(name).sdk == "python" else None
        case = whole_case(name, catalog)
        ratio = f"{bare:8.2f} {case / bare:6.2f}" if bare else f"{'-':>8} {'-':>6}"
        print(f"{target.name:24} {started:8.2f} {call:8.2f} {case:8.2f} {ratio}")


if __name__ == "__main__":
    main()

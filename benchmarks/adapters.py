"""What driving an SDK through its adapter costs, beside a bare loop of the same SDK.

Usage: python benchmarks/adapters.py [TARGET]...

For each target: seconds from starting the adapter to its first answer, milliseconds for a call
through the protocol, and for a whole case (reset, settings, call, judged). The bare loop makes the
same calls with the Python SDK in one process, against the same gateway: the ratio to it is what
the suite adds.
"""

from __future__ import annotations

from collections.abc import Callable
import subprocess
import sys
from time import perf_counter

from conform.cases.model import Case
from conform.cases.plan import plan
from conform.cases.replies import Answer, Script
from conform.core import manifest
from conform.core.errors import ConformError
from conform.core.protocol import Call, Start
from conform.core.values import parameters
from conform.engine.execution import Executor
from conform.engine.gateway import Gateway
from conform.engine.preparation import Pages
from conform.schemas.catalog import Catalog
from conform.targets import names
from conform.targets.adapter import Adapter
from conform.targets.resolve import Target, resolve
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
    """The mean time of one of many."""
    began = perf_counter()
    for _ in range(times):
        work()
    return (perf_counter() - began) / times * 1000


def measure(target: Target, gateway: Gateway, catalog: Catalog) -> tuple[float, float, float]:
    """Start in seconds, a call and a case in milliseconds."""
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
            a_call = milliseconds(lambda: adapter.ask(call, within=60), CALLS)
    with Executor(target, gateway, catalog) as bench:
        pages = Pages.of(target, bench.start(), catalog)
        bench.hold_to(pages.held, spelled_by=pages.spelled_by)
        planned = plan(catalog, pages.held, held_to=pages.called)
        case = next(each for each in planned if isinstance(each, Case) and each.suite == "fields")
        a_case = milliseconds(lambda: judge(case, bench.execute(case)), CALLS)
    return started, a_call, a_case


def bare(target: Target, gateway: Gateway) -> float:
    """Milliseconds of a call in a loop that does nothing else."""
    with gateway.play(Script(replies=(Answer(status=201, json={"id": "1"}),))):
        sdk = target.launch.command[-1]
        loop = [sys.executable, "-c", LOOP, sdk, gateway.url, str(CALLS)]
        said = subprocess.run(loop, capture_output=True, text=True, check=True, timeout=120)
    return float(said.stdout) / CALLS * 1000


def main() -> None:
    """Measure the named targets, or every adapter's newest release."""
    catalog = Catalog.load()
    print(f"{'target':24} {'start s':>8} {'call ms':>8} {'case ms':>8} {'bare ms':>8} {'ratio':>6}")
    for name in sys.argv[1:] or manifest.known():
        parsed = names.parse(name, manifest.known())
        assert isinstance(parsed, names.SdkName)
        try:
            target = resolve(parsed)
        except ConformError as error:
            print(f"{name:24} unavailable: {error.what}")
            continue
        with Gateway() as gateway:
            started, a_call, a_case = measure(target, gateway, catalog)
            alone = bare(target, gateway) if parsed.sdk == "python" else None
        ratio = f"{alone:8.2f} {a_case / alone:6.2f}" if alone else f"{'-':>8} {'-':>6}"
        print(f"{target.name:24} {started:8.2f} {a_call:8.2f} {a_case:8.2f} {ratio}")


if __name__ == "__main__":
    main()

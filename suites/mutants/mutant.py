"""A mutant of the reference client: the same adapter and client, wrong in exactly one way.

``python mutant.py CLIENT NAME`` speaks the protocol as one mutant; ``python mutant.py CLIENT``
lists all of them as JSON. CLIENT is the folder of the reference client's adapter.
"""

import importlib
import json
from pathlib import Path
import pkgutil
import sys

client, *names = sys.argv[1:]
sys.path.insert(0, client)

import broken  # noqa: E402 - it imports the reference client's modules
from broken import registry  # noqa: E402

for module in pkgutil.iter_modules(broken.__path__):
    importlib.import_module(f"broken.{module.name}")

if names:
    import adapter
    import wire

    registry.MUTANTS[names[0]].be()
    wire.serve(adapter.Adapter())
else:
    described = [mutant.description() for mutant in registry.MUTANTS.values()]
    sys.stdout.write(json.dumps({"folder": Path(client).name, "mutants": described}))

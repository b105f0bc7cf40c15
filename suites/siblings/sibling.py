"""A sibling of the control: the same adapter and client, wrong in exactly one way.

``python sibling.py CONTROL NAME`` speaks the protocol as one sibling; ``python sibling.py CONTROL``
lists all of them as JSON. CONTROL is the folder of the control's adapter.
"""

import importlib
import json
from pathlib import Path
import pkgutil
import sys

control, *names = sys.argv[1:]
sys.path.insert(0, control)

import broken  # noqa: E402 - it imports the control's modules
from broken import family  # noqa: E402

for module in pkgutil.iter_modules(broken.__path__):
    importlib.import_module(f"broken.{module.name}")

if names:
    import adapter
    import wire

    family.SIBLINGS[names[0]].be()
    wire.serve(adapter.Adapter())
else:
    described = [sibling.description() for sibling in family.SIBLINGS.values()]
    sys.stdout.write(json.dumps({"folder": Path(control).name, "siblings": described}))

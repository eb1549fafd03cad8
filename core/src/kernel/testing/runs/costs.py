"""What a plugin may cost whoever has it installed and does not use it: next to nothing."""

from __future__ import annotations

import json
import subprocess
import sys

#: What takes long to import, and so has no place in a listing.
HEAVY = (
    "numpy",
    "thinc",
    "torch",
    "spacy",
    "pydantic",
    "wandb",
    "mlflow",
    "tensorflow",
    "ray",
    "transformers",
)

_LIST = """
import json, sys
from kernel.cli import main
try:
    main.main(["plugins", "list", "--json"], standalone_mode=False)
finally:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def check_import_cost(plugin: str, package: str, *, heavy: tuple[str, ...] = HEAVY) -> None:
    """Check that listing an installed plugin imports none of its modules but the table, and nothing heavy.

    Args:
        plugin: The plugin's name.
        package: The package that its code is in.
        heavy: Modules that must not be imported, besides.
    """
    done = subprocess.run(
        [sys.executable, "-c", _LIST], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == 0, f"listing plugins fails: {done.stderr[-400:]}"
    listed = {row["plugin"]: row["state"] for row in json.loads(done.stdout)["plugins"]}
    assert listed.get(plugin) == "ok", f"{plugin!r} is {listed.get(plugin, 'not installed')}"
    imported = set(json.loads(done.stderr.splitlines()[-1]))
    own = [name for name in imported if name.startswith(f"{package}.") and name != f"{package}.plugin"]
    assert not own, (
        f"to list it, its code is imported: {sorted(own)[:8]}; name functions as 'module:attribute'"
    )
    costly = sorted(imported & set(heavy))
    assert not costly, (
        f"to list it, {', '.join(costly)} are imported; plugin.py imports hookimpl and nothing else"
    )

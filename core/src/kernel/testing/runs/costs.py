"""The check of import cost: an installed plugin that is not used must cost almost nothing."""

from __future__ import annotations

import json
import subprocess
import sys

#: Modules that are slow to import.
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
    """Check that listing an installed plugin imports only its table, and nothing heavy.

    Args:
        plugin: Name of the plugin.
        package: The package with its code.
        heavy: Other modules that must not be imported.
    """
    process = subprocess.run(
        [sys.executable, "-c", _LIST], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert process.returncode == 0, f"listing plugins fails: {process.stderr[-400:]}"
    states = {row["plugin"]: row["state"] for row in json.loads(process.stdout)["plugins"]}
    assert states.get(plugin) == "ok", f"{plugin!r} is {states.get(plugin, 'not installed')}"
    imported = set(json.loads(process.stderr.splitlines()[-1]))
    own = [name for name in imported if name.startswith(f"{package}.") and name != f"{package}.plugin"]
    assert not own, f"listing it imports its code: {sorted(own)[:8]}; register targets as 'module:attribute'"
    costly = sorted(imported & set(heavy))
    assert not costly, f"listing it imports {', '.join(costly)}; plugin.py must import nothing but hookimpl"

"""What one short run goes through before its first evaluation, and how the source lies in folders.

    uv run python benchmarks/structure.py

Prints how often the config is filled, checked, freed of its variables, and the plugins narrowed; in how many modules of
the kernel a function is called; the largest folder; and the circles of imports, type-only ones included.
"""

from __future__ import annotations

import ast
import io
import sys
import tempfile
from collections import Counter
from contextlib import redirect_stdout
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import kernel
from kernel.config import Config
from kernel.training.loop import loop

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "core" / "src" / "kernel"
RELEASE = ROOT / "tests" / "end_to_end" / "golden" / "0.1.0"

#: Functions whose calls are counted, by file and name.
STAGES = {
    ("config/fill.py", "_filled"): "filled",
    ("config/check.py", "check_filled"): "checked",
    ("config/format/document.py", "interpolate"): "variables replaced",
    ("registry.py", "narrowed"): "plugins narrowed",
}


class Evaluating(Exception):
    """Ends the run before its first evaluation."""


def run(folder: Path) -> tuple[Counter[str], set[str]]:
    """Train a tagger until its first evaluation, and note what is called.

    Returns:
        How often each stage was gone through, and the modules that were entered.
    """
    stages: Counter[str] = Counter()
    entered: set[str] = set()

    def note(frame: Any, event: str, argument: Any) -> None:
        file = frame.f_code.co_filename
        if (
            event != "call"
            or not file.startswith(str(SOURCE))
            or frame.f_code.co_name in ("<module>", "__getattr__")
        ):
            return
        name = Path(file).relative_to(SOURCE).as_posix()
        if frame.f_code.co_name[0].isupper():
            return  # the body of a class, which runs at import
        entered.add(name)
        if stage := STAGES.get((name, frame.f_code.co_name)):
            stages[stage] += 1

    def stop(*args: Any) -> None:
        raise Evaluating

    loop.evaluated = stop  # type: ignore[assignment]
    config = {
        "paths": {name: str(RELEASE / f"{name}.spacy") for name in ("train", "dev")},
        "nlp": {"lang": "en", "pipeline": ["tagger"]},
        "components": {"tagger": {"factory": "tagger"}},
        "training": {"max_steps": 1},
    }
    Config(config, is_interpolated=False).to_disk(folder / "config.cfg")
    sys.setprofile(note)
    try:
        with redirect_stdout(io.StringIO()):
            kernel.train(folder / "config.cfg", folder / "run")
    except Evaluating:
        pass
    finally:
        sys.setprofile(None)
    return stages, entered


def imports() -> dict[str, set[str]]:
    """Each module of the kernel with the modules that it imports, inside functions and for types, too."""
    modules = {
        path.relative_to(SOURCE.parent).with_suffix("").as_posix().replace("/", "."): path
        for path in SOURCE.rglob("*.py")
    }
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    graph: dict[str, set[str]] = {}
    for name, path in modules.items():
        targets: set[str] = set()
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                targets.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                targets.update(f"{node.module}.{alias.name}" for alias in node.names)
                targets.add(node.module)
        graph[name] = {target for target in targets if target in modules and target != name}
    return graph


def room(module: str, packages: set[str]) -> str:
    """The innermost folder of a module; a module beside folders stands for itself."""
    folder = module.rpartition(".")[0]
    has_rooms = any(package.startswith(f"{folder}.") for package in packages)
    return module if folder == "kernel" or has_rooms else folder


def main() -> None:
    """Print all of it."""
    with tempfile.TemporaryDirectory() as folder:
        stages, entered = run(Path(folder))
    for stage in STAGES.values():
        print(f"{stage:<20} {stages[stage]}")
    rooms = Counter(name.partition("/")[0] if "/" in name else "root" for name in entered)
    print(
        f"{'modules entered':<20} {len(entered)} ({', '.join(f'{name} {n}' for name, n in rooms.most_common())})"
    )
    folders = Counter(
        path.parent
        for path in SOURCE.rglob("*.py")
        if not path.stem.startswith("__") and path.stem not in kernel._MODULES
    )
    largest, size = folders.most_common(1)[0]
    print(f"{'largest folder':<20} {largest.relative_to(SOURCE.parent)}: {size} modules")
    packages = {
        path.parent.relative_to(SOURCE.parent).as_posix().replace("/", ".") for path in SOURCE.rglob("*.py")
    }
    between: dict[str, set[str]] = {}
    for module, targets in imports().items():
        if module not in packages:  # a package's own module is a door: it names what lies below
            own = room(module, packages)
            between.setdefault(own, set()).update(room(one, packages) for one in targets - packages)
            between[own].discard(own)
    try:
        TopologicalSorter(between).prepare()
        print(f"{'circles of rooms':<20} none")
    except CycleError as error:
        print(f"{'circles of rooms':<20} {' > '.join(error.args[1])}")
    if "-v" in sys.argv:
        print("\n".join(sorted(entered)))


if __name__ == "__main__":
    main()

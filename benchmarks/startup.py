"""How long it takes to start, or to say why not: `import kernel`, `kernel --help`, `kernel plugins list`, beside spaCy.

    python benchmarks/startup.py [--spacy-python PATH] [--repeats 15]

Everything is timed in turn, round after round, so that whatever else the machine does falls on all alike.
Prints medians in milliseconds, ratios to spaCy's, and whether the promises hold: `import kernel` within a third
of `import spacy`, the two commands within 300 ms, also with 50 plugins of which 5 import torch; a saved pipeline that
needs a plugin which is not installed says so, and what to install, within a second, the start of Python included.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kernel.testing.runs.distributions import table_module, write_distribution

#: By the first word of what is timed.
LIMITS_MS = {"kernel": 300.0, "load,": 1000.0}
IMPORT_SHARE = 1 / 3
KINDS = ("loggers", "readers", "batchers")


#: Saves a pipeline whose last component comes with the plugin acme-gone.
SAVE = """
import sys
import kernel
from kernel.tokens import Doc

nlp = kernel.blank("en")
for name in ("tagger", "parser", "acme_gone"):
    nlp.add_pipe(name)
annotation = {"tags": ["A", "B", "C"], "heads": [1, 1, 1], "deps": ["nsubj", "ROOT", "obj"]}
eg = kernel.Example.from_dict(Doc(nlp.vocab, words=["we", "sing", "songs"]), annotation)
nlp.initialize(lambda: [eg])
nlp.to_disk(sys.argv[1])
"""
#: Loads it without.
LOAD = """
import sys
import kernel

try:
    kernel.load(sys.argv[1])
except kernel.errors.UnknownName as error:
    assert str(error).endswith("; pip install acme-gone==1.0"), error
else:
    raise SystemExit("nothing is missing")
"""


def save_with_plugin(folder: Path) -> Path:
    """Save a pipeline with a plugin that is nowhere afterwards."""
    code = "from kernel.contracts import factory\n\n\n@factory('acme_gone')\ndef f(nlp, name): return lambda doc: doc\n"
    site = folder / "site"
    table = table_module(factories={"acme_gone": "acme_gone.code:f"})
    write_distribution(site, "gone", table, modules={"code": code})
    saved = folder / "pipeline"
    subprocess.run(
        [sys.executable, "-c", SAVE, str(saved)], env={**os.environ, "PYTHONPATH": str(site)}, check=True
    )
    return saved


def install_fifty(folder: Path) -> None:
    """Write fifty plugins of three kinds; the code of every tenth imports torch."""
    for number in range(50):
        name = f"many{number}"
        tables = {kind: {f"acme.{kind}{number}.v1": f"acme_{name}.code:f"} for kind in KINDS}
        code = "import torch\n" if number % 10 == 0 else "def f(): ...\n"
        write_distribution(folder, name, table_module(**tables), modules={"code": code})


def elapsed_ms(command: list[str], environment: dict[str, str]) -> float:
    """Run a command once."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - start)


def jobs(site: str, saved: str, spacy_python: str | None) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Name what is timed: the command and its environment."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}
    # As installed: what is imported is compiled once, not every time.
    plain.pop("PYTHONDONTWRITEBYTECODE", None)
    fifty = {**plain, "PYTHONPATH": site}
    kernel = [sys.executable, "-m", "kernel"]
    found = {
        "python": ([sys.executable, "-c", "pass"], plain),
        "import kernel": ([sys.executable, "-c", "import kernel"], plain),
        "kernel --help": ([*kernel, "--help"], plain),
        "kernel --help, 50 plugins": ([*kernel, "--help"], fifty),
        "kernel plugins list": ([*kernel, "plugins", "list"], plain),
        "kernel plugins list, 50 plugins": ([*kernel, "plugins", "list"], fifty),
        "load, a plugin is missing": ([sys.executable, "-c", LOAD, saved], plain),
    }
    if spacy_python:
        found["import spacy"] = ([spacy_python, "-c", "import spacy"], plain)
        found["spacy --help"] = ([spacy_python, "-m", "spacy", "--help"], plain)
    return found


def verdicts(medians: dict[str, float]) -> list[str]:
    """Say for each promise whether it holds."""
    lines = []
    if "import spacy" in medians:
        share = medians["import kernel"] / medians["import spacy"]
        lines.append(
            f"{'ok' if share <= IMPORT_SHARE else 'NOT MET'}: import kernel is {share:.2f} of import spacy"
        )
    for name, median in medians.items():
        limit = LIMITS_MS.get(name.partition(" ")[0])
        if limit is not None:
            verdict = "ok" if median <= limit else "NOT MET"
            lines.append(f"{verdict}: {name} takes {median:.0f} ms of {limit:.0f}")
    return lines


def main() -> None:
    """Time everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--spacy-python", help="an interpreter that has spaCy installed")
    parser.add_argument("--repeats", type=int, default=15)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        install_fifty(Path(folder))
        saved = save_with_plugin(Path(folder, "gone"))
        timed = jobs(folder, str(saved), options.spacy_python)
        times: dict[str, list[float]] = {name: [] for name in timed}
        # The first round writes byte code and fills caches; it is not counted.
        for counted in [False, *[True] * options.repeats]:
            for name, (command, environment) in timed.items():
                took = elapsed_ms(command, environment)
                times[name] += [took] if counted else []
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    for name, median in medians.items():
        peer = "spacy --help" if name.startswith("kernel ") else "import spacy"
        ratio = f"  {median / medians[peer]:5.2f} x {peer}" if peer in medians and peer != name else ""
        print(f"{name:<33}{median:7.0f} ms  (fastest {min(times[name]):.0f}){ratio}")
    print(*verdicts(medians), sep="\n")


if __name__ == "__main__":
    main()

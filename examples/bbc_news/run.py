"""Trains a classifier of news articles from start to finish, showing every command that it runs.

uv run examples/bbc_news/run.py            all articles
uv run examples/bbc_news/run.py --quick    a slice and a few steps, to see that everything works
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
import sys
from pathlib import Path

from data import write_splits

HERE = Path(__file__).parent


def kernel(*arguments: str | Path) -> None:
    """Show a `kernel` command and run it."""
    words = [str(argument) for argument in arguments]
    print(f"\n$ kernel {shlex.join(words)}", flush=True)
    subprocess.run([sys.executable, "-m", "kernel", *words], check=True)


def main() -> None:
    """Split, train, evaluate."""
    parser = argparse.ArgumentParser(description="Train on BBC News.")
    parser.add_argument("--output", type=Path, default=Path("runs/bbc_news"), help="the folder to write to")
    parser.add_argument("--quick", action="store_true", help="a slice of the data and a few steps")
    arguments = parser.parse_args()
    output: Path = arguments.output

    corpora = write_splits(output / "data", limit=60 if arguments.quick else None)
    quick = ["--training.max_steps=20", "--training.eval_frequency=10"] if arguments.quick else []
    paths = [f"--paths.train={corpora['train']}", f"--paths.dev={corpora['dev']}"]
    kernel("train", HERE / "config.cfg", "--output", output, "--overwrite", *paths, *quick)
    kernel("evaluate", output / "model-best", corpora["test"])


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)

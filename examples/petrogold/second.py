"""Trains a parser beside the frozen tagger of the first run, and compares that tagger before and after, byte by byte.

uv run examples/petrogold/run.py            first
uv run examples/petrogold/second.py         then this, with --quick for a few steps
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from run import HERE, command

FROZEN = ("tok2vec", "tagger")


def tags(model: Path, corpus: Path) -> list[str]:
    """Tag the texts of a corpus."""
    from kernel import load
    from kernel.tokens import DocBin

    nlp = load(model)
    texts = [doc.text for doc in DocBin().from_disk(corpus).get_docs(nlp.vocab)]
    return [token.tag_ for doc in nlp.pipe(texts, disable=["parser_tok2vec", "parser"]) for token in doc]


def compare(first: Path, second: Path, corpus: Path) -> str:
    """Say what is the same about the frozen components of two pipelines.

    Raises:
        AssertionError: Something is not.
    """
    files = [file.relative_to(first) for name in FROZEN for file in sorted((first / name).iterdir())]
    for file in files:
        assert (first / file).read_bytes() == (second / file).read_bytes(), f"{file} differs"
    before, after = tags(first, corpus), tags(second, corpus)
    assert before == after, "the tags differ"
    n_bytes = sum((first / file).stat().st_size for file in files)
    return (
        f"{', '.join(FROZEN)}: {n_bytes:,} bytes in {len(files)} files and {len(after):,} tags are the same"
    )


def main() -> None:
    """Train, compare, evaluate."""
    parser = argparse.ArgumentParser(description="Train a parser beside a frozen tagger.")
    parser.add_argument(
        "--first", type=Path, default=Path("runs/petrogold"), help="the folder of the first run"
    )
    parser.add_argument(
        "--output", type=Path, default=Path("runs/petrogold-parser"), help="the folder to write to"
    )
    parser.add_argument("--quick", action="store_true", help="a few steps")
    arguments = parser.parse_args()
    first, output, data = arguments.first / "model-best", arguments.output, arguments.first / "data"

    paths = [f"--paths.{split}={data / split}.spacy" for split in ("train", "dev")]
    given = [HERE / "parser.cfg", *paths, f"--paths.first={first}"]
    quick = ["--training.max_steps=20", "--training.eval_frequency=10"] if arguments.quick else []
    command("explain", *given)
    command("train", *given, "--output", output, "--overwrite", *quick)
    print(compare(first, output / "model-best", data / "test.spacy"))
    command("evaluate", output / "model-best", data / "test.spacy")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.returncode)

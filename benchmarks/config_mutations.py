"""How many single mistakes in a config go unnoticed, beside spaCy, and how long a refusal takes.

    python benchmarks/config_mutations.py [--spacy-python PATH] [--every N] [--misses]

Each mutation of `tests/end_to_end/mutations` goes through a fresh `kernel train`, and, with the names of spaCy's
functions, through a fresh `spacy train` that ends as soon as the first step would begin. Accepted means: got there.
Prints for each side how many it accepts silently, the median and longest seconds of a refusal, and the median and
longest message in lines.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

from mutations import NAMES, Mutation, config_text, mutations  # noqa: E402

from kernel.tokens import DocBin, Span  # noqa: E402
from kernel.vocab import Vocab  # noqa: E402

DATA = ROOT / "tests/end_to_end/data"

#: What a name is called there; other names of ours only change their owner.
THEIRS = {
    "kernel.Tok2Vec.v1": "spacy.Tok2Vec.v2",
    "kernel.MultiHashEmbed.v1": "spacy.MultiHashEmbed.v2",
    "kernel.CharacterEmbed.v1": "spacy.CharacterEmbed.v2",
    "kernel.HashEmbedCNN.v1": "spacy.HashEmbedCNN.v2",
    "kernel.MaxoutWindowEncoder.v1": "spacy.MaxoutWindowEncoder.v2",
    "kernel.MishWindowEncoder.v1": "spacy.MishWindowEncoder.v2",
    "kernel.Tagger.v1": "spacy.Tagger.v2",
    "kernel.TransitionBasedParser.v1": "spacy.TransitionBasedParser.v2",
    "kernel.ConsoleLogger.v1": "spacy.ConsoleLogger.v2",
    "kernel.": "spacy.",
}

#: `spacy train`, and `kernel train`, up to the first step.
SPACY = """
import sys
import spacy.training.loop as loop
from spacy.cli import setup_cli
def stop(*args, **kwargs):
    print("ACCEPTED"); sys.stdout.flush(); import os; os._exit(0)
loop.train_while_improving = stop
setup_cli()
"""
KERNEL = """
import sys
import kernel.training.fit as fit
from kernel.cli import run
def stop(*args, **kwargs):
    print("ACCEPTED"); sys.stdout.flush(); import os; os._exit(0)
fit.steps = stop
run()
"""
LIMIT_S = 120


@dataclass
class Side:
    """What one program did."""

    name: str
    python: str
    code: str
    accepted: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def try_one(self, folder: Path, title: str, mutation: Mutation) -> bool:
        """Train with a mutation; whether it was accepted."""
        (folder / "config.cfg").write_text(mutation.text, encoding="utf-8")
        command = [self.python, "-c", self.code, "train", "config.cfg", *mutation.words]
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        elapsed_s = time.perf_counter() - start
        if "ACCEPTED" in done.stdout:
            self.accepted.append(title)
            return True
        self.seconds.append(elapsed_s)
        self.lines.append(len((done.stderr + done.stdout).strip().splitlines()))
        return False

    def summary(self) -> str:
        """One line of figures."""
        n_all = len(self.accepted) + len(self.seconds)
        return (
            f"{self.name:8} accepts {len(self.accepted)} of {n_all}; a refusal takes "
            f"{statistics.median(self.seconds):.2f} s (longest {max(self.seconds):.2f}) and "
            f"{statistics.median(self.lines):.0f} lines (longest {max(self.lines)})"
        )


def theirs(mutation: Mutation) -> Mutation:
    """The same mistake with spaCy's names."""
    text, words = mutation.text, mutation.words
    for ours, name in THEIRS.items():
        text = text.replace(ours, name)
        words = tuple(word.replace(ours, name) for word in words)
    return Mutation(mutation.title, text, words)


def make_data(folder: Path) -> None:
    """Convert the few sentences that the tests have, and name an entity in each."""
    for split in ("train", "dev"):
        source, target = DATA / f"{split}.conllu", folder / f"{split}.spacy"
        command = [sys.executable, "-m", "kernel", "convert", source, target]
        subprocess.run(command, check=True, capture_output=True)
        docs = list(DocBin().from_disk(target).get_docs(Vocab()))
        for doc in docs:
            doc.ents = [Span(doc, 0, 1, label="PERSON")]
        DocBin(docs=docs).to_disk(target)


def main() -> None:
    """Run all of it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spacy-python", help="A Python that has spaCy.")
    parser.add_argument("--every", type=int, default=1, help="Take only every n-th mutation.")
    parser.add_argument("--misses", action="store_true", help="List what was accepted.")
    options = parser.parse_args()
    os.environ.pop("KERNEL_CONFIG_OVERRIDES", None)
    sides = [Side("kernel", sys.executable, KERNEL)]
    if options.spacy_python:
        sides.append(Side("spaCy", options.spacy_python, SPACY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_data(folder)
        for config in NAMES:
            right = Mutation("right", config_text(config))
            for side in sides:
                fitting = right if side.name == "kernel" else theirs(right)
                if not Side("", side.python, side.code).try_one(folder, "right", fitting):
                    sys.exit(f"{side.name} refuses {config}.cfg as it is")
            for mutation in mutations(config)[:: options.every]:
                for side in sides:
                    fitting = mutation if side.name == "kernel" else theirs(mutation)
                    side.try_one(folder, f"{config}: {mutation.title}", fitting)
    for side in sides:
        print(side.summary())
        for title in side.accepted if options.misses else ():
            print(f"    {title}")


if __name__ == "__main__":
    main()

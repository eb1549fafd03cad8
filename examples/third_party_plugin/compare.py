"""Trains a tagger with the default embedding and with the plugin's, and tags clean and misspelt text with both.

python compare.py train.spacy dev.spacy [--test test.spacy] [--seeds 3] [--steps 1500]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import kernel
from kernel.tokens import Doc, DocBin
from kernel.training import Example

HERE = Path(__file__).parent
#: Share of the words that are misspelt, of those with four letters or more.
SHARE = 0.25


def misspelt(word: str, draw: random.Random) -> str:
    """Swap, drop, double or replace one letter inside a word."""
    if len(word) < 4 or not word.isalpha() or draw.random() >= SHARE:
        return word
    at = draw.randrange(1, len(word) - 2)
    one, two = word[at], word[at + 1]
    instead = draw.choice([two + one, two, one + one + two, draw.choice("aeiorstn") + two])
    return word[:at] + instead + word[at + 2 :]


def examples(nlp: kernel.Language, path: Path, *, is_clean: bool) -> Iterator[Example]:
    """Read a corpus as examples whose predicted documents have the gold tokens, misspelt or not."""
    draw = random.Random(0)
    for gold in DocBin().from_disk(path).get_docs(nlp.vocab):
        words = [word if is_clean else misspelt(word, draw) for word in gold.words]
        tags = [token.tag_ for token in gold]
        yield Example.from_dict(Doc(nlp.vocab, words=words), {"tags": tags})


def measure(config: str, train: Path, dev: Path, test: Path, seed: int, steps: int) -> dict[str, float]:
    """Train once; give accuracies of the best model by `dev` on `test`, clean and misspelt, and seconds."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        kernel.train(
            HERE / config,
            Path(folder) / "run",
            overrides={
                "paths.train": str(train),
                "paths.dev": str(dev),
                "system.seed": seed,
                "training.max_steps": steps,
                "training.patience": 0,
            },
        )
        seconds = time.perf_counter() - start
        nlp = kernel.load(Path(folder) / "run" / "model-best")
    scores = {
        name: nlp.evaluate(list(examples(nlp, test, is_clean=clean)))["tag_acc"]
        for name, clean in (("clean", True), ("misspelt", False))
    }
    return {**scores, "seconds": seconds}


def main() -> None:
    """Measure both and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("train", type=Path)
    parser.add_argument("dev", type=Path)
    parser.add_argument("--test", type=Path, help="what to measure on; dev.spacy, if not given")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1500)
    given = parser.parse_args()
    rows = []
    for config in ("base.cfg", "ngrams.cfg"):
        runs = [
            measure(config, given.train, given.dev, given.test or given.dev, seed, given.steps)
            for seed in range(given.seeds)
        ]
        rows.append((config, runs))
    print(f"\n{'config':<12}{'clean':>8}{'misspelt':>10}{'seconds':>9}    misspelt, seed by seed")
    for config, runs in rows:
        clean, wrong, seconds = (mean(run[name] for run in runs) for name in ("clean", "misspelt", "seconds"))
        each = " ".join(f"{100 * run['misspelt']:.2f}" for run in runs)
        print(f"{config:<12}{100 * clean:>8.2f}{100 * wrong:>10.2f}{seconds:>9.1f}    {each}")


if __name__ == "__main__":
    main()

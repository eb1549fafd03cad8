"""Scores of categories, ours beside spaCy's on the same documents: every number must be the same.

    python benchmarks/textcat/scores.py --spacy-python VENV/bin/python

Makes documents with complete, partial, tied and all-negative categories at random, scores them with every setting of
`Scorer.score_cats` in both libraries, and counts the calls whose numbers differ. Where spaCy raises an error of its own
(it does where no label is predicted for a document of exclusive labels), ours need only give numbers.
"""

from __future__ import annotations

import argparse
import importlib
import json
import math
import os
import random
import subprocess
import sys
from typing import Any

SETTINGS: list[dict[str, Any]] = [
    {"multi_label": True},
    {"multi_label": True, "threshold": 0.3},
    {"multi_label": False},
    {"multi_label": False, "threshold": 0.9},
    {"multi_label": False, "positive_label": "L0"},
]
SORTS = ("complete", "partial", "negative", "tied")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", help="the Python of a venv with spacy==3.8.18")
    parser.add_argument("--corpora", type=int, default=400)
    args = parser.parse_args()
    if "SCORES_OF" in os.environ:
        print(json.dumps(scored(os.environ["SCORES_OF"], args.corpora)))
        return
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    ours, theirs = (
        json.loads(
            subprocess.run(
                [python, __file__, "--corpora", str(args.corpora)],
                check=True,
                env={**os.environ, "SCORES_OF": library},
                stdout=subprocess.PIPE,
                text=True,
            ).stdout
        )
        for library, python in pythons.items()
    )
    compared = [(mine, his) for mine, his in zip(ours, theirs, strict=True) if not isinstance(his, str)]
    different = [pair for pair in compared if not same(*pair)]
    for mine, his in different[:5]:
        print(f"ours   {mine}\nspaCy  {his}")
    print(
        f"{len(compared)} calls of score_cats compared, {len(different)} differ; "
        f"spaCy raises an error in {len(theirs) - len(compared)} more"
    )
    sys.exit(bool(different))


def scored(library: str, n_corpora: int) -> list[dict[str, Any] | str]:
    """Score random corpora with one library; an error of the library in place of its numbers."""
    names = (
        ("kernel", "kernel.tokens", "kernel", "kernel.scorer")
        if library == "kernel"
        else ("spacy", "spacy.tokens", "spacy.training", "spacy.scorer")
    )
    base, tokens, training, scorer = map(importlib.import_module, names)
    vocab = base.blank("xx").vocab
    results: list[dict[str, Any] | str] = []
    for seed in range(n_corpora):
        labels, pairs = corpus(random.Random(seed))
        examples = []
        for cats in pairs:
            docs = [tokens.Doc(vocab, words=["x"]) for _ in cats]
            for doc, each in zip(docs, cats, strict=True):
                doc.cats = dict(each)
            examples.append(training.Example(*docs))
        for setting in SETTINGS:
            try:
                results.append(scorer.Scorer.score_cats(examples, "cats", labels=labels, **setting))
            except TypeError as error:
                if library == "kernel":
                    raise
                results.append(str(error))
    return results


def corpus(rng: random.Random) -> tuple[list[str], list[tuple[dict[str, float], dict[str, float]]]]:
    """Make labels, and predicted and gold categories of some documents."""
    labels = [f"L{i}" for i in range(rng.randint(1, 4))]
    sort = rng.choice(SORTS)

    def names() -> list[str]:
        """Some labels in any order, and perhaps one that is none of them."""
        found = (
            list(labels)
            if sort == "complete"
            else [name for name in [*labels, "other"] if rng.random() < 0.7]
        )
        rng.shuffle(found)
        return found

    share = 0.1 if sort == "negative" else 0.4
    digits = 1 if sort == "tied" else 6
    return labels, [
        (
            {name: round(rng.random(), digits) for name in names()},
            {name: float(rng.random() < share) for name in names()},
        )
        for _ in range(rng.randint(0, 12))
    ]


def same(left: Any, right: Any) -> bool:
    """Compare numbers, texts and dictionaries of them."""
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, float) and isinstance(right, float):
        return math.isclose(left, right, rel_tol=0.0, abs_tol=1e-12)
    return bool(left == right)


if __name__ == "__main__":
    main()

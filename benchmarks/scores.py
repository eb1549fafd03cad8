"""The scorer's numbers, beside spaCy's on the same documents.

    KERNEL_DATA=FOLDER python benchmarks/scores.py --spacy-python VENV/bin/python

Gold documents are the dev parts of UD English-EWT and WNUT17. What is "predicted" is gold annotation with mistakes
made at random, on the gold tokens in two documents of three, and on those of the rule-based tokenizer in the third.
Both sides read the same `.spacy` files. Ends with 1 if a number differs by more than 1e-9.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

CORPORA = {
    "EWT": ("ud_english_ewt/*dev.conllu.gz", ["--n-sents", "10", "--merge-subtokens"]),
    "WNUT17": ("wnut17/dev.iob", ["--n-sents", "10"]),
}
#: Share of the annotations that are made wrong.
MISTAKES = 0.15


def corpus(pattern: str, options: list[str], work: Path) -> Path:
    """Convert a dev part."""
    source = next(Path(os.environ["KERNEL_DATA"]).glob(pattern))
    name = source.name.removesuffix(".gz")
    plain = work / name
    plain.write_bytes(gzip.decompress(source.read_bytes()) if source.suffix == ".gz" else source.read_bytes())
    gold = work / f"{name}.gold.spacy"
    command = [sys.executable, "-m", "kernel", "convert", str(plain), str(gold), *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return gold


def predict(gold_path: Path, predicted_path: Path) -> None:
    """Write what a mediocre pipeline might have predicted."""
    import kernel
    from kernel.tokens import DocBin

    nlp = kernel.blank("en")
    random = np.random.default_rng(0)
    golds = list(DocBin().from_disk(gold_path).get_docs(nlp.vocab))
    found = [
        on_other_tokens(nlp.make_doc(gold.text), random) if i % 3 == 2 else with_mistakes(gold, random)
        for i, gold in enumerate(golds)
    ]
    DocBin(docs=found).to_disk(predicted_path)


def with_mistakes(gold: Any, random: np.random.Generator) -> Any:
    """Copy a document; some values come from other tokens, some tokens hang on the root, some entities are missing."""
    from kernel.tokens import Doc

    n = len(gold)
    wrong = random.random(n) < MISTAKES
    other = np.where(wrong, random.integers(0, max(n, 1), n), np.arange(n))
    values = {
        "tags": [gold[int(i)].tag_ for i in other],
        "pos": [gold[int(i)].pos_ for i in other],
        "morphs": [str(gold[int(i)].morph) for i in other],
        "lemmas": [gold[int(i)].lemma_ for i in other],
    }
    if gold.has_annotation("DEP"):
        values["heads"] = [t.sent.root.i if wrong[t.i] else t.head.i for t in gold]
        values["deps"] = [gold[int(i)].dep_ for i in other]
    doc = Doc(gold.vocab, words=gold.words, spaces=[bool(t.whitespace_) for t in gold], **values)
    doc.ents = [ent_of(doc, ent, random) for ent in gold.ents if random.random() > MISTAKES]
    return doc


def ent_of(doc: Any, ent: Any, random: np.random.Generator) -> Any:
    from kernel.tokens import Span

    start = ent.start + int(ent.end - ent.start > 1 and random.random() < MISTAKES)
    return Span(doc, start, ent.end, label="person" if random.random() < MISTAKES else ent.label_)


def on_other_tokens(doc: Any, random: np.random.Generator) -> Any:
    """Annotate a document at random: chains for trees, entities of one token."""
    from kernel.tokens import Doc, Span

    n = len(doc)
    starts = (np.arange(n) == 0) | (random.random(n) < 0.1)
    words, spaces = [t.text for t in doc], [bool(t.whitespace_) for t in doc]
    made = Doc(
        doc.vocab,
        words=words,
        spaces=spaces,
        tags=random.choice(["NN", "VB", "."], n).tolist(),
        pos=random.choice(["NOUN", "VERB", "PUNCT"], n).tolist(),
        morphs=random.choice(["Number=Sing", "Number=Plur|Case=Nom", ""], n).tolist(),
        lemmas=[word.lower() for word in words],
        heads=np.where(starts, np.arange(n), np.arange(n) - 1).tolist(),
        deps=np.where(starts, "root", random.choice(["nsubj", "obj", "punct"], n)).tolist(),
    )
    made.ents = [
        Span(made, int(i), int(i) + 1, label="person") for i in np.flatnonzero(random.random(n) < 0.05)
    ]
    return made


def scores(library: str, gold_path: str, predicted_path: str) -> dict[str, float | None]:
    """Score with one library, which runs in this process."""
    tokens, training = import_module(f"{library}.tokens"), import_module(f"{library}.training")
    scorer = import_module(f"{library}.scorer").Scorer()
    vocab = import_module(f"{library}.vocab").Vocab()
    docs = [list(tokens.DocBin().from_disk(p).get_docs(vocab)) for p in (predicted_path, gold_path)]
    examples = [training.Example(predicted, gold) for predicted, gold in zip(*docs, strict=True)]
    return flat(scorer.score(examples))


def flat(nested: dict[str, Any], before: str = "") -> dict[str, float | None]:
    """Write nested scores side by side."""
    found: dict[str, float | None] = {}
    for key, value in nested.items():
        if isinstance(value, dict):
            found |= flat(value, f"{before}{key}/")
        elif not isinstance(value, str):
            found[before + key] = value
    return found


def report(name: str, ours: dict[str, float | None], theirs: dict[str, float | None]) -> bool:
    """Print both sides' main scores; False if any number differs."""
    print(f"\n{name:20}{'kernel':>12}{'spaCy':>12}")
    for key in (key for key in theirs if "/" not in key and theirs[key]):
        print(f"{key:20}{ours.get(key, float('nan')):>12.6f}{theirs[key]:>12.6f}")
    wrong = [key for key in theirs if not same(ours.get(key), theirs[key])]
    print(f"{len(theirs) - len(wrong)} of {len(theirs)} numbers are the same", *wrong[:10])
    return not wrong


def same(ours: float | None, theirs: float | None) -> bool:
    if ours is None or theirs is None:
        return ours is theirs
    return abs(ours - theirs) <= 1e-9


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", required=True, help="the Python of a venv with spacy==3.8.18")
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/ and wnut17/")
    are_same = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (pattern, options) in CORPORA.items():
            gold = corpus(pattern, options, Path(folder))
            predicted = gold.with_suffix(".predicted.spacy")
            predict(gold, predicted)
            command = [args.spacy_python, __file__, "spacy", str(gold), str(predicted)]
            theirs = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            are_same.append(report(name, scores("kernel", str(gold), str(predicted)), theirs))
    sys.exit(0 if all(are_same) else 1)


if __name__ == "__main__":
    if sys.argv[1:2] == ["spacy"]:
        print(json.dumps(scores(*sys.argv[1:])))
    else:
        main()

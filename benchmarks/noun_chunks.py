"""Base noun phrases beside spaCy's: the same rules' names on the same trees, phrases compared one by one.

Trees are drawn at random with the labels that each language's rules know and some others; those of a treebank are read
from CoNLL-U files where given, and every language's rules are applied to them. Known differences are kept out:
German by Universal Dependencies, of which spaCy knows the root only, and German spans, in which it takes places in the
span for places in the document; Japanese objects, which a renaming took off spaCy's list of places and which are put
back here, and places of other grammars on it; trees with crossing arcs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

LANGUAGES = ("da", "de", "en", "es", "fr", "it", "ja", "nb", "nl", "pt", "sv")
POS = ["NOUN", "NOUN", "NOUN", "PROPN", "PRON", "VERB", "AUX", "ADP", "DET", "ADJ", "CCONJ", "PUNCT"]
UNIVERSAL = [
    *("nsubj", "nsubj:pass", "obj", "iobj", "obl", "obl:agent", "obl:arg", "obl:mod", "nmod"),
    *("nmod:poss", "appos", "pcomp", "conj", "conj", "amod", "det", "det:poss", "nummod", "flat"),
    *("flat:name", "flat:foreign", "fixed", "compound", "goeswith", "case", "cc", "punct", "acl"),
]
TIGER = [
    *("sb", "oa", "da", "nk", "nk", "mo", "ag", "cj", "pd", "og", "app", "cd", "punct", "oc", "rc"),
]
CLEAR = [
    *("nsubj", "nsubjpass", "dobj", "dative", "attr", "oprd", "pcomp", "pobj", "appos", "conj"),
    *("conj", "det", "amod", "compound", "prep", "cc", "punct"),
]
LABELS = {"de": TIGER, "en": CLEAR, "ja": [label for label in UNIVERSAL if label != "pcomp"]}


def random_doc(rng: random.Random, labels: list[str]) -> dict[str, Any]:
    """Draw a document of one or two projective trees."""
    n, heads = rng.randint(1, 14), dict[int, int]()
    middle = rng.choice([n, rng.randint(1, n)])
    attach(rng, heads, 0, middle, None)
    attach(rng, heads, middle, n, None)
    deps = ["ROOT" if heads[i] == i else rng.choice(labels) for i in range(n)]
    return {
        "words": ["w"] * n,
        "heads": [heads[i] for i in range(n)],
        "deps": deps,
        "pos": rng.choices(POS, k=n),
    }


def attach(rng: random.Random, heads: dict[int, int], start: int, end: int, above: int | None) -> None:
    """Draw a tree over a slice."""
    if start < end:
        top = rng.randrange(start, end)
        heads[top] = top if above is None else above
        attach(rng, heads, start, top, top)
        attach(rng, heads, top + 1, end, top)


def treebank(path: Path) -> Iterator[dict[str, Any]]:
    """Read the projective trees of a CoNLL-U file."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8")
    for block in text.split("\n\n"):
        rows = [line.split("\t") for line in block.splitlines() if line and not line.startswith("#")]
        rows = [row for row in rows if row[0].isdigit()]
        heads = [int(row[6]) - 1 if row[6] != "0" else i for i, row in enumerate(rows)]
        deps = ["ROOT" if heads[i] == i else row[7] for i, row in enumerate(rows)]
        words, pos = [row[1] for row in rows], [row[3] for row in rows]
        if rows and is_projective(heads):
            yield {"words": words, "heads": heads, "deps": deps, "pos": pos}


def is_projective(heads: list[int]) -> bool:
    """Whether no arcs cross."""
    arcs = [(min(i, head), max(i, head)) for i, head in enumerate(heads) if i != head]
    return not any(a < c < b < d for a, b in arcs for c, d in arcs)


def found(side: str, given: dict[str, list[dict[str, Any]]]) -> dict[str, list[Any]]:
    """Find the phrases of all documents, and those of their second half, on one side."""
    Doc = import_module(f"{side}.tokens").Doc  # noqa: N806
    vocab = import_module(f"{side}.vocab").Vocab()
    phrases = {}
    for lang, docs in given.items():
        find = rule(side, lang)
        made = [Doc(vocab, **doc) for doc in docs]
        phrases[lang] = [
            [[[start, end] for start, end, _ in find(part)] for part in parts(lang, doc)] for doc in made
        ]
    return phrases


def parts(lang: str, doc: Any) -> list[Any]:
    """A document, and its second half as a span."""
    return [doc] if lang == "de" else [doc, doc[len(doc) // 2 :]]


def rule(side: str, lang: str) -> Any:
    """What finds the phrases of a language."""
    if side == "spacy":
        module = import_module(f"spacy.lang.{lang}.syntax_iterators")
        if lang == "ja":
            module.labels = [label.replace("doclike", "obj") for label in module.labels]  # type: ignore[attr-defined]
        return module.noun_chunks
    from kernel.registry import registry

    return registry.languages.get(lang).Defaults.syntax_iterators["noun_chunks"]


def found_apart(side: str, python: str, given: dict[str, Any]) -> dict[str, list[Any]]:
    """Find the phrases in a process of its own."""
    command = [python, "-W", "ignore", __file__, "--measure", side]
    done = subprocess.run(command, input=json.dumps(given), stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, list[Any]] = json.loads(done.stdout)
    return result


def compare(title: str, python: str, given: dict[str, list[dict[str, Any]]]) -> None:
    """Print for each language how many documents have the same phrases."""
    ours, theirs = found_apart("kernel", sys.executable, given), found_apart("spacy", python, given)
    for lang, docs in given.items():
        pairs = list(zip(docs, ours[lang], theirs[lang], strict=True))
        different = [pair for pair in pairs if pair[1] != pair[2]]
        n_phrases = sum(len(phrases[0]) for _, _, phrases in pairs)
        print(
            f"{title:20}{lang}{len(docs) - len(different):8,} of {len(docs):,} documents ({n_phrases:,} phrases)"
        )
        for doc, one, two in different[:2]:
            print("  ", doc, one, two)


def main() -> None:
    """Compare both sides on drawn trees and on those of treebanks."""
    parser = argparse.ArgumentParser(description="base noun phrases beside spaCy's")
    parser.add_argument(
        "--spacy-python", default=os.environ.get("SPACY_PYTHON"), help="a Python that has spaCy"
    )
    parser.add_argument("--docs", type=int, default=3000, help="random trees for each language")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--treebank", type=Path, nargs="*", default=[], help="CoNLL-U files, also compressed")
    parser.add_argument("--languages", nargs="*", default=LANGUAGES, help="whose rules")
    parser.add_argument("--measure", choices=["kernel", "spacy"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(found(arguments.measure, json.load(sys.stdin))))
        return
    if not arguments.spacy_python:
        parser.error("set SPACY_PYTHON or give --spacy-python")
    rng = random.Random(arguments.seed)
    drawn = {
        lang: [random_doc(rng, LABELS.get(lang, UNIVERSAL)) for _ in range(arguments.docs)]
        for lang in arguments.languages
    }
    compare("random trees", arguments.spacy_python, drawn)
    for path in arguments.treebank:
        docs = list(treebank(path))
        universal = [lang for lang in arguments.languages if lang != "de"]
        compare(path.name[:19], arguments.spacy_python, dict.fromkeys(universal, docs))


if __name__ == "__main__":
    main()

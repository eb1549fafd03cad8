"""One pipeline called from 1, 2 and 8 threads: words a second, and documents that are not what one thread makes.

    python benchmarks/threads.py [--texts 2000] [--rounds 3] [--spacy-python PATH]

The pipeline has tagger, parser and ner with the usual settings on one shared layer, after a few updates. Each text has
words that no other has. `calls`: `nlp(text)`; `batches`: `nlp.pipe`, 50 texts at a time. Texts are dealt out to the
threads; printed are medians over the rounds, in which the numbers of threads take turns. PATH is a Python that has
spaCy, whose figures then stand beside ours.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time
from importlib import import_module
from statistics import median
from typing import Any

THREADS = (1, 2, 8)
BATCH = 50
VERBS, NOUNS = ("saw", "met", "left", "sold"), ("Rome", "dogs", "the car", "Ann", "a house in Oslo")


def texts(n_texts: int, seed: int) -> list[str]:
    """Texts of four sentences, a tenth of whose words are new."""
    draw = random.Random(seed)
    found = []
    for i in range(n_texts):
        sentences = [
            f"{draw.choice(('Ann', 'They', 'We'))} {draw.choice(VERBS)} {draw.choice(NOUNS)} "
            f"and New{seed}x{i}x{j} that {draw.choice(VERBS)} it in {1900 + draw.randrange(99)}."
            for j in range(4)
        ]
        found.append(" ".join(sentences))
    return found


def pipeline(house: str) -> Any:
    """A pipeline with shared layers, after a few updates."""
    library = import_module(house)
    example = import_module(f"{house}.training").Example
    version = {"kernel": "v1", "spacy": "v2"}[house]
    library.util.fix_random_seed(0)
    nlp = library.blank("en")
    nlp.add_pipe("tok2vec")
    listener = {"@architectures": f"{house}.Tok2VecListener.v1", "width": 96}
    transitions = {
        "@architectures": f"{house}.TransitionBasedParser.{version}",
        "state_type": "",
        "extra_state_tokens": False,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "nO": None,
        "tok2vec": listener,
    }
    tagger = {"@architectures": f"{house}.Tagger.{version}", "tok2vec": listener}
    nlp.add_pipe("tagger", config={"model": tagger})
    nlp.add_pipe("parser", config={"model": {**transitions, "state_type": "parser"}})
    nlp.add_pipe("ner", config={"model": {**transitions, "state_type": "ner"}})
    gold = {
        "tags": ["PRP", "VBD", "NNP", "."],
        "heads": [1, 1, 1, 1],
        "deps": ["nsubj", "ROOT", "obj", "punct"],
        "entities": ["U-PER", "O", "U-LOC", "O"],
    }
    examples = [
        example.from_dict(nlp.make_doc(f"{subject} {verb} Rome."), gold)
        for subject in ("Ann", "They", "We")
        for verb in VERBS
    ]
    optimizer = nlp.initialize(lambda: examples * 10)  # a label must be frequent
    for _ in range(20):
        nlp.update(examples, sgd=optimizer)
    return nlp


def annotation(doc: Any) -> list[tuple[Any, ...]]:
    """What must not depend on threads."""
    return [
        (token.text, token.norm_, token.shape_, token.tag_, token.head.i, token.dep_, token.ent_type_)
        for token in doc
    ]


def deal(nlp: Any, given: list[str], n_threads: int, in_batches: bool) -> tuple[float, int, int]:
    """Predict texts in threads: words a second, documents that differ, threads that an error ended."""
    results: list[list[Any]] = [[] for _ in range(n_threads)]
    errors: list[BaseException] = []

    def work(place: int) -> None:
        mine = given[place::n_threads]
        try:
            results[place] += nlp.pipe(mine, batch_size=BATCH) if in_batches else map(nlp, mine)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(n_threads)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    docs = {doc.text: doc for docs in results for doc in docs}
    n_words = sum(map(len, docs.values()))
    found = {text: annotation(doc) for text, doc in docs.items()}
    wrong = sum(annotation(nlp(text)) != found[text] for text in given if text in found)
    return n_words / seconds, wrong + len(given) - len(found), len(errors)


def measure(house: str, n_texts: int, rounds: int) -> dict[str, Any]:
    """Every way and number of threads: medians of words a second, sums of what went wrong."""
    nlp = pipeline(house)
    deal(nlp, texts(100, 0), 1, True)
    found: dict[str, list[tuple[float, int, int]]] = {}
    for number in range(rounds):
        for way in ("calls", "batches"):
            for n_threads in THREADS:
                given = texts(n_texts, 1000 * number + 10 * n_threads + (way == "calls") + 1)
                result = deal(nlp, given, n_threads, way == "batches")
                found.setdefault(f"{way}, {n_threads} thread{'s' * (n_threads > 1)}", []).append(result)
    return {
        name: [median(speeds), sum(differences), sum(errors)]
        for name, results in found.items()
        for speeds, differences, errors in [zip(*results, strict=True)]
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--texts", type=int, default=2000, help="in each round, for each number of threads")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spacy-python", default=os.environ.get("SPACY_PYTHON"))
    parser.add_argument("--house", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.house:
        print(json.dumps(measure(args.house, args.texts, args.rounds)))
        return
    pythons = {"kernel": sys.executable} | ({"spacy": args.spacy_python} if args.spacy_python else {})
    results = {}
    for house, python in pythons.items():
        command = [python, __file__, "--house", house, "--texts", args.texts, "--rounds", args.rounds]
        done = subprocess.run([*map(str, command)], check=True, stdout=subprocess.PIPE, text=True)
        results[house] = json.loads(done.stdout.splitlines()[-1])
    print(f"{'':22}" + "".join(f"{house + ' words/s':>16}{'different':>12}{'died':>7}" for house in results))
    for name in results["kernel"]:
        figures = [results[house][name] for house in results]
        print(f"{name:22}" + "".join(f"{speed:16,.0f}{wrong:12,}{died:7}" for speed, wrong, died in figures))


if __name__ == "__main__":
    main()

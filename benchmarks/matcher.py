"""The matchers beside spaCy's: the same random patterns on the same random documents, matches compared one by one.

Also seconds for 1,000 token patterns, and for 10,000 phrases, over the documents joined to long ones. What is compared:
Matcher (all operators, predicates, greedy FIRST and LONGEST, alignments), PhraseMatcher, DependencyMatcher (all
relations). Two differences are known: spaCy takes the children of a root for its siblings as well, and we do not; where
several alignments of a match are right, ours takes the later token of the pattern, and spaCy's now and then an earlier.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import time
from importlib import import_module
from typing import Any

WORDS = ["a", "b", "c", "Aa", "abba", "abca", "cab"]
TAGS = ["X", "Y", "Z"]
MORPHS = ["", "Case=Nom", "Case=Nom|Number=Sing", "Number=Sing"]
OPERATORS = [None, None, None, "?", "+", "*", "!", "{2}", "{1,2}", "{2,}", "{,2}", "{0,1}"]
RELATIONS = [family + side for family in "<>$" for side in ("", "+", "-", "++", "--") if family + side != "$"]
RELATIONS += ["<<", ">>", ".", ".*", ";", ";*"]


def random_doc(rng: random.Random) -> dict[str, Any]:
    """Draw a document: words, tags, features and a projective tree."""
    n = rng.randint(1, 10)
    heads: list[int] = [0] * n
    attach(rng, heads, 0, n, None)
    return {
        "words": rng.choices(WORDS, k=n),
        "tags": rng.choices(TAGS, k=n),
        "morphs": rng.choices(MORPHS, k=n),
        "heads": heads,
        "deps": [rng.choice(TAGS) if heads[i] != i else "ROOT" for i in range(n)],
    }


def attach(rng: random.Random, heads: list[int], start: int, end: int, above: int | None) -> None:
    """Draw a tree over a slice."""
    if start < end:
        top = rng.randrange(start, end)
        heads[top] = top if above is None else above
        attach(rng, heads, start, top, top)
        attach(rng, heads, top + 1, end, top)


def random_token(rng: random.Random, operators: bool) -> dict[str, Any]:
    """Draw what one token must be."""
    predicates: list[dict[str, Any]] = [
        {},
        {"ORTH": rng.choice(WORDS)},
        {"LOWER": rng.choice(WORDS).lower()},
        {"TAG": rng.choice(TAGS)},
        {"ORTH": {"REGEX": rng.choice(["^a", "b", "a$", "bb|ca"])}},
        {"LOWER": {"IN": rng.sample(WORDS, 2)}},
        {"TAG": {"NOT_IN": rng.sample(TAGS, 1)}},
        {"LENGTH": {rng.choice(["==", "!=", ">=", "<=", ">", "<"]): rng.randint(1, 4)}},
        {
            "MORPH": {
                rng.choice(["IS_SUBSET", "IS_SUPERSET", "INTERSECTS"]): rng.sample(
                    ["Case=Nom", "Number=Sing"], 1
                )
            }
        },
        {"MORPH": rng.choice(MORPHS[1:])},
        {"ORTH": {rng.choice(["FUZZY", "FUZZY1", "FUZZY2"]): rng.choice(WORDS)}},
        {"ORTH": {"FUZZY1": {"IN": rng.sample(WORDS, 2)}}},
        {"LOWER": {"REGEX": {"NOT_IN": ["^a", "cab"]}}},
        {"IS_TITLE": rng.random() < 0.5},
        {"TAG": rng.choice(TAGS), "LOWER": {"REGEX": "a"}},
        {"SENT_START": True},
        {"_": {"mark": rng.choice(TAGS)}},
        {"_": {"mark": {"IN": rng.sample(TAGS, 2)}}},
    ]
    token = rng.choice(predicates)
    operator = rng.choice(OPERATORS) if operators else None
    return {**token, "OP": operator} if operator else token


def random_tree(rng: random.Random) -> list[dict[str, Any]]:
    """Draw a pattern of related tokens."""
    nodes: list[dict[str, Any]] = [{"RIGHT_ID": "0", "RIGHT_ATTRS": random_token(rng, False)}]
    for i in range(1, rng.randint(1, 4)):
        nodes.append(
            {
                "LEFT_ID": str(rng.randrange(i)),
                "REL_OP": rng.choice(RELATIONS),
                "RIGHT_ID": str(i),
                "RIGHT_ATTRS": random_token(rng, False),
            }
        )
    return nodes


def cases(n: int, seed: int) -> dict[str, Any]:
    """Draw everything that both sides get."""
    rng = random.Random(seed)
    return {
        "docs": [random_doc(rng) for _ in range(40)],
        "sequences": [[random_token(rng, True) for _ in range(rng.randint(1, 4))] for _ in range(n)],
        "phrases": [rng.choices(WORDS, k=rng.randint(1, 4)) for _ in range(n)],
        "trees": [random_tree(rng) for _ in range(n)],
    }


def measure(side: str, given: dict[str, Any]) -> dict[str, Any]:
    """Find all matches on one side, and take the time."""
    matcher, tokens = import_module(f"{side}.matcher"), import_module(f"{side}.tokens")
    vocab = import_module(side).blank("en").vocab
    mark = {"a": "X", "b": "Y"}
    tokens.Token.set_extension("mark", getter=lambda token: mark.get(token.text[0], "Z"), force=True)
    docs = [tokens.Doc(vocab, **doc) for doc in given["docs"]]
    found: dict[str, Any] = {"sequences": [], "alignments": [], "phrases": [], "trees": []}
    for pattern in given["sequences"]:
        for greedy in (None, "FIRST", "LONGEST"):
            one = matcher.Matcher(vocab)
            one.add("K", [pattern], greedy=greedy)
            found["sequences"].append([sorted(list(m[1:3]) for m in one(doc)) for doc in docs])
            if greedy is None:
                aligned = [sorted(list(m[1:]) for m in one(doc, with_alignments=True)) for doc in docs]
                found["alignments"].append(aligned)
    for words in given["phrases"]:
        phrases = matcher.PhraseMatcher(vocab, attr="LOWER")
        phrases.add("K", [tokens.Doc(vocab, words=words)])
        found["phrases"].append([sorted(list(m[1:]) for m in phrases(doc)) for doc in docs])
    for pattern in given["trees"]:
        trees = matcher.DependencyMatcher(vocab)
        trees.add("K", [pattern])
        found["trees"].append([without_root_siblings(pattern, doc, trees(doc)) for doc in docs])
    return {"found": found, "seconds": seconds(matcher, tokens, vocab, given)}


def without_root_siblings(pattern: list[dict[str, Any]], doc: Any, matches: Any) -> list[list[int]]:
    """Leave out the matches in which a root has siblings."""
    lefts = [int(node["LEFT_ID"]) for node in pattern[1:] if node["REL_OP"].startswith("$")]
    chosen = (list(match[1]) for match in matches)
    return sorted(each for each in chosen if not any(doc[each[left]].head.i == each[left] for left in lefts))


def seconds(matcher: Any, tokens: Any, vocab: Any, given: dict[str, Any]) -> dict[str, float]:
    """Time many rules over long documents."""
    rng = random.Random(0)
    texts = [rng.choices([f"w{i}" for i in range(5000)], k=1000) for _ in range(20)]
    docs = [tokens.Doc(vocab, words=words) for words in texts]
    rules = matcher.Matcher(vocab)
    for i in range(1000):
        rules.add(f"R{i}", [[{"LOWER": f"w{i}"}, {"LENGTH": {">=": 4}, "OP": "+"}, {"LOWER": f"w{i + 1}"}]])
    phrases = matcher.PhraseMatcher(vocab)
    phrases.add("P", [tokens.Doc(vocab, words=rng.sample(words, 3)) for words in texts for _ in range(500)])
    spent = {}
    for name, each in (("1,000 patterns", rules), ("10,000 phrases", phrases)):
        each(docs[0])
        start = time.perf_counter()
        for doc in docs:
            each(doc)
        spent[name] = time.perf_counter() - start
    return spent


def measured_apart(side: str, python: str, given: dict[str, Any]) -> dict[str, Any]:
    """Measure one side in a process of its own."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    command = [python, "-W", "ignore", __file__, "--measure", side]
    done = subprocess.run(
        command, input=json.dumps(given), env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def main() -> None:
    """Compare both sides and print how many patterns agree on all documents."""
    parser = argparse.ArgumentParser(description="the matchers beside spaCy's")
    parser.add_argument(
        "--spacy-python", default=os.environ.get("SPACY_PYTHON"), help="a Python that has spaCy"
    )
    parser.add_argument("--patterns", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", choices=["kernel", "spacy"], help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(measure(arguments.measure, json.load(sys.stdin))))
        return
    if not arguments.spacy_python:
        parser.error("set SPACY_PYTHON or give --spacy-python")
    given = cases(arguments.patterns, arguments.seed)
    ours = measured_apart("kernel", sys.executable, given)
    theirs = measured_apart("spacy", arguments.spacy_python, given)
    for kind, found in ours["found"].items():
        other = theirs["found"][kind]
        wrong = [i for i, (one, two) in enumerate(zip(found, other, strict=True)) if one != two]
        n_matches = sum(len(matches) for docs in other for matches in docs)
        print(f"{kind:16}{len(found) - len(wrong):8,} of {len(found):,} agree ({n_matches:,} matches)")
        for i in wrong[:3]:
            pattern = given["sequences" if kind == "alignments" else kind][
                i // 3 if kind == "sequences" else i
            ]
            doc = next(n for n, pair in enumerate(zip(found[i], other[i], strict=True)) if pair[0] != pair[1])
            print("  ", pattern, given["docs"][doc], found[i][doc], other[i][doc])
    for name, spent in ours["seconds"].items():
        print(f"{name:16}{spent:8.3f} s, spaCy {theirs['seconds'][name]:.3f} s")


if __name__ == "__main__":
    main()

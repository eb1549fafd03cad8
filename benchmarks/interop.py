"""Whether real spaCy reads what we write, and we what it writes: every annotation of every document, both ways.

Documents: random ones with every kind of annotation (text with and without spaces, tags, features, lemmas, trees,
entities known, missing and blocked, links, groups of overlapping spans, categories, user data), and the `.spacy` files
in KERNEL_DATA. Each side writes files, the other reads them, and both say what is in each document. User data hold no
lists: both sides read them as tuples.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

WORDS = ["Anna", "naïve", "東京", "e.g.", "\n\n", "it", "'s", "🙂", "x-y", "."]
COLUMNS = [
    "ORTH",
    "SPACY",
    "TAG",
    "POS",
    "LEMMA",
    "MORPH",
    "DEP",
    "HEAD",
    "SENT_START",
    "ENT_IOB",
    "ENT_TYPE",
]
COLUMNS += ["ENT_KB_ID"]


def random_doc(rng: random.Random, tokens: Any, vocab: Any) -> Any:
    """Draw a document with every kind of annotation."""
    n = rng.randint(1, 15)
    some = {
        "tags": rng.choices(["NN", "VB", "-LRB-"], k=n),
        "pos": rng.choices(["NOUN", "VERB", "X"], k=n),
        "morphs": rng.choices(["", "Case=Nom", "Case=Nom|Number=Sing"], k=n),
        "lemmas": rng.choices(WORDS, k=n),
        "ents": ["B-PER" if rng.random() < 0.3 else "O" for _ in range(n)],
    }
    given = {key: values for key, values in some.items() if rng.random() < 0.7}
    if rng.random() < 0.5:
        given |= {
            "heads": [max(0, i - rng.randint(1, 3)) for i in range(n)],
            "deps": ["ROOT"] + ["dep"] * (n - 1),
        }
    elif rng.random() < 0.5:
        given["sent_starts"] = [True] + [rng.choice([True, False, None]) for _ in range(n - 1)]
    spaces = [rng.random() < 0.8 for _ in range(n)] if rng.random() < 0.9 else None
    doc = tokens.Doc(vocab, words=rng.choices(WORDS, k=n), spaces=spaces, **given)
    if rng.random() < 0.3:
        doc.set_ents(
            [tokens.Span(doc, 0, 1, label="ORG", kb_id="Q1")], default=rng.choice(["outside", "missing"])
        )
    doc.cats = {"A": round(rng.random(), 3), "B": 0.0} if rng.random() < 0.5 else {}
    if rng.random() < 0.5:
        starts = [rng.randrange(n) for _ in range(3)]
        doc.spans["sc"] = [tokens.Span(doc, i, rng.randint(i + 1, n), label="S", span_id="7") for i in starts]
    doc.user_data = {"id": rng.randint(0, 9), "nested": {"a": (1, "b", None)}, ("._.", "mark", 0, None): True}
    return doc


def described(doc: Any) -> dict[str, Any]:
    """Say everything that is in a document."""
    strings = doc.vocab.strings
    words = [token.text for token in doc]
    columns: dict[str, list[Any]] = {"text": [doc.text], "words": words}
    array = doc.to_array(COLUMNS)
    for i, name in enumerate(COLUMNS):
        values = [int(value) for value in array[:, i]]
        is_number = name in ("SPACY", "HEAD", "SENT_START", "ENT_IOB")
        # The first token starts a sentence, whether that is written down or not.
        values = [1, *values[1:]] if name == "SENT_START" and values else values
        columns[name] = values if is_number else [strings[value] if value else "" for value in values]
    user_data = sorted((repr(key), repr(value)) for key, value in doc.user_data.items())
    spans = {
        key: [(span.start, span.end, span.label_, span.kb_id_, span.id_) for span in group]
        for key, group in doc.spans.items()
    }
    return {
        **columns,
        "ents": [(ent.start, ent.end, ent.label_, ent.kb_id_) for ent in doc.ents],
        "spans": spans,
        "cats": {label: float(value) for label, value in doc.cats.items()},
        "user_data": user_data,
        "unknown_spaces": bool(doc.has_unknown_spaces),
    }


def act(side: str, job: str, folder: Path, data: Path | None) -> None:
    """Write documents and what is in them, or read the other side's and say the same."""
    tokens, vocab = import_module(f"{side}.tokens"), import_module(f"{side}.vocab").Vocab()
    if job == "write":
        rng = random.Random(0)
        made = {"random": [random_doc(rng, tokens, vocab) for _ in range(300)]}
        for file in sorted((data / "interop").glob("*.spacy")) if data else ():
            made[file.stem] = list(tokens.DocBin(store_user_data=True).from_disk(file).get_docs(vocab))
        for name, docs in made.items():
            tokens.DocBin(docs=docs, store_user_data=True).to_disk(folder / f"{side}-{name}.spacy")
            text = json.dumps([described(doc) for doc in docs])
            (folder / f"{side}-{name}.json").write_text(text, encoding="utf-8")
        return
    other = "spacy" if side == "kernel" else "kernel"
    for file in sorted(folder.glob(f"{other}-*.spacy")):
        docs = list(tokens.DocBin(store_user_data=True).from_disk(file).get_docs(vocab))
        text = json.dumps([described(doc) for doc in docs])
        file.with_suffix(".read.json").write_text(text, encoding="utf-8")


def main() -> int:
    """Let both sides write and read, and print what is not the same."""
    parser = argparse.ArgumentParser(description="documents from kernel to spaCy and back")
    parser.add_argument(
        "--spacy-python", default=os.environ.get("SPACY_PYTHON"), help="a Python that has spaCy"
    )
    parser.add_argument(
        "--data", default=os.environ.get("KERNEL_DATA"), type=Path, help="folder with interop/"
    )
    parser.add_argument("--act", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.act:
        act(arguments.act[0], arguments.act[1], Path(arguments.act[2]), arguments.data)
        return 0
    if not arguments.spacy_python:
        parser.error("set SPACY_PYTHON or give --spacy-python")
    n_wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        more = ["--data", str(arguments.data)] if arguments.data else []
        for job in ("write", "read"):
            for side, python in (("kernel", sys.executable), ("spacy", arguments.spacy_python)):
                subprocess.run(
                    [python, "-W", "ignore", __file__, "--act", side, job, folder, *more], check=True
                )
        for file in sorted(Path(folder).glob("*.read.json")):
            name = file.name.removesuffix(".read.json")
            written = json.loads((Path(folder) / f"{name}.json").read_text(encoding="utf-8"))
            read = json.loads(file.read_text(encoding="utf-8"))
            wrong = [i for i, (one, two) in enumerate(zip(written, read, strict=True)) if one != two]
            n_wrong += len(wrong)
            print(
                f"{name + ', read by the other':40}{len(read) - len(wrong):8,} of {len(read):,} documents the same"
            )
            for i in wrong[:2]:
                for key in written[i]:
                    if written[i][key] != read[i][key]:
                        print(
                            f"   document {i}, {key}: {written[i][key]!r:.200} became {read[i][key]!r:.200}"
                        )
    return int(n_wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Files that spaCy wrote are read to what spaCy says of them. Needs $KERNEL_DATA."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from kernel.tokens import Doc, DocBin
from kernel.vocab import Vocab

DATA = Path(os.environ.get("KERNEL_DATA", "")) / "interop"

pytestmark = pytest.mark.skipif("KERNEL_DATA" not in os.environ, reason="needs $KERNEL_DATA")


def told(path: Path) -> list[Any]:
    if path.suffix == ".json":
        return [json.loads(path.read_text(encoding="utf-8"))]
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def described(doc: Doc) -> dict[str, Any]:
    """What spaCy describes of a document: it leaves the ids of entities and spans out."""
    shown = doc.to_json()
    for group in (shown.get("ents", []), *shown.get("spans", {}).values()):
        for span in group:
            span.pop("id", None)
    return shown


@pytest.mark.parametrize(
    "name", ["ewt_dev.jsonl.gz", "wnut_dev.jsonl.gz", "sst2_dev.jsonl.gz", "spans_cats.json"]
)
def test_documents_are_what_the_json_beside_says(name: str) -> None:
    pack = DocBin().from_disk(DATA / f"{name.split('.')[0]}.spacy")

    docs = list(pack.get_docs(Vocab()))

    assert [described(doc) for doc in docs] == told(DATA / name)
    assert [described(doc) for doc in DocBin(docs=docs).get_docs(Vocab())] == told(DATA / name)


@pytest.mark.parametrize("name", ["ud", "ner", "textcat"])
def test_gold_documents_are_read(name: str) -> None:
    docs = list(DocBin().from_disk(DATA / "trained" / f"{name}.gold.spacy").get_docs(Vocab()))

    predicted = told(DATA / "trained" / f"{name}.predictions.jsonl.gz")

    assert [doc.to_json()["text"] for doc in docs] == [each["text"] for each in predicted]


def test_words_have_the_ids_and_forms_of_spacy() -> None:
    vocab = Vocab(lang="en")
    table = told(DATA / "lexemes_en.jsonl.gz")

    lexemes = [vocab[word["orth"]] for word in table]

    assert [lexeme.orth for lexeme in lexemes] == [word["id"] for word in table]
    for name in ("lower", "shape", "prefix", "suffix"):
        assert [getattr(lexeme, f"{name}_") for lexeme in lexemes] == [word[name] for word in table]
    for name in sorted(set(table[0]["flags"]) - {"is_stop", "like_num"}):
        assert [getattr(lexeme, name) for lexeme in lexemes] == [word["flags"][name] for word in table]

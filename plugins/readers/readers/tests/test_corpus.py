"""Annotated documents as examples."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import DataError
from kernel.pipeline.loading import blank
from kernel.testing.data.readers import check_reader
from kernel.testing.runs.names import check_names
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.storage.docbin import DocBin
from kernel.text.vocab.vocab import Vocab
from kernel.text.vocab.word_memory import WordMemory
from pkg_readers.corpus import Corpus, corpus


@pytest.fixture(scope="module")
def nlp() -> Any:
    return blank("xx")


def make_docs(*texts: str) -> list[Doc]:
    """Make documents in which a sentence begins after every `.` and each word is its own tag."""
    vocab = Vocab()
    docs = []
    for text in texts:
        words = text.split()
        starts = [i == 0 or words[i - 1] == "." for i in range(len(words))]
        spaces = [True] * (len(words) - 1) + [False] * bool(words)
        docs.append(Doc(vocab, words=words, spaces=spaces, tags=words, sent_starts=starts))
    return docs


def write(path: Path, *texts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    DocBin(docs=make_docs(*texts)).to_disk(path)
    return path


def test_it_is_a_reader(tmp_path: Path, nlp: Any) -> None:
    examples = check_reader(corpus(write(tmp_path / "train.spacy", "a b .", "c d .")), nlp)

    assert [[token.tag_ for token in eg.reference] for eg in examples] == [["a", "b", "."], ["c", "d", "."]]


def test_its_names_resolve() -> None:
    assert ("readers", "kernel.Corpus.v1") in check_names("readers")


def test_a_folder_is_read_in_the_order_of_names_and_below(tmp_path: Path, nlp: Any) -> None:
    write(tmp_path / "b.spacy", "two")
    write(tmp_path / "a.spacy", "one")
    write(tmp_path / "c" / "x.spacy", "three")
    write(tmp_path / ".hidden" / "x.spacy", "never")
    (tmp_path / "notes.txt").write_text("not read")

    assert [eg.text for eg in Corpus(tmp_path)(nlp)] == ["one", "two", "three"]


def test_the_tokenizer_makes_the_predicted_tokens(tmp_path: Path, nlp: Any) -> None:
    vocab = Vocab()
    doc = Doc(vocab, words=["well", "-", "known"], spaces=[False, False, False])
    DocBin(docs=[doc]).to_disk(tmp_path / "x.spacy")

    (tokenized,) = Corpus(tmp_path / "x.spacy")(nlp)
    (gold,) = Corpus(tmp_path / "x.spacy", gold_preproc=True)(nlp)

    assert tokenized.predicted.words == nlp.make_doc("well-known").words
    assert gold.predicted.words == ["well", "-", "known"]


def test_gold_tokens_are_taken_where_the_spaces_are_unknown(tmp_path: Path, nlp: Any) -> None:
    DocBin(docs=[Doc(Vocab(), words=["can", "n't"])]).to_disk(tmp_path / "x.spacy")

    (eg,) = Corpus(tmp_path / "x.spacy")(nlp)

    assert eg.predicted.words == ["can", "n't"]
    assert eg.predicted.has_unknown_spaces


@pytest.mark.parametrize(
    ("settings", "lengths"),
    [
        ({}, [6, 3]),
        ({"max_length": 7}, [6, 3]),
        ({"max_length": 6}, [3, 3, 3]),
        ({"limit": 1}, [6]),
        ({"limit": 1, "max_length": 4}, [3, 3]),
        ({"gold_preproc": True}, [3, 3, 3]),
        ({"gold_preproc": True, "max_length": 2}, [3, 3, 3]),
    ],
)
def test_lengths_and_limits(tmp_path: Path, nlp: Any, settings: dict[str, Any], lengths: list[int]) -> None:
    path = write(tmp_path / "x.spacy", "a b . c d .", "e f .", "")

    assert [len(eg.reference) for eg in Corpus(path, **settings)(nlp)] == lengths


def test_an_augmenter_makes_more_of_each_example(tmp_path: Path, nlp: Any) -> None:
    def twice(nlp: Any, example: Example) -> Iterator[Example]:
        yield example
        yield Example(nlp.make_doc(example.text.upper()), example.reference)

    reader = corpus(write(tmp_path / "x.spacy", "a", "b"), augmenter=twice)

    assert [eg.text for eg in reader(nlp)] == ["a", "A", "b", "B"]


def test_reading_is_lazy(tmp_path: Path, nlp: Any) -> None:
    write(tmp_path / "a.spacy", "one")
    (tmp_path / "b.spacy").write_bytes(b"damaged")

    stream = Corpus(tmp_path)(nlp)

    assert next(stream).text == "one"
    with pytest.raises(DataError, match=r"b\.spacy"):
        next(stream)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        (
            None,
            "path: no corpus is given, got None; pass --paths.train FILE (or --paths.dev FILE), or write the",
        ),
        ("", "path: no corpus is given, got ''; pass --paths.train FILE"),
        ("no/such.spacy", "path: no such file or folder, got 'no/such.spacy'; pass --paths.train FILE"),
    ],
)
def test_a_missing_corpus_says_what_to_pass(path: str | None, message: str) -> None:
    with pytest.raises(DataError) as caught:
        corpus(path)

    assert str(caught.value).startswith(message)


def test_a_file_of_another_kind_says_how_to_convert_it(tmp_path: Path, nlp: Any) -> None:
    path = tmp_path / "train.pdf"
    path.write_text("")

    with pytest.raises(DataError) as caught:
        list(Corpus(path)(nlp))

    assert str(caught.value).startswith(f"{path}: expected a file ending in .spacy, ")
    assert str(caught.value).endswith("got '.pdf'; create one with kernel convert")


def test_a_folder_without_documents_is_an_error(tmp_path: Path, nlp: Any) -> None:
    with pytest.raises(DataError, match=r"no file in this folder ends in \.spacy, .*; use another folder$"):
        list(Corpus(tmp_path)(nlp))


def test_an_empty_corpus_is_an_error_that_names_the_file(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy")

    with pytest.raises(DataError) as caught:
        list(Corpus(path)(nlp))

    assert str(caught.value) == f"{path}: the corpus has no documents; use another one"


def test_a_corpus_of_documents_that_are_all_too_long_is_an_error(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy", "a b c", "d e f")

    with pytest.raises(
        DataError, match=r"none of its 2 documents, .* max_length, got 2; raise it, or set it to 0$"
    ):
        list(Corpus(path, max_length=2)(nlp))


def test_other_formats_are_read_without_being_converted(tmp_path: Path, nlp: Any) -> None:
    record = '{"text": "Anna sings", "entities": [[0, 4, "PER"]]}\n'
    (tmp_path / "a.jsonl").write_text(record * 2, encoding="utf-8")
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(record.encode()))
    (tmp_path / "c.iob").write_text("Anna\tB-PER\nsings\tO\n", encoding="utf-8")
    expected = [("Anna", "PER")]

    for path, n in (
        (tmp_path / "a.jsonl", 2),
        (tmp_path / "*.jsonl*", 3),
        (tmp_path / "*.iob", 1),
        (tmp_path, 4),
    ):
        examples = list(corpus(path)(nlp))
        assert [[(ent.text, ent.label_) for ent in eg.reference.ents] for eg in examples] == [expected] * n
        assert all(eg.reference.vocab is nlp.vocab for eg in examples)


def test_words_and_annotation_of_a_long_stream_are_forgotten(tmp_path: Path, nlp: Any) -> None:
    nlp.vocab.memory = WordMemory(nlp.vocab, kept=100)
    lines = (
        {"text": f"w{i}", "tokens": [{"start": 0, "end": len(f"w{i}"), "lemma": f"lemma{i}"}]}
        for i in range(2000)
    )
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    n_before = len(nlp.vocab.strings)

    lemmas = [eg.reference[0].lemma_ for eg in Corpus(tmp_path)(nlp)]

    assert lemmas == [f"lemma{i}" for i in range(2000)]
    assert len(nlp.vocab.strings) < n_before + 600


def test_of_a_folder_with_packs_only_these_are_read(tmp_path: Path, nlp: Any) -> None:
    write(tmp_path / "x.spacy", "a b")
    (tmp_path / "labels.json").write_text("[]", encoding="utf-8")

    assert len(list(corpus(tmp_path)(nlp))) == 1


def test_malformed_lines_of_other_formats_can_be_left_out(tmp_path: Path, nlp: Any) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "Anna"}\n{\n{"text": "Oslo"}\n', encoding="utf-8")

    with pytest.raises(DataError, match=r"a\.jsonl:2: not JSON"):
        list(corpus(path)(nlp))
    assert [eg.text for eg in corpus(path, on_invalid="quarantine")(nlp)] == ["Anna", "Oslo"]
    assert f"{path}:2" in path.with_name("a.jsonl.invalid.jsonl").read_text(encoding="utf-8")


def test_a_pattern_that_finds_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        corpus(tmp_path / "*.jsonl")

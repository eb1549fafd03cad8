"""Documents that cannot be learnt from: refused with their place, or left out and counted."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.pipeline.loading import blank
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.storage.docbin import DocBin
from kernel.text.vocab.vocab import Vocab
from pkg_readers.corpus import corpus
from pkg_readers.raw import jsonl_corpus, plain_text_corpus


@pytest.fixture(scope="module")
def nlp() -> Any:
    return blank("xx")


def document(start: int = 2, end: int = 3) -> Doc:
    """A document with an entity; its second and last tokens are whitespace."""
    words = ["Here", " ", "Ann", "Lee", "sat", "\n"]
    doc = Doc(Vocab(), words=words, spaces=[True, False, True, True, True, False])
    doc.ents = [Span(doc, start, end, label="PER")]
    return doc


def write(path: Path, *docs: Doc) -> Path:
    # Without what follows from the heads: wrong ones could not be written.
    DocBin(["HEAD", "DEP", "ENT_IOB", "ENT_TYPE"], docs=docs).to_disk(path)
    return path


def with_heads(*offsets: int) -> Doc:
    """A document whose heads are as given, right or wrong."""
    doc = Doc(
        Vocab(), words=["a"] * len(offsets), heads=list(range(len(offsets))), deps=["ROOT"] * len(offsets)
    )
    doc.adopt_columns({"HEAD": np.array(offsets, dtype="int32")})
    return doc


@pytest.mark.parametrize(
    ("start", "end", "side", "characters"),
    [(1, 4, "begins", "5 to 13"), (2, 6, "ends", "6 to 19"), (5, 6, "begins", "18 to 19")],
)
def test_an_entity_bounded_by_whitespace_stops_the_run_with_its_place(
    tmp_path: Path, nlp: Any, start: int, end: int, side: str, characters: str
) -> None:
    path = write(tmp_path / "x.spacy", document(), document(start, end))

    with pytest.raises(DataError) as caught:
        list(corpus(path)(nlp))

    message = str(caught.value)
    assert message.startswith(f"{path}: document 2: an entity {side} on whitespace, got ")
    assert f"(characters {characters})" in message
    assert 'on_invalid = "skip" or "quarantine"' in message


@pytest.mark.parametrize("offsets", [(1, -1), (5, 0), (-1, 0)])
def test_heads_out_of_range_or_in_a_circle_are_left_out_when_asked(
    tmp_path: Path, nlp: Any, offsets: tuple[int, int]
) -> None:
    path = write(tmp_path / "x.spacy", document(), with_heads(*offsets), with_heads(1, 0))

    with pytest.raises(DataError, match=r"document 2: .*\(characters 0 to 1\)"):
        list(corpus(path)(nlp))
    assert len(list(corpus(path, on_invalid="skip")(nlp))) == 2


def test_what_is_left_out_is_counted_by_reason(
    tmp_path: Path, nlp: Any, caplog: pytest.LogCaptureFixture
) -> None:
    docs = [document(), document(1, 4), document(1, 3), with_heads(1, -1), document(2, 6)]
    path = write(tmp_path / "x.spacy", *docs)

    with caplog.at_level(logging.WARNING):
        assert len(list(corpus(path, on_invalid="skip")(nlp))) == 1

    [record] = caplog.records
    assert record.getMessage() == (
        f"{path}: left out 4 of 5 documents: 2 x entity begins on whitespace, "
        "1 x heads must lead to a root, 1 x entity ends on whitespace"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["x.spacy"]


def test_quarantine_writes_what_was_left_out_and_why(
    tmp_path: Path, nlp: Any, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path / "x.spacy", document(1, 4), document())

    for _ in range(2):
        assert len(list(corpus(path, on_invalid="quarantine")(nlp))) == 1

    lines = (tmp_path / "x.spacy.invalid.jsonl").read_text("utf8").splitlines()
    [fault] = map(json.loads, lines)
    assert fault["place"] == f"{path}: document 1"
    assert fault["characters"] == [5, 13]
    assert fault["text"] == document().text
    assert "x.spacy.invalid.jsonl" in caplog.records[0].getMessage()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["x.spacy", "x.spacy.invalid.jsonl"]


def test_quarantine_has_the_place_of_a_damaged_head(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy", document(), with_heads(0, 0, 7))

    assert len(list(corpus(path, on_invalid="quarantine")(nlp))) == 1

    [fault] = map(json.loads, (tmp_path / "x.spacy.invalid.jsonl").read_text("utf8").splitlines())
    assert fault == {
        "place": f"{path}: document 2",
        "reason": "the head of a token is outside the document; the file is damaged",
        "kind": "the head of a token is outside the document; the file is damaged",
        "text": "a a a ",
        "characters": [4, 5],
    }


def invalid_corpora(folder: Path) -> list[Any]:
    """A corpus of each kind, whose last document or line is no good."""
    (folder / "x.txt").write_bytes(b"fine\n\xff\n")
    (folder / "x.jsonl").write_text('{"text": "fine"}\n{"txt": "bad"}\n', "utf8")
    packed = write(folder / "x.spacy", document(), document(1, 4))
    return [plain_text_corpus(folder / "x.txt"), jsonl_corpus(folder / "x.jsonl"), corpus(packed)]


def test_looking_through_a_corpus_finds_what_reading_it_would(tmp_path: Path) -> None:
    for reader in invalid_corpora(tmp_path):
        nlp = blank("xx")
        n_words = len(nlp.vocab)
        with pytest.raises(DataError) as read:
            list(reader(blank("xx")))

        with pytest.raises(DataError) as checked:
            reader.check(nlp)

        assert str(checked.value) == str(read.value)
        assert len(nlp.vocab) == n_words


def test_looking_through_a_corpus_heeds_its_limit_and_what_may_be_left_out(tmp_path: Path, nlp: Any) -> None:
    invalid_corpora(tmp_path)

    for make, name in ((corpus, "x.spacy"), (jsonl_corpus, "x.jsonl")):
        make(tmp_path / name, limit=1).check(nlp)
        make(tmp_path / name, on_invalid="quarantine").check(nlp)
    plain_text_corpus(tmp_path / "x.txt", on_invalid="skip").check(nlp)
    assert not list(tmp_path.glob("*.invalid.jsonl"))


def test_a_corpus_that_takes_long_to_look_through_is_looked_at_further_when_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pkg_readers.ahead.SECONDS", -1.0)
    *of_lines, of_packs = invalid_corpora(tmp_path)
    (tmp_path / "packs").mkdir()
    write(tmp_path / "packs" / "1.spacy", document())
    of_packs.path.rename(tmp_path / "packs" / "2.spacy")

    for reader in [*of_lines, corpus(tmp_path / "packs")]:
        with caplog.at_level(logging.WARNING):
            reader.check(blank("xx"))
        with pytest.raises(DataError):
            list(reader(blank("xx")))

        assert f"{reader.path}: the first 1 documents are valid" in caplog.messages[-1]


def test_a_corpus_of_invalid_documents_only_is_an_error(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy", document(1, 4))

    with pytest.raises(DataError, match="all of its 1 documents are invalid"):
        list(corpus(path, on_invalid="skip")(nlp))


def test_a_quarantine_that_cannot_be_written_is_named(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy", document(1, 4), document())
    (tmp_path / "x.spacy.invalid.jsonl").mkdir()

    with pytest.raises(DataError, match="the quarantine file cannot be written"):
        list(corpus(path, on_invalid="quarantine")(nlp))


def test_good_corpora_are_read_alike_whatever_the_setting(tmp_path: Path, nlp: Any) -> None:
    path = write(tmp_path / "x.spacy", document(), with_heads(1, 0), document(2, 4))

    read = [
        [eg.to_dict() for eg in corpus(path, on_invalid=setting)(nlp)]
        for setting in ("fail", "skip", "quarantine")
    ]

    assert read[0] == read[1] == read[2]
    assert [file.name for file in tmp_path.iterdir()] == ["x.spacy"]


@given(st.lists(st.booleans(), min_size=1, max_size=8))
def test_just_the_invalid_documents_are_left_out(tmp_path_factory: Any, are_good: list[bool]) -> None:
    nlp = blank("xx")
    docs = [document(2, 3) if good else document(1, 3) for good in are_good]
    path = write(tmp_path_factory.mktemp("c") / "x.spacy", *docs)
    reader = corpus(path, on_invalid="quarantine")

    if any(are_good):
        assert len(list(reader(nlp))) == sum(are_good)
    else:
        with pytest.raises(DataError):
            list(reader(nlp))
    file = path.with_name("x.spacy.invalid.jsonl")
    lines = file.read_text("utf8").splitlines() if file.exists() else []
    bad = [number for number, good in enumerate(are_good, start=1) if not good]
    assert [json.loads(line)["place"] for line in lines] == [f"{path}: document {number}" for number in bad]


def test_wrong_lines_of_raw_text_are_left_out_and_kept(tmp_path: Path, nlp: Any) -> None:
    lines, texts = tmp_path / "x.jsonl", tmp_path / "x.txt"
    lines.write_bytes(b'{"text": "one"}\n{"text": 3}\n{\n\xff\n{"tokens": ["two"]}\n')
    texts.write_bytes(b"one\nt\xffo\nthree\n")

    assert [eg.text for eg in jsonl_corpus(lines, on_invalid="quarantine")(nlp)] == ["one", "two "]
    assert [eg.text for eg in plain_text_corpus(texts, on_invalid="skip")(nlp)] == ["one", "three"]
    kept = [json.loads(line) for line in (tmp_path / "x.jsonl.invalid.jsonl").read_text("utf8").splitlines()]
    assert [fault["place"] for fault in kept] == [f"{lines}:{number}" for number in (2, 3, 4)]


def test_another_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="on_invalid: expected 'fail', 'skip' or 'quarantine', got 'drop'"):
        corpus(write(tmp_path / "x.spacy", document()), on_invalid="drop")  # type: ignore[arg-type]

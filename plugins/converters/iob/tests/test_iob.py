"""IOB files as documents."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernel
from kernel.convert.readable_text import TextFault
from kernel.errors import DataError
from kernel.testing.data.converters import check_converter
from kernel.testing.runs.names import check_names
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_iob.documents import convert

COLUMNS = """\
-DOCSTART- -X- O O

Anna NNP I-NP B-PER
Smith NNP I-NP I-PER
sings VBZ I-VP O

Berlin NNP I-NP I-LOC
sleeps VBZ I-VP O

-DOCSTART- -X- O O

Oslo NNP I-NP U-LOC
"""
NUMBERED = """\
# newdoc id = a
# sent_id = a-1
# text = Anna sings.
1\tAnna\tB-PER\t-\tme
2\tsings\tO\t-\tme
3\t.\tO\t-\tme

# sent_id = a-2
# text = Oslo?
1\tOslo\tB-LOC\t-\tme
2\t?\t-\t-\tme
"""


def write(folder: Path, text: str, name: str = "in.iob") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str, **options: Any) -> list[Doc]:
    return list(convert(write(folder, text), **options))


def found(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_it_is_a_converter(tmp_path: Path) -> None:
    good = write(tmp_path, COLUMNS)
    bad = write(tmp_path, COLUMNS.replace("U-LOC", "LOC"), "bad.iob")

    docs = check_converter(convert, good, bad, 12, n_sents=0)

    assert [found(doc) for doc in docs] == [[("Anna Smith", "PER"), ("Berlin", "LOC")], [("Oslo", "LOC")]]
    assert [token.tag_ for token in docs[1]] == ["NNP"]
    assert [len(sent) for sent in docs[0].sents] == [3, 2]


def test_its_names_resolve() -> None:
    check_names("pkg-iob")


def test_two_columns_are_word_and_tag(tmp_path: Path) -> None:
    [doc] = read(tmp_path, "Anna\tB-PER\n#\tO\n#1\t-\n")

    assert doc.words == ["Anna", "#", "#1"]
    assert [token.ent_iob_ for token in doc] == ["B", "O", ""]
    assert not doc.has_annotation("TAG")


def test_numbered_columns_give_words_and_spaces(tmp_path: Path) -> None:
    [doc] = read(tmp_path, NUMBERED, n_sents=0)

    assert doc.text == "Anna sings. Oslo? "
    assert found(doc) == [("Anna", "PER"), ("Oslo", "LOC")]
    assert doc[4].ent_iob == 0


@pytest.mark.parametrize(
    "line", ["Anna|B-PER Smith|I-PER sings|O", "Anna|NNP|B-PER Smith|NNP|L-PER sings|VBZ|O"]
)
def test_a_sentence_can_be_one_line(tmp_path: Path, line: str) -> None:
    docs = read(tmp_path, f"{line}\n{line}\n")

    assert [found(doc) for doc in docs] == [[("Anna Smith", "PER")]] * 2
    assert docs[0].has_annotation("TAG") == ("NNP" in line)


@pytest.mark.parametrize(("n_sents", "expected"), [(1, [3, 2, 1]), (2, [5, 1]), (0, [5, 1]), (3, [6])])
def test_sentences_are_grouped(tmp_path: Path, n_sents: int, expected: list[int]) -> None:
    assert [len(doc) for doc in read(tmp_path, COLUMNS, n_sents=n_sents)] == expected


def test_an_entity_ends_with_its_sentence(tmp_path: Path) -> None:
    [doc] = read(tmp_path, "New\tB-LOC\n\nYork\tI-LOC\n", n_sents=2)

    assert found(doc) == [("New", "LOC"), ("York", "LOC")]


def test_labels_can_be_renamed_and_dropped(tmp_path: Path) -> None:
    [doc] = read(tmp_path, "Anna B-PER\nOslo B-LOC\n", ner_map={"PER": "PERSON", "LOC": ""})

    assert found(doc) == [("Anna", "PERSON")]


def test_compressed_files_marks_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "in.iob.gz"
    path.write_bytes(gzip.compress(COLUMNS.replace("\n", "\r\n").encode("utf-8-sig")))

    assert [doc.words for doc in convert(path)] == [doc.words for doc in read(tmp_path, COLUMNS)]


def test_documents_can_share_a_vocabulary(tmp_path: Path) -> None:
    vocab = Vocab()

    assert all(doc.vocab is vocab for doc in read(tmp_path, COLUMNS, vocab=vocab))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Anna\n", ":1: expected 2 columns, got 'Anna'"),
        ("Anna O\nsings VBZ O\n", ":2: expected 2 columns, got 'sings VBZ O'"),
        ("Anna O\n\nsings X-PER\n", ":3: expected an entity tag, got 'X-PER'"),
        ("\tO\n", ":1: expected a word, got ''"),
        ("Anna|O\nsings|VBZ\n", ":2: expected an entity tag, got 'VBZ'"),
        ("Anna|NNP|O sings|O\n", ":1: expected 3 parts separated by |, got 'sings|O'"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, text)

    assert str(caught.value).startswith(f"{tmp_path / 'in.iob'}{message}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"gone\.iob: cannot be read"):
        list(convert(tmp_path / "gone.iob"))


def test_another_encoding_and_damage_are_named(tmp_path: Path) -> None:
    latin, damaged = tmp_path / "latin.iob", tmp_path / "damaged.iob.gz"
    latin.write_bytes("Anna O\nBør B-PER\n".encode("latin-1"))
    damaged.write_bytes(gzip.compress(COLUMNS.encode())[:-12])

    with pytest.raises(DataError, match=r"latin\.iob:2: expected UTF-8"):
        list(convert(latin))
    with pytest.raises(DataError, match="the compressed data are damaged"):
        list(convert(damaged))


@given(st.data())
def test_whatever_is_wrong_is_named_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("fuzz", numbered=True) / "in.iob"
    text = data.draw(st.sampled_from([COLUMNS, NUMBERED, "a|O b|B-X\nc|L-X\n"])).encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    junk = data.draw(st.sampled_from([b"", b"\t", b"\n", b"-", b"|", b"#", b"\x00", b"\xff", b" O\n", b"B-"]))
    path.write_bytes(text[:start] + junk + text[end:])

    message = refusal(path)

    assert message is None or (message.startswith(f"{path}:") and "\n" not in message)


def refusal(path: Path) -> str | None:
    try:
        list(convert(path, n_sents=2))
    except DataError as exc:
        return str(exc)
    return None


DATA = os.environ.get("KERNEL_DATA")


@pytest.mark.skipif(not DATA, reason="KERNEL_DATA is not set")
@pytest.mark.parametrize(
    ("file", "counts"),
    [("wnut17/dev.iob", (1009, 15733, 836)), ("uner_danish_ddt/da_ddt-ud-dev.iob2.gz", (564, 10332, 379))],
)
def test_published_corpora_are_read_whole(file: str, counts: tuple[int, int, int]) -> None:
    docs = list(convert(Path(str(DATA)) / file))

    assert (len(docs), sum(map(len, docs)), sum(len(doc.ents) for doc in docs)) == counts


def test_sentences_are_found_where_the_file_has_none(tmp_path: Path) -> None:
    lines = 'He|O said|O :|O "|O Yes|O !|O "|O Anna|B-PER ...|O left|O .|O'.replace("|", "\t").split(" ")
    docs = read(tmp_path, "\n".join(lines), seg_sents=True, n_sents=0)
    marked = read(tmp_path, "a\tO\n.\tO\nb\tO\n\nc\tO\n", seg_sents=True, n_sents=0)

    assert [sent.text.strip() for sent in docs[0].sents] == ['He said : " Yes ! "', "Anna ...", "left ."]
    assert found(docs[0]) == [("Anna", "PER")]
    assert [sent.text.strip() for sent in marked[0].sents] == ["a . b", "c"]


def test_a_pipeline_says_where_sentences_begin(tmp_path: Path) -> None:
    base = kernel.blank("xx")
    base.add_pipe("sentencizer", config={"punct_chars": ["/"]})
    content = "Anna\tB-PER\n.\tO\n/\tO\nBo\tB-PER\n"

    (doc,) = read(tmp_path, content, seg_sents=True, base=base, n_sents=0)
    (marked,) = read(tmp_path, "a\tO\n/\tO\nb\tO\n\nc\tO\n", seg_sents=True, base=base, n_sents=0)

    assert [sent.text.strip() for sent in doc.sents] == ["Anna . /", "Bo"]
    assert found(doc) == [("Anna", "PER"), ("Bo", "PER")]
    assert [sent.text.strip() for sent in marked.sents] == ["a / b", "c"]


def test_malformed_sentences_can_be_left_out(tmp_path: Path) -> None:
    faults: list[TextFault] = []
    docs = read(tmp_path, "a\tO\n\nb\tWRONG\n\nc\tB-X\n", refuse=faults.append)

    assert [doc.text.strip() for doc in docs] == ["a", "c"]
    assert [(fault.place, fault.kind, fault.text) for fault in faults] == [
        (f"{tmp_path / 'in.iob'}:3", "expected an entity tag", "b\tWRONG")
    ]

"""CoNLL-U files as documents."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.testing.data.converters import check_converter
from kernel.testing.runs.names import check_names
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from pkg_conllu.documents import convert

GOOD = """\
# newdoc id = first
# sent_id = 1
# text = Vamos dos casas.
1	Vamos	ir	VERB	V	Mood=Ind|Number=Plur	0	root	_	_
2-3	dos	_	_	_	_	_	_	_	_
2	de	de	ADP	P	_	4	case	_	_
3	os	o	DET	D	Number=Plur|Definite=Def	4	det	_	_
4	casas	casa	NOUN	_	Gender=Fem	1	obl	_	SpaceAfter=No
5	.	.	PUNCT	.	_	1	punct	_	_

# newdoc id = second
# text = Dá-lho!
1-3	Dá-lho	_	_	_	_	_	_	_	SpaceAfter=No
1	Dá	dar	VERB	V	Number=Sing|Case=Nom	0	root	0:root	_
2	lhe	ele	PRON	PP	Case=Dat|Number=Sing	1	iobj	1:iobj	_
3	o	o	PRON	PP	Case=Acc|Gender=Masc	1	obj	1:obj	_
3.1	x	y	VERB	V	_	_	_	1:conj	_
4	!	!	PUNCT	.	_	1	punct	1:punct	_
"""


def write(folder: Path, text: str, name: str = "in.conllu") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def row(number: str, form: str, head: str = "0", dep: str = "root", **columns: str) -> str:
    rest = [columns.get(key, "_") for key in ("lemma", "upos", "xpos", "feats")]
    return "\t".join([number, form, *rest, head, dep, "_", columns.get("misc", "_")])


def read(folder: Path, *rows: str, **options: Any) -> list[Doc]:
    return list(convert(write(folder, "\n".join(rows) + "\n"), **options))


def test_it_is_a_converter(tmp_path: Path) -> None:
    good = write(tmp_path, GOOD)
    bad = write(tmp_path, GOOD.replace("4\tcasas", "5\tcasas"), "bad.conllu")

    docs = check_converter(convert, good, bad, 8, merge_subtokens=True)

    assert [doc.text for doc in docs] == ["Vamos dos casas. ", "Dá-lho! "]


def test_its_names_resolve() -> None:
    check_names("conllu")


def test_contractions_become_one_token(tmp_path: Path) -> None:
    first, second = convert(write(tmp_path, GOOD), merge_subtokens=True)

    assert first.words == ["Vamos", "dos", "casas", "."]
    assert [token.tag_ for token in first] == ["V", "P_D", "NOUN", "."]
    assert [token.pos_ for token in first] == ["VERB", "ADP", "NOUN", "PUNCT"]
    assert [token.lemma_ for token in first] == ["ir", "de o", "casa", "."]
    assert [str(token.morph) for token in first][1] == "Definite=Def|Number=Plur"
    assert [token.head.i for token in first] == [0, 2, 0, 0]
    assert [token.dep_ for token in first] == ["ROOT", "case", "obl", "punct"]
    assert second.words == ["Dá-lho", "!"]
    assert str(second[0].morph) == "Case=Acc,Dat,Nom|Gender=Masc|Number=Sing"
    assert second[0].tag_ == "V_PP_PP"


def test_contractions_can_stay_apart(tmp_path: Path) -> None:
    first, second = convert(write(tmp_path, GOOD))

    assert first.words == ["Vamos", "de", "os", "casas", "."]
    assert first.text == "Vamos deos casas. "
    assert [token.head.i for token in first] == [0, 3, 3, 0, 0]
    assert second.text == "Dálheo! "


@pytest.mark.parametrize(("n_sents", "expected"), [(1, [4, 2]), (2, [6]), (10, [6]), (0, [4, 2])])
def test_sentences_are_grouped(tmp_path: Path, n_sents: int, expected: list[int]) -> None:
    docs = list(convert(write(tmp_path, GOOD), n_sents=n_sents, merge_subtokens=True))

    assert [len(doc) for doc in docs] == expected
    assert sum(len(doc.sentence_starts()) for doc in docs) == 2


def test_features_can_join_the_tag(tmp_path: Path) -> None:
    (doc,) = convert(write(tmp_path, GOOD), n_sents=2, merge_subtokens=True, morphology=True)

    assert [token.tag_ for token in doc][:4] == [
        "V__Mood=Ind|Number=Plur",
        "P_D__Definite=Def|Number=Plur",
        "NOUN__Gender=Fem",
        ".",
    ]


def test_the_raw_text_gives_the_spacing_where_no_token_does(tmp_path: Path) -> None:
    rows = [
        "# text = 「ab」 c",
        row("1", "「", "2", "x"),
        row("2", "ab"),
        row("3", "」", "2", "x"),
        row("4", "c", "2", "x"),
    ]

    (doc,) = read(tmp_path, *rows)

    assert doc.text == "「ab」 c "


def test_a_raw_text_of_other_words_is_passed_over(tmp_path: Path) -> None:
    (doc,) = read(tmp_path, "# text = something else", row("1", "a"), row("2", "b", "1", "x"))

    assert doc.text == "a b "


def test_what_is_not_annotated_stays_unknown(tmp_path: Path) -> None:
    sentence = [row("1", "Hey", "_", "_"), row("2", "you", "_", "_"), ""]

    (doc,) = read(tmp_path, *sentence, *sentence, n_sents=2)

    unknown = ("TAG", "POS", "DEP", "HEAD", "ENT_IOB")
    assert [name for name in unknown if doc.has_annotation(name)] == []
    assert doc.sentence_starts().tolist() == [0, 2]


def test_compressed_files_marks_and_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "in.conllu.gz"
    path.write_bytes(gzip.compress(("\ufeff" + GOOD.replace("\n", "\r\n")).encode()))

    docs = list(convert(path, merge_subtokens=True))

    assert [doc.words for doc in docs] == [["Vamos", "dos", "casas", "."], ["Dá-lho", "!"]]


def test_entities_are_read_from_the_last_column(tmp_path: Path) -> None:
    rows = [
        row("1", "New", misc="SpaceAfter=Yes|NE=B-LOC"),
        row("2", "York", "1", "x", misc="NE=I-LOC"),
        row("3", "Ann", "1", "x", misc="name=B-PER"),
        row("4", "x", "1", "x"),
    ]

    (doc,) = read(tmp_path, *rows, ner_map={"PER": "PERSON"})

    assert [(ent.text, ent.label_) for ent in doc.ents] == [("New York", "LOC"), ("Ann", "PERSON")]
    assert doc.column("ENT_IOB").tolist() == [3, 1, 3, 2]


def test_documents_can_share_a_vocabulary(tmp_path: Path) -> None:
    vocab = Vocab(lang="pt")

    docs = list(convert(write(tmp_path, GOOD), vocab=vocab))

    assert all(doc.vocab is vocab for doc in docs)
    assert next(convert(write(tmp_path, GOOD), lang="pt")).lang_ == "pt"


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["1\ta\tb"], "1: expected 10 columns, separated by tabs, got 3; is this CoNLL-U?"),
        ([row("2", "a")], "1: expected the id 1, got '2'; number the words 1, 2, 3"),
        ([row("x", "a")], "1: expected the id 1, got 'x'; number the words 1, 2, 3"),
        (
            [row("1", "a", "7", "x")],
            "1: expected a head from 0 to 1, got '7'; write the id of the word's head, or 0",
        ),
        (
            [row("1", "a", "-1", "x")],
            "1: expected a head from 0 to 1, got '-1'; write the id of the word's head",
        ),
        ([row("1", "a", "9" * 5000, "x")], "1: expected a head from 0 to 1, got '999"),
        (
            [row("1-" + "9" * 5000, "ab"), row("1", "a")],
            "1: expected the id 1 or a range from it, got '1-999",
        ),
        ([row("1", "a"), row("2", "b", "x", "y")], "2: expected a head from 0 to 2, got 'x'; write the id"),
        ([row("1", "a", "1", "x")], "1: a word cannot be its own head, got '1'; write 0 for the root"),
        (
            ["# x", row("1", "a"), row("2", "b", "3", "x"), row("3", "c", "2", "x")],
            "4: the heads have a cycle, got '2'; correct the heads",
        ),
        (
            [row("1", "a", upos="NUON")],
            "1: column 4: expected a universal part of speech, got 'NUON'; did you mean 'NOUN'?",
        ),
        (
            [row("1", "a", feats="Sing")],
            "1: column 6: expected features, Name=Value joined by |, got 'Sing'; write _",
        ),
        ([row("1", "")], "1: expected a form, got ''; write the word in column 2"),
        (
            [row("2-3", "ab"), row("1", "a")],
            "1: expected the id 1 or a range from it, got '2-3'; correct the range",
        ),
        (
            [row("1-1", "ab"), row("1", "a")],
            "1: expected the id 1 or a range from it, got '1-1'; correct the range",
        ),
        (
            [row("1-2", "ab"), row("1", "a")],
            "2: expected a range up to 1, got '1-2'; add the words of the range",
        ),
        ([row("1.1", "ab")], "1: expected a sentence with words, got '1.1'; add its words, or delete it"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, rows: list[str], message: str) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, *rows)

    assert str(caught.value).startswith(f"{tmp_path / 'in.conllu'}:{message}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"no\.conllu: cannot be read, got 'No such file or directory'|no\.conllu"
    ):
        list(convert(tmp_path / "no.conllu"))


def test_damaged_compression_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.conllu.gz"
    path.write_bytes(gzip.compress(GOOD.encode())[:-20])

    with pytest.raises(DataError, match=r"in\.conllu\.gz:\d+: the compressed data are damaged"):
        list(convert(path))


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "in.conllu"
    path.write_bytes(GOOD.replace("!", "ã").replace("á", "a").encode("latin-1"))

    with pytest.raises(DataError) as caught:
        list(convert(path))

    assert str(caught.value) == f"{path}:12: expected UTF-8, got b'\\xe3'; convert the file"


@given(st.data())
def test_whatever_is_wrong_is_named_in_one_line(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("fuzz", numbered=True) / "in.conllu"
    text = GOOD.encode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 20)))
    junk = data.draw(
        st.sampled_from([b"", b"\t", b"\n", b"-", b"99", b"|", b"=", b"\x00", b"\xff", b"1-2\t"])
    )
    path.write_bytes(text[:start] + junk + text[end:])

    message = refusal(path)

    assert message is None or (message.startswith(f"{path}:") and "\n" not in message)


def refusal(path: Path) -> str | None:
    try:
        list(convert(path, merge_subtokens=True, morphology=True))
    except DataError as exc:
        return str(exc)
    return None


DATA = os.environ.get("KERNEL_DATA")


@pytest.mark.skipif(not DATA, reason="KERNEL_DATA is not set")
def test_a_treebank_becomes_what_spacy_makes_of_it() -> None:
    folder = Path(str(DATA))
    source = folder / "ud_english_ewt" / "en_ewt-ud-dev.conllu.gz"
    with gzip.open(folder / "interop" / "ewt_dev.jsonl.gz", "rt", encoding="utf-8") as lines:
        expected = [json.loads(line) for line in lines]

    docs = convert(source, n_sents=10, merge_subtokens=True)

    for wanted, doc in zip(expected, docs, strict=False):
        described = doc.to_json()
        assert described["text"] == wanted["text"]
        assert described["sents"] == wanted["sents"]
        assert described["tokens"] == wanted["tokens"]

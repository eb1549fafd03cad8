"""Packs of documents: round trips, and damaged files."""

import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import srsly
from hypothesis import given
from hypothesis import strategies as st

from kernel.attrs import IDS
from kernel.errors import DataError
from kernel.tokens import Doc, DocBin, Span
from kernel.vocab import Vocab


@pytest.fixture
def doc() -> Doc:
    doc = Doc(
        Vocab(),
        ["Old", "cats", "sat", "."],
        [True, True, False, False],
        tags=["JJ", "NNS", "VBD", "."],
        pos=["ADJ", "NOUN", "VERB", "PUNCT"],
        morphs=["", "Number=Plur", None, ""],
        lemmas=["old", "cat", "sit", "."],
        heads=[1, 2, 2, 2],
        deps=["amod", "nsubj", "ROOT", "punct"],
        ents=["O", "B-ANIMAL", "O", ""],
    )
    doc.cats = {"A": 1.0, "B": 0.0}
    doc.spans["sc"] = [Span(doc, 0, 2, "X", kb_id="Q1"), Span(doc, 1, 3, "Y")]
    return doc


def repacked(*docs: Doc, **options: Any) -> list[Doc]:
    return list(DocBin(docs=docs, **options).get_docs(Vocab()))


def changed(pack: DocBin, **parts: Any) -> bytes:
    message = srsly.msgpack_loads(zlib.decompress(pack.to_bytes()))
    return zlib.compress(srsly.msgpack_dumps({**message, **parts}))


def test_a_document_comes_back_with_all_annotation(doc: Doc) -> None:
    again = DocBin().from_bytes(DocBin(docs=[doc]).to_bytes())

    (read,) = again.get_docs(Vocab())

    assert read.to_json() == doc.to_json()
    assert not read.has_unknown_spaces
    assert not read.has_annotation("ENT_IOB", require_complete=True)


def test_what_is_not_annotated_stays_so() -> None:
    (read,) = repacked(Doc(Vocab(), ["a", "b"]))

    assert not any(map(read.has_annotation, ["TAG", "MORPH", "DEP", "HEAD", "SENT_START", "ENT_IOB"]))
    assert read.has_unknown_spaces


def test_documents_without_tokens_come_back(doc: Doc) -> None:
    read = repacked(Doc(doc.vocab), doc, Doc(doc.vocab))

    assert [len(each) for each in read] == [0, 4, 0]
    assert list(DocBin().from_bytes(DocBin().to_bytes()).get_docs(Vocab())) == []


def test_a_tokens_own_norm_comes_back() -> None:
    doc = Doc(Vocab(), ["ca", "n't"])
    doc[1].norm_ = "not"

    (read,) = repacked(doc)

    assert [token.norm_ for token in read] == ["ca", "not"]
    assert read.column("NORM").tolist() == [0, read.vocab.strings["not"]]


def test_user_data_are_kept_where_asked_for(doc: Doc) -> None:
    doc.user_data[("._.", "source", None, None)] = "book"

    (kept,) = repacked(doc, store_user_data=True)
    (left,) = repacked(doc)

    assert kept.user_data == {("._.", "source", None, None): "book"}
    assert left.user_data == {}

    (read,) = DocBin().from_bytes(DocBin(docs=[doc], store_user_data=True).to_bytes()).get_docs(Vocab())

    assert read.user_data == kept.user_data


@pytest.mark.parametrize("value", [object(), {1, 2}])
def test_what_no_file_can_hold_is_refused(doc: Doc, value: Any) -> None:
    doc.user_data["key"] = value

    with pytest.raises(DataError, match="only plain data and arrays can be written, got"):
        DocBin(docs=[doc], store_user_data=True)


def test_half_of_a_character_is_refused() -> None:
    doc = Doc(Vocab(), ["a", "\ud800"])

    with pytest.raises(DataError, match=r"a lone surrogate cannot be written to a file, got '\\ud800'"):
        doc.to_bytes()
    with pytest.raises(DataError, match=r"a lone surrogate cannot be written to a file, got '\\ud800'"):
        DocBin(docs=[doc]).to_bytes()


def test_only_the_attributes_asked_for_are_kept(doc: Doc) -> None:
    (read,) = repacked(doc, attrs=["TAG"])

    assert read[0].tag_ == "JJ"
    assert not read.has_annotation("LEMMA")


def test_packs_of_the_same_attributes_merge(doc: Doc) -> None:
    pack = DocBin(docs=[doc])

    pack.merge(DocBin(docs=[doc, doc]))

    assert [read.text for read in pack.get_docs(Vocab())] == [doc.text] * 3
    with pytest.raises(DataError, match="merging needs the same attributes"):
        pack.merge(DocBin(attrs=["TAG"]))


@given(st.lists(st.lists(st.text(min_size=1, alphabet=st.characters(codec="utf-8")), max_size=8), max_size=5))
def test_any_words_come_back(texts: list[list[str]]) -> None:
    vocab = Vocab()

    read = repacked(*(Doc(vocab, words) for words in texts))

    assert [doc.words for doc in read] == texts


def test_a_file_that_is_no_pack_is_named(tmp_path: Path) -> None:
    path = tmp_path / "train.spacy"

    with pytest.raises(DataError, match=r"train\.spacy: cannot be read, No such file"):
        DocBin().from_disk(path)
    path.write_text("{}")
    with pytest.raises(DataError, match=r"train\.spacy: docbin: not packed documents"):
        DocBin().from_disk(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_named(doc: Doc, tmp_path: Path, share: float) -> None:
    data = DocBin(docs=[doc] * 20).to_bytes()
    path = tmp_path / "train.spacy"
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(DataError, match=r"train\.spacy: docbin: the data end too early"):
        DocBin().from_disk(path)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"attrs": [65, 9999]}, "attribute: unknown number, got 9999"),
        ({"attrs": [73, 65]}, "the first attribute must be ORTH"),
        ({"attrs": "x"}, "attrs is missing or damaged, got str"),
        ({"tokens": b"123"}, "tokens is damaged, got 3 bytes"),
        ({"tokens": b""}, "lengths say 8 tokens, got 8 spaces, 0 numbers"),
        ({"lengths": np.array([-4, 12], dtype="<i4").tobytes()}, "lengths say -1 tokens"),
        ({"strings": [1]}, "strings must hold str only"),
        ({"cats": []}, "cats has 0 entries for 2 documents"),
        ({"flags": [1, 2]}, "flags must hold dict only"),
    ],
)
def test_parts_that_do_not_fit_are_named(doc: Doc, parts: dict[str, Any], message: str) -> None:
    data = changed(DocBin(docs=[doc, doc]), **parts)

    with pytest.raises(DataError, match=message):
        DocBin().from_bytes(data)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ({"sentiment": "good"}, "the sentiment must be a number, got 'good'"),
        ({"tensor": np.zeros((3, 2), dtype=np.float32)}, "the tensor must have a row per token"),
        ({"tensor": np.array(["a"] * 4)}, "the tensor must have a row per token"),
        ({"tensor": [0.5] * 4}, "the tensor must have a row per token"),
        ({"tensor": np.array(0.5)}, "the tensor must have a row per token"),
    ],
)
def test_flags_that_make_no_sense_are_named_with_their_document(
    doc: Doc, flags: dict[str, Any], message: str
) -> None:
    data = changed(DocBin(docs=[doc, doc]), flags=[{}, {"has_unknown_spaces": False, **flags}])

    with pytest.raises(DataError, match=f"document 2: {message}"):
        list(DocBin().from_bytes(data).get_docs(Vocab()))


@pytest.mark.parametrize(
    ("attribute", "value", "message"),
    [
        ("ORTH", 12345, "ORTH of a token has no string, got 12345"),
        ("TAG", 12345, "TAG of a token has no string, got 12345"),
        ("POS", 3, "POS of a token is out of range, got 3"),
        ("ENT_IOB", 7, "ENT_IOB of a token is out of range, got 7"),
        ("HEAD", 2**40, "HEAD of a token is out of range"),
        ("HEAD", 4, "the head of a token is outside the document"),
    ],
)
def test_a_token_that_makes_no_sense_is_named_with_its_document(
    doc: Doc, tmp_path: Path, attribute: str, value: int, message: str
) -> None:
    pack = DocBin(docs=[doc, doc])
    tokens = np.concatenate([doc.to_array(pack.attrs), doc.to_array(pack.attrs)])
    tokens[7, pack.attrs.index(IDS[attribute])] = value
    path = tmp_path / "train.spacy"
    path.write_bytes(changed(pack, tokens=tokens.tobytes()))

    with pytest.raises(DataError, match=rf"train\.spacy: document 2: .*({message})"):
        list(DocBin().from_disk(path).get_docs(Vocab()))


def test_heads_in_a_circle_are_named_with_their_document(doc: Doc) -> None:
    pack = DocBin(docs=[doc])
    tokens = doc.to_array(pack.attrs)
    tokens[2, pack.attrs.index(IDS["HEAD"])] = 2**64 - 1

    with pytest.raises(DataError, match="document 1: heads must lead to a root"):
        list(DocBin().from_bytes(changed(pack, tokens=tokens.tobytes())).get_docs(Vocab()))


def test_spans_beyond_the_document_are_named(doc: Doc) -> None:
    longer = Doc(doc.vocab, list("abcdefgh"))
    longer.spans["sc"] = [longer[5:8]]
    data = changed(DocBin(docs=[doc]), span_groups=[longer.spans.to_bytes()])

    with pytest.raises(DataError, match="document 1: spans: not a slice of a document of 4 tokens, got 5:8"):
        list(DocBin().from_bytes(data).get_docs(Vocab()))


def test_a_file_that_grows_beyond_measure_is_refused() -> None:
    bomb = zlib.compress(bytes(1 << 27))

    with pytest.raises(DataError, match="decompress to more than"):
        DocBin().from_bytes(bomb)


@given(st.data())
def test_a_changed_byte_gives_documents_or_a_clear_error(data: st.DataObject) -> None:
    vocab = Vocab()
    pack = DocBin(docs=[Doc(vocab, ["a", "b"], tags=["X", "Y"], heads=[0, 0]), Doc(vocab, ["c"])])
    content = bytearray(zlib.decompress(pack.to_bytes()))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))

    docs: list[Doc] = []
    with suppress(DataError):
        docs = list(DocBin().from_bytes(zlib.compress(bytes(content))).get_docs(Vocab()))

    assert all(doc.to_json()["text"] == doc.text for doc in docs)


def test_arrays_in_user_data_come_back(doc: Doc) -> None:
    doc.user_data["vector"] = np.arange(3.0)

    (read,) = repacked(doc, store_user_data=True)

    assert read.user_data["vector"].tolist() == [0, 1, 2]


class Endless(Doc):
    """A document with more tokens than a pack holds, which lie in no memory."""

    def to_array(self, attrs: Any) -> Any:
        return np.broadcast_to(np.uint64(0), (1 << 29, 1))


def test_more_than_the_format_holds_is_refused_and_leaves_the_file(tmp_path: Path) -> None:
    path = tmp_path / "train.spacy"
    path.write_bytes(b"old")
    pack = DocBin(["ORTH"], docs=[Endless(Vocab())])

    with pytest.raises(DataError, match="tokens must be smaller than 4 GiB, got 42949"):
        pack.to_disk(path)

    assert [file.read_bytes() for file in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), {"B": 1.0}, [1.0], "1", None])
def test_categories_in_a_pack_are_finite_numbers(doc: Doc, value: object) -> None:
    read = DocBin().from_bytes(changed(DocBin(docs=[doc, doc]), cats=[{"A": 1.0}, {"A": value}]))
    bad: list[int] = []

    with pytest.raises(DataError, match="document 2: cats: expected a finite number for 'A'"):
        list(read.get_docs(Vocab()))

    assert len(list(read.get_docs(Vocab(), on_bad=lambda number, error: bad.append(number)))) == 1
    assert bad == [2]

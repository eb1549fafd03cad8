"""`.spacy` files of any size, read piece by piece."""

import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import srsly
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.vocab.word_memory import WordMemory
from kernel.tokens import Doc, DocBin, stream_docs
from kernel.vocab import Vocab


def annotated(vocab: Vocab, words: list[str]) -> Doc:
    doc = Doc(vocab, words, [i % 2 == 0 for i in range(len(words))], tags=[f"T{len(w) % 3}" for w in words])
    doc.cats = {"LONG": float(len(words) > 3)}
    doc.user_data["n"] = len(words)
    if len(words) > 1:
        doc.spans["sc"] = [doc[0:1], doc[1:2]]
    return doc


def docs_of_pack(path: Path) -> Iterator[Doc]:
    yield from DocBin(store_user_data=True).from_disk(path).get_docs(Vocab())


def outcome(docs: Iterator[Doc]) -> list[Any] | None:
    """What documents say; nothing where they cannot be read."""
    try:
        return [(doc.to_json(), doc.user_data, doc.has_unknown_spaces) for doc in docs]
    except DataError:
        return None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "train.spacy"


@pytest.fixture(scope="module")
def of_many_sizes() -> DocBin:
    lengths = [0, 70_000, 1, 30_000, 30_000, 30_000, *[1, 0, 2] * 1500]
    vocab = Vocab()
    words = ["Anna", "sang", "in", "Oslo", "."] * 14_000
    return DocBin(docs=[annotated(vocab, words[:n]) for n in lengths], store_user_data=True)


def test_documents_of_all_sizes_come_as_from_a_pack(of_many_sizes: DocBin, path: Path) -> None:
    of_many_sizes.to_disk(path)

    docs = stream_docs(path, Vocab(), store_user_data=True)

    for doc, expected in zip(docs, of_many_sizes.get_docs(Vocab()), strict=True):
        assert (doc.cats, doc.user_data) == (expected.cats, expected.user_data)
        assert (doc.spans.to_bytes(), doc.set_columns.keys()) == (
            expected.spans.to_bytes(),
            expected.set_columns.keys(),
        )
        assert np.array_equal(
            doc.to_array(["ORTH", "TAG", "SPACY"]), expected.to_array(["ORTH", "TAG", "SPACY"])
        )


@given(st.lists(st.lists(st.text(min_size=1, alphabet=st.characters(codec="utf-8")), max_size=8), max_size=9))
def test_any_words_come_back(tmp_path_factory: pytest.TempPathFactory, texts: list[list[str]]) -> None:
    vocab, path = Vocab(), tmp_path_factory.mktemp("packs") / "train.spacy"
    DocBin(docs=[annotated(vocab, words) for words in texts]).to_disk(path)

    assert [doc.words for doc in stream_docs(path, Vocab())] == texts


@given(st.data())
def test_a_changed_byte_gives_what_a_pack_gives(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    vocab, path = Vocab(), tmp_path_factory.mktemp("packs") / "train.spacy"
    pack = DocBin(docs=[annotated(vocab, ["a", "b"]), annotated(vocab, ["c"])], store_user_data=True)
    content = bytearray(zlib.decompress(pack.to_bytes()))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    path.write_bytes(zlib.compress(bytes(content)))

    whole = outcome(docs_of_pack(path))
    in_pieces = outcome(stream_docs(path, Vocab(), store_user_data=True))

    assert in_pieces == whole


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_file_that_is_cut_off_is_named_before_any_document(
    of_many_sizes: DocBin, path: Path, share: float
) -> None:
    data = of_many_sizes.to_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    with pytest.raises(DataError, match=r"train\.spacy: docbin: the data end too early"):
        next(stream_docs(path, Vocab()))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{}", "not packed documents, Error -3"),
        (zlib.compress(b"\x93\x01\x02\x03"), "not packed documents, got list"),
        (zlib.compress(b"\x81\xa6tokens\xc6\x08\0\0\0" + bytes(1 << 27)), "decompress to more than"),
        (zlib.compress(b"\x80"), "attrs is missing"),
        (zlib.compress(b"\x80\x80"), "more data follow"),
        (zlib.compress(b"\x81\xa6tokens\xc6\xff\xff\xff\xf8"), "parts end too early"),
        (zlib.compress(b"\x81\xa4cats\xdd\xff\xff\xff\xff"), "cats has 4294967295 entries in 18 bytes"),
        (zlib.compress(b"\x81\xa4cats\xdc\xff\xff"), "parts end too early"),
        (
            zlib.compress(b"\x81\xa5attrs\xdd\xff\xff\xff\xff"),
            "not packed documents, 4294967295 exceeds max_array_len",
        ),
        (zlib.compress(b"\x81\x01\x01"), "got a part 1"),
    ],
)
def test_a_file_that_is_no_pack_is_named(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)

    with pytest.raises(DataError, match=rf"train\.spacy: docbin: .*{message}"):
        next(stream_docs(path, Vocab()))


def test_a_file_that_is_not_there_is_named(path: Path) -> None:
    with pytest.raises(DataError, match=r"train\.spacy: cannot be read, No such file"):
        next(stream_docs(path, Vocab()))


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"attrs": [73, 65]}, "the first attribute must be ORTH"),
        ({"tokens": b"123"}, "tokens is damaged, got 3 bytes"),
        ({"tokens": b""}, "lengths say 6 tokens, got 6 spaces, 0 numbers"),
        ({"spaces": "x"}, "spaces is missing or damaged, got str"),
        ({"lengths": np.array([-4, 10], dtype="<i4").tobytes()}, "lengths say -1 tokens"),
        ({"strings": [1]}, "strings must hold str only"),
        ({"cats": []}, "cats has 0 entries for 2 documents"),
        ({"flags": [1, 2]}, "flags must hold dict only"),
        ({"flags": {}}, "flags is missing or damaged, got dict"),
    ],
)
def test_parts_that_do_not_fit_are_named(path: Path, parts: dict[str, Any], message: str) -> None:
    vocab = Vocab()
    pack = DocBin(docs=[annotated(vocab, ["a", "b", "c"])] * 2)
    content = srsly.msgpack_loads(zlib.decompress(pack.to_bytes()))
    path.write_bytes(zlib.compress(srsly.msgpack_dumps({**content, **parts})))

    with pytest.raises(DataError, match=rf"train\.spacy: docbin: {message}"):
        next(stream_docs(path, Vocab()))


def test_a_token_that_makes_no_sense_is_named_with_its_document(of_many_sizes: DocBin, path: Path) -> None:
    content = srsly.msgpack_loads(zlib.decompress(of_many_sizes.to_bytes()))
    numbers = np.frombuffer(content["tokens"], "<u8").reshape(-1, len(of_many_sizes.attrs)).copy()
    numbers[-1, 0] = 12345
    path.write_bytes(zlib.compress(srsly.msgpack_dumps({**content, "tokens": numbers.tobytes()})))
    n_docs, bad = len(of_many_sizes), list[int]()

    with pytest.raises(DataError, match=rf"train\.spacy: document {n_docs}: ORTH of a token has no string"):
        list(stream_docs(path, Vocab()))
    good = list(stream_docs(path, Vocab(), on_bad=lambda number, error: bad.append(number)))

    assert (len(good), bad) == (n_docs - 1, [n_docs])


def test_strings_stay_while_they_are_read_and_for_as_long_as_documents_do(path: Path) -> None:
    vocab = Vocab()
    texts = [[f"w{i}", f"x{i}"] for i in range(50)]
    DocBin(docs=[Doc(vocab, words, tags=words) for words in texts]).to_disk(path)

    other, read = Vocab(), list[list[str]]()
    other.memory = WordMemory(other, kept=0)
    for doc in stream_docs(path, other):
        other.memory.forget_unused()
        read.append([token.tag_ for token in doc])
    other.memory.forget_unused()

    assert read == texts
    assert [token.tag_ for token in doc] == texts[-1]
    assert "w49" in other.strings
    assert "w48" not in other.strings


def test_memory_does_not_grow_with_the_file(path: Path) -> None:
    vocab = Vocab()
    doc = annotated(vocab, ["Anna", "sang", "in", "Oslo", "."] * 400)

    def peak(n_docs: int) -> int:
        DocBin(docs=[doc] * n_docs).to_disk(path)
        other = Vocab()
        tracemalloc.start()
        for _ in stream_docs(path, other):
            pass
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1)  # what is loaded once does not count
    few, many = peak(50), peak(400)

    # The numbers alone of so many documents would be 90 MB.
    assert many < 1.3 * few


def test_a_reader_that_is_left_closes_its_file(of_many_sizes: DocBin, path: Path) -> None:
    of_many_sizes.to_disk(path)

    docs = stream_docs(path, Vocab())
    next(docs)
    del docs  # an open file would warn

    path.unlink()


def many_documents(n_docs: int, **parts: Any) -> bytes:
    """A pack of empty documents."""
    entries = {"cats": [{}] * n_docs, "flags": [{}] * n_docs, "span_groups": [b""] * n_docs}
    numbers = {"tokens": b"", "spaces": b"", "lengths": bytes(4 * n_docs)}
    return zlib.compress(srsly.msgpack_dumps({"attrs": [65], "strings": [""], **numbers, **entries, **parts}))


#: Packs of which a kilobyte or a few hold millions of parts, and what is said of them.
SWOLLEN = {
    "documents": (
        many_documents(3_000_000),
        "has 3000000 entries in [0-9]+ bytes, the limit is 131072|more than 1,048,576 lists and maps",
    ),
    "lengths": (many_documents(0, lengths=bytes(4_000_000)), "lengths has 1000000 entries in"),
    "strings": (many_documents(0, strings=[""] * 200_000), "strings has 200000 entries in"),
    "lists": (
        many_documents(1, flags=[{"a": [[]] * 1_500_000}]),
        "more than 1,048,576 lists and maps|exceeds",
    ),
    "maps": (many_documents(1, other=[{}] * 1_500_000), "more than 1,048,576 lists and maps|exceeds"),
}


@pytest.mark.parametrize("read", ["streamed", "whole"])
@pytest.mark.parametrize("name", SWOLLEN)
def test_millions_of_parts_in_few_bytes_are_refused_at_once(tmp_path: Path, name: str, read: str) -> None:
    content, message = SWOLLEN[name]
    path = tmp_path / "many.spacy"
    path.write_bytes(content)
    docs = stream_docs(path, Vocab()) if read == "streamed" else DocBin()

    with pytest.raises(DataError, match=rf"many\.spacy: docbin: .*({message})"):
        next(docs) if isinstance(docs, Iterator) else docs.from_disk(path)

    assert len(content) < 50_000


def test_as_many_empty_documents_as_a_small_file_may_hold_are_read(tmp_path: Path) -> None:
    path = tmp_path / "empty.spacy"
    path.write_bytes(many_documents(1 << 17))

    assert sum(1 for _ in stream_docs(path, Vocab())) == 1 << 17


@pytest.mark.parametrize("behind", [b"x", bytes(100_000), zlib.compress(b"\x80")])
@pytest.mark.parametrize("read", ["streamed", "whole"])
def test_what_stands_behind_a_pack_is_refused(tmp_path: Path, behind: bytes, read: str) -> None:
    path = tmp_path / "more.spacy"
    path.write_bytes(many_documents(3) + behind)
    docs = stream_docs(path, Vocab()) if read == "streamed" else DocBin()

    with pytest.raises(DataError) as error:
        next(docs) if isinstance(docs, Iterator) else docs.from_disk(path)

    assert str(error.value) == (
        f"{path}: docbin: more data follow the documents, got {len(behind)} bytes; copy the file again"
    )

"""Word vectors as text: what is read, and what is refused."""

from __future__ import annotations

import contextlib
import gzip
import random
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.vectors.vector_text import read_vectors

LINES = "apple 1 2\npear 3.5 -4e-2 \nnew york 5 6\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vectors.txt"


@pytest.mark.parametrize("head", ["3 2\n", ""])
def test_each_line_is_a_word_and_its_vector(file: Path, head: str) -> None:
    file.write_text(head + LINES)

    vectors = read_vectors(file, name="fruit", attr="LOWER")

    assert (vectors.shape, vectors.n_keys, vectors.name, vectors.attr_name) == ((3, 2), 3, "fruit", "LOWER")
    assert vectors.data.dtype == np.float32
    assert vectors["apple"].tolist() == [1, 2]
    assert vectors["pear"].tolist() == pytest.approx([3.5, -0.04])
    assert vectors["new york"].tolist() == [5, 6]


def test_a_file_may_be_compressed(file: Path) -> None:
    packed = file.with_suffix(".gz"), file.with_suffix(".zip")
    packed[0].write_bytes(gzip.compress(LINES.encode()))
    with zipfile.ZipFile(packed[1], "w") as archive:
        archive.writestr("some/vectors.txt", LINES)

    assert [read_vectors(path)["apple"].tolist() for path in packed] == [[1, 2], [1, 2]]


def test_a_zip_file_holds_one_file(file: Path) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a", LINES)
        archive.writestr("b", LINES)

    with pytest.raises(DataError, match="expected one file in the archive, got 2"):
        read_vectors(file)


@pytest.mark.parametrize("head", ["3 2\n", ""])
def test_the_first_words_may_be_enough(file: Path, head: str) -> None:
    file.write_text(head + LINES)

    vectors = read_vectors(file, n_words=2)

    assert vectors.shape == (2, 2)
    assert "new york" not in vectors


def test_a_word_that_comes_again_keeps_its_first_vector(file: Path) -> None:
    file.write_text("a 1 2\nb 3 4\na 5 6\nc 7 8\n")

    vectors = read_vectors(file)

    assert vectors.shape == (3, 2)
    assert [vectors[word].tolist() for word in "abc"] == [[1, 2], [3, 4], [7, 8]]


def test_a_floret_table_has_a_vector_for_every_word(file: Path) -> None:
    file.write_text("2 3 2 4 2 7 < >\n0 1 2 3\n1 4 5 6\n")

    vectors = read_vectors(file, mode="floret")

    assert (vectors.mode, vectors.shape) == ("floret", (2, 3))
    assert (vectors.minn, vectors.maxn, vectors.hash_count, vectors.hash_seed) == (2, 4, 2, 7)
    assert (vectors.bow, vectors.eow) == ("<", ">")
    assert vectors["unheard"].any()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"vectors.txt: expected word vectors as text, got an empty file"),
        ("word\n", r"vectors.txt: expected a word and 1 to 100,000 numbers per line, .* got 0 numbers"),
        ("1 99999999999999999999\na 1\n", r"numbers per line, .* got 99,999,999,999,999,999,999 numbers"),
        ("3 2\n", r"vectors.txt: expected word vectors, got none after the first line"),
        ("a 1 2\nb 3\n", r"vectors.txt:2: expected a word and 2 numbers, separated by spaces, got 2 fields"),
        ("a 1 2\n\nb 3 x\n", r"vectors.txt:3: expected a number, got 'x' for 'b'"),
        ("a 1 2\nb nan 3\n", r"vectors.txt:2: expected a number, got 'nan' for 'b'"),
        ("3 2\na 1 2\n", r"vectors.txt: expected 3 vectors according to the first line, got 1"),
    ],
)
def test_what_is_wrong_is_named(file: Path, text: str, message: str) -> None:
    file.write_text(text)

    with pytest.raises(DataError, match=message):
        read_vectors(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2 3\n", r"vectors.txt:1: expected the header of a floret table, rows width minn"),
        ("2 1 2 3 1 0 < >\n0 1\n2 1\n", r"expected the rows of a floret table in order, got '2' for row 1"),
        ("2 1 2 3 9 0 < >\n0 1\n1 1\n", r"vectors.txt:1: vectors: hash_count must be 1 to 4, got 9"),
    ],
)
def test_what_is_wrong_with_a_floret_table_is_named(file: Path, text: str, message: str) -> None:
    file.write_text(text)

    with pytest.raises(DataError, match=message):
        read_vectors(file, mode="floret")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(st.binary(), st.lists(st.sampled_from(["a", "1", "2 2", "\n", " ", "nan", "é"])).map("".join)),
    st.sampled_from(["default", "floret"]),
)
def test_whatever_is_in_a_file_it_is_read_or_refused(file: Path, content: bytes | str, mode: str) -> None:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())

    try:
        vectors = read_vectors(file, mode=mode)
    except DataError as exc:
        message = str(exc)
    else:
        message = str(file) * bool(np.isfinite(vectors.data).all() and len(vectors))

    assert str(file) in message


def packed(path: Path, data: bytes) -> Path:
    """Write a file, compressed as its ending says."""
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(data))
    else:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("vectors.txt", data)
    return path


@pytest.mark.parametrize("ending", ["gz", "zip"])
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(tmp_path: Path, ending: str) -> None:
    path = packed(tmp_path / f"bomb.{ending}", b"a 1\n" * (1 << 20) + b"b 1\n")

    with pytest.raises(DataError) as error:
        read_vectors(path)

    assert path.stat().st_size < 20_000
    assert str(error.value) == (
        f"{path}:1048577: expected compressed text, got more than 4,194,304 bytes; unpack it yourself"
    )


@pytest.mark.parametrize("ending", ["gz", "zip"])
def test_a_line_of_a_compressed_file_has_its_limit(tmp_path: Path, ending: str) -> None:
    noise = random.Random(0).randbytes(100_000).hex().encode()
    path = packed(tmp_path / f"long.{ending}", noise + b" 1\n" + b" " * (1 << 25))

    with pytest.raises(
        DataError, match=r":2: expected compressed text, got a line of more than 16,777,216 bytes"
    ):
        read_vectors(path)


@pytest.mark.parametrize("place", range(4, 120, 3))
def test_a_damaged_zip_file_is_named(tmp_path: Path, place: int) -> None:
    path = tmp_path / "vectors.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.txt", LINES)
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 0xFF
    path.write_bytes(data)

    with contextlib.suppress(DataError):
        assert len(read_vectors(path)) == 3


@pytest.mark.parametrize(
    ("mode", "head"),
    [
        ("default", f"2 {'9' * 5000}"),
        ("default", f"{10**12} {10**12}"),
        ("floret", f"{'9' * 5000} 2"),
        ("floret", f"2 {'9' * 5000}"),
        ("floret", f"{10**12} {10**12}"),
    ],
)
def test_a_first_line_with_numbers_beyond_measure_is_refused(tmp_path: Path, head: str, mode: str) -> None:
    path = tmp_path / "vectors.txt"
    path.write_text(f"{head} 2 3 2 1 < >\na 1 2\n" if mode == "floret" else f"{head}\na 1 2\n")

    with pytest.raises(DataError, match=r"vectors\.txt:") as error:
        read_vectors(path, mode=mode)

    assert len(str(error.value)) < 500

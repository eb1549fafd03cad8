"""Word vectors."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import srsly
from safetensors.numpy import save

from kernel.errors import DataError
from kernel.text.vectors.floret import hash128
from kernel.tokens import Doc
from kernel.vectors import Vectors
from kernel.vocab import Vocab


def test_a_new_table_is_empty() -> None:
    vectors = Vectors()

    assert vectors.shape == (0, 0)
    assert "apple" not in vectors


def test_a_key_gets_the_first_free_row() -> None:
    vectors = Vectors(shape=(2, 3))

    assert vectors.add("apple", vector=[1, 2, 3]) == 0
    assert vectors.add("pear") == 1
    assert vectors.is_full
    assert vectors["apple"].tolist() == [1, 2, 3]


def test_keys_can_share_a_row() -> None:
    vectors = Vectors(data=np.ones((1, 2), dtype=np.float32), keys=["apple"])

    vectors.add("Apple", row=0)

    assert vectors.find(key="Apple") == vectors.find(key="apple") == 0


def test_a_full_table_says_so() -> None:
    vectors = Vectors(shape=(1, 2))
    vectors.add("apple")

    with pytest.raises(DataError, match="the table is full, got 1 rows; resize it first"):
        vectors.add("pear")


def test_a_vector_of_another_width_is_refused() -> None:
    with pytest.raises(DataError, match=r"expected a vector of width 2, got shape \(3,\)"):
        Vectors(shape=(1, 2)).add("apple", vector=[1, 2, 3])


def test_a_batch_has_zeros_for_unknown_keys() -> None:
    vectors = Vectors(data=np.ones((1, 2), dtype=np.float32), keys=["apple"])

    assert vectors.get_batch(["apple", "pear"]).tolist() == [[1, 1], [0, 0]]
    assert Vectors().get_batch(["apple"]).shape == (1, 0)


def test_a_smaller_table_forgets_keys() -> None:
    vectors = Vectors(shape=(2, 2), keys=["apple", "pear"])

    vectors.resize((1, 3))

    assert vectors.shape == (1, 3)
    assert "pear" not in vectors


def test_a_folder_gives_table_keys_and_name_back(tmp_path: Path) -> None:
    data = np.arange(4, dtype=np.float32).reshape(2, 2)
    Vectors(data=data, keys=["apple", "pear"], name="fruit").to_disk(tmp_path)

    again = Vectors().from_disk(tmp_path)

    assert again.name == "fruit"
    assert again["pear"].tolist() == [2, 3]


def test_damaged_bytes_are_a_clear_error() -> None:
    with pytest.raises(DataError, match="not a vectors table"):
        Vectors().from_bytes(b"no vectors")


def test_a_vocabulary_makes_room_for_vectors() -> None:
    vocab = Vocab()

    for i in range(20):
        vocab.set_vector(f"w{i}", [float(i)])

    assert vocab.get_vector("w19").tolist() == [19.0]
    assert not vocab.has_vector("other")


def test_rows_and_keys_are_found_either_way() -> None:
    vectors = Vectors(data=np.eye(3, dtype=np.float32), keys=["a", "b", "c"])

    assert vectors.find(keys=["a", "z"]).tolist() == [0, -1]
    assert vectors.find(row=1) == vectors.strings["b"]
    assert vectors.find(rows=[2, 0]).tolist() == [vectors.strings["c"], vectors.strings["a"]]
    with pytest.raises(DataError, match="find needs exactly one of key, keys, row and rows"):
        vectors.find(key="a", row=1)


def test_the_nearest_rows_come_with_keys_and_cosines() -> None:
    vectors = Vectors(data=np.array([[1, 0], [0, 2], [1, 1]], dtype=np.float32), keys=["a", "b", "c"])

    keys, rows, scores = vectors.most_similar(np.array([[2, 0], [1, 3]], dtype=np.float32), n=2, batch_size=1)

    assert rows.tolist() == [[0, 2], [1, 2]]
    assert [vectors.strings[key] for key in keys[:, 0].tolist()] == ["a", "b"]
    assert scores.tolist() == [pytest.approx([1.0, 0.7071]), pytest.approx([0.9487, 0.8944])]
    with pytest.raises(DataError, match="most_similar needs at least 4 rows with keys, got 3"):
        vectors.most_similar(np.ones((1, 2), dtype=np.float32), n=4)


def test_pruned_words_get_the_nearest_vector_that_is_left() -> None:
    vocab = Vocab()
    for word, vector in {"sat": [1, 0], "cat": [0, 1], "feline": [0.1, 1], "reclined": [1, 0.1]}.items():
        vocab.set_vector(word, vector)

    remap = vocab.prune_vectors(2)

    near = pytest.approx(0.995, abs=1e-3)
    assert remap == {"feline": ("cat", near), "reclined": ("sat", near)}
    assert vocab.vectors.shape == (2, 2)
    assert vocab.get_vector("feline").tolist() == [0.0, 1.0]


def test_equal_vectors_become_one_row() -> None:
    vocab = Vocab()
    for word, vector in {"a": [1, 0], "b": [0, 1], "c": [1, 0]}.items():
        vocab.set_vector(word, vector)

    vocab.deduplicate_vectors()

    assert vocab.vectors.shape == (2, 2)
    assert vocab.get_vector("c").tolist() == vocab.get_vector("a").tolist() == [1.0, 0.0]


def test_vectors_can_be_keyed_by_another_attribute() -> None:
    vocab = Vocab(vectors=Vectors(data=np.ones((1, 2), dtype=np.float32), keys=["apple"], attr="LOWER"))

    assert vocab["APPLE"].has_vector
    assert Doc(vocab, ["Apple"]).vector.tolist() == [1.0, 1.0]


def floret(**settings: int | str) -> Vectors:
    return Vectors(data=np.arange(40, dtype=np.float32).reshape(10, 4), mode="floret", **settings)  # type: ignore[arg-type]


def test_floret_has_a_vector_for_every_word() -> None:
    vectors = floret(minn=2, maxn=3, hash_count=4, hash_seed=7)

    assert "anything" in vectors
    assert (vectors.n_keys, vectors.is_full) == (-1, True)
    # What spaCy 3.8.18 gives for the same table and settings.
    expected = [[17.667, 18.667, 19.667, 20.667], [0, 0, 0, 0], [16.688, 17.688, 18.688, 19.688]]
    assert vectors.get_batch(["hello", "", "ünïcode"]).tolist() == [
        pytest.approx(vector, abs=1e-3) for vector in expected
    ]


def test_a_hash_of_128_bits_is_murmurhash3() -> None:
    assert hash128(b"") == (0, 0)
    assert hash128(b"hello") == (0xCBD8A7B341BD9B02, 0x5B1E906A48AE1D19)


def test_vectors_alone_bring_their_strings(tmp_path: Path) -> None:
    vectors = Vectors(data=np.eye(2, dtype=np.float32), keys=["apple", "pear"])

    vectors.to_disk(tmp_path)

    again = Vectors().from_disk(tmp_path)
    assert [again.strings[key] for key in again] == ["apple", "pear"]
    without = Vectors().from_bytes(vectors.to_bytes(exclude=["strings"]))
    assert (list(without.strings), without["pear"].tolist()) == ([], [0.0, 1.0])
    assert list(Vectors().from_disk(tmp_path, exclude=["strings"]).strings) == []


def test_the_same_vectors_are_the_same_bytes() -> None:
    assert len({floret(minn=2, maxn=3, name="f").to_bytes() for _ in range(8)}) == 1


def test_bytes_of_before_whose_facts_stood_apart_are_read() -> None:
    tensors = {
        "data": np.ones((3, 2), dtype=np.float32),
        "keys": np.zeros(0, dtype=np.uint64),
        "rows": np.zeros(0, dtype=np.int64),
    }
    settings = {"mode": "floret", "attr": "LOWER", "minn": 2, "maxn": 3}

    again = Vectors().from_bytes(save(tensors, metadata={"name": "old", "settings": json.dumps(settings)}))

    assert (again.name, again.mode, again.minn, again.attr_name) == ("old", "floret", 2, "LOWER")


def test_floret_settings_go_through_bytes() -> None:
    vectors = floret(minn=2, maxn=3, hash_count=2, hash_seed=7)

    again = Vectors().from_bytes(vectors.to_bytes())

    assert again == vectors
    assert (again.mode, again.minn, again.maxn, again.hash_count, again.hash_seed) == ("floret", 2, 3, 2, 7)
    assert again["hello"].tolist() == vectors["hello"].tolist()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mode": "nope"}, "mode must be default or floret, got 'nope'"),
        ({"mode": "floret"}, "floret needs data and no keys"),
        ({"minn": 3, "maxn": 2}, "maxn must not be below minn, got 2 and 3"),
        ({"hash_count": 5}, "hash_count must be 1 to 4, got 5"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Vectors(**settings)


def test_floret_has_no_rows_of_words() -> None:
    with pytest.raises(DataError, match="floret has no rows of words and does not support add"):
        floret(minn=1, maxn=2).add("word")


def test_a_table_that_comes_from_elsewhere_is_used_with_the_words_of_the_vocabulary() -> None:
    floret = Vectors(data=np.ones((7, 2), dtype=np.float32), mode="floret", minn=2, maxn=3, hash_count=2)
    other, vocab = Vocab(), Vocab()
    other.vectors = vocab.vectors = floret

    assert vocab.get_vector("new").shape == Doc(vocab, ["newer"]).vector.shape == (2,)
    assert other.get_vector("old").shape == (2,)

    table = Vectors(shape=(2, 2))
    table.add("known", vector=[1, 2])
    vocab.vectors = table

    assert vocab.get_vector("known").tolist() == [1, 2]
    assert vocab.strings[vocab.vectors.find(row=0)] == "known"


def test_the_most_similar_are_asked_for_with_vectors_of_the_width() -> None:
    table = Vectors(shape=(1, 3))
    table.add("a", vector=[1, 2, 3])

    with pytest.raises(DataError, match=r"vectors: expected vectors of width 3, got shape \(1, 2\)"):
        table.most_similar(np.ones((1, 2), dtype=np.float32))


def save_as_spacy_does(folder: Path, table: Any, keys: dict[int, int], **settings: Any) -> None:
    with (folder / "vectors").open("wb") as file:
        np.save(file, table)
    (folder / "key2row").write_bytes(srsly.msgpack_dumps(keys))
    (folder / "vectors.cfg").write_text(json.dumps(settings), encoding="utf-8")


def test_vectors_and_tables_that_spacy_saved_are_read(tmp_path: Path) -> None:
    vocab = Vocab(strings=["king", "queen"])
    king, queen = vocab.strings["king"], vocab.strings["queen"]
    save_as_spacy_does(tmp_path, np.eye(3, dtype=np.float32), {king: 1, queen: 0}, mode="default")
    (tmp_path / "lookups.bin").write_bytes(srsly.msgpack_dumps({"lexeme_norm": {king: "ruler"}}))
    (tmp_path / "strings.json").write_text('["king", "queen"]', encoding="utf-8")

    read = Vocab().from_disk(tmp_path)

    assert read.get_vector("king").tolist() == [0, 1, 0]
    assert (read.vectors.n_keys, read.has_vector("man")) == (2, False)
    assert read["king"].norm_ == "ruler"


def test_floret_vectors_that_spacy_saved_are_read(tmp_path: Path) -> None:
    table = np.arange(14, dtype=np.float32).reshape(7, 2)
    facts: dict[str, Any] = {"minn": 2, "maxn": 3, "hash_count": 2, "hash_seed": 1, "bow": "<", "eow": ">"}
    save_as_spacy_does(tmp_path, table, {}, mode="floret", attr=65, **facts)

    read = Vectors().from_disk(tmp_path)

    own = Vectors(data=table, mode="floret", **facts)
    assert read.mode == "floret"
    assert read["any"].tolist() == own["any"].tolist()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("vectors", b"x", "the vectors cannot be read, got"),
        ("key2row", b"\xc1", "the vectors cannot be read, got"),
        ("key2row", b"\x81\x05\x63", r"keys and rows do not fit a table of shape \(2, 2\)"),
        ("vectors.cfg", b"{", "the vectors cannot be read, got"),
    ],
)
def test_damaged_vectors_of_spacy_are_named(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    save_as_spacy_does(tmp_path, np.eye(2, dtype=np.float32), {5: 0})
    (tmp_path / name).write_bytes(content)

    with pytest.raises(DataError, match=message):
        Vectors().from_disk(tmp_path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"data": np.full((2, 3), np.nan, dtype="f")},
            "array 'data': expected finite numbers, got nan at [0, 0]",
        ),
        ({"data": np.ones((2, 3))}, "array 'data': expected float32, got float64"),
        ({"rows": np.zeros(1, dtype="int32")}, "array 'rows': expected int64, got int32"),
        ({"more": np.zeros(1)}, "array 'more': expected only data, keys, rows, got float64"),
        ({"keys": np.zeros((1, 1), dtype="uint64")}, "keys and rows do not fit a table"),
    ],
)
def test_vectors_of_other_arrays_are_refused_by_file(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    arrays = {
        "data": np.ones((2, 3), dtype="f"),
        "keys": np.array([5], dtype="uint64"),
        "rows": np.array([1], dtype="int64"),
    }
    file = tmp_path / "vectors.safetensors"
    file.write_bytes(save({**arrays, **change}))

    with pytest.raises(DataError) as caught:
        Vectors().from_disk(tmp_path)

    assert str(caught.value).startswith(f"{file}: vectors: ")
    assert message in str(caught.value)


def test_vectors_that_are_not_finite_are_not_written() -> None:
    vectors = Vectors(data=np.array([[1.0, np.inf]], dtype="f"), keys=["a"])

    with pytest.raises(DataError, match=r"array 'data': expected finite numbers, got inf at \[0, 1\]"):
        vectors.to_bytes()

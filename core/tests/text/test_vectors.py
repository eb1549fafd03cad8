"""Word vectors."""

from pathlib import Path

import numpy as np
import pytest

from kernel.errors import DataError
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
    with pytest.raises(DataError, match="not a table of vectors"):
        Vectors().from_bytes(b"no vectors")


def test_a_vocabulary_makes_room_for_vectors() -> None:
    vocab = Vocab()

    for i in range(20):
        vocab.set_vector(f"w{i}", [float(i)])

    assert vocab.get_vector("w19").tolist() == [19.0]
    assert not vocab.has_vector("other")

"""The table of strings."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.strings import StringStore
from kernel.symbols import IDS

ANY_TEXT = st.text(alphabet=st.characters())


def test_a_string_and_its_number_find_each_other() -> None:
    strings = StringStore(["apple"])

    assert strings["apple"] == 8566208034543834098
    assert strings[8566208034543834098] == "apple"


def test_a_string_that_is_not_stored_has_a_number_and_stays_out() -> None:
    strings = StringStore()

    assert strings["apple"] == 8566208034543834098
    assert "apple" not in strings


def test_an_unknown_number_is_named() -> None:
    with pytest.raises(KeyError, match="unknown number, got 123123"):
        StringStore()[123123]


@pytest.mark.parametrize(
    ("name", "number"), [("", 0), ("ORTH", 65), ("NOUN", 92), ("nsubj", 429), ("_", 456)]
)
def test_symbols_have_small_numbers_and_need_no_storing(name: str, number: int) -> None:
    strings = StringStore()

    assert strings.add(name) == number
    assert strings[number] == name
    assert name in strings
    assert len(strings) == 0


def test_every_symbol_has_its_own_number() -> None:
    assert sorted(IDS.values()) == list(range(457))


def test_numpy_numbers_find_strings() -> None:
    strings = StringStore(["apple"])

    assert strings[int(np.uint64(8566208034543834098))] == "apple"
    assert np.uint64(8566208034543834098) in strings


@given(st.lists(ANY_TEXT, max_size=60))
def test_adding_all_equals_adding_each(texts: list[str]) -> None:
    together, each = StringStore(), StringStore()

    numbers = together.add_all(texts)

    assert numbers.tolist() == [each.add(text) for text in texts]
    assert list(together) == list(each)


@given(st.lists(ANY_TEXT))
def test_bytes_give_the_strings_back(texts: list[str]) -> None:
    strings = StringStore(texts)

    again = StringStore().from_bytes(strings.to_bytes())

    assert set(again) == set(strings)


def test_a_file_gives_the_strings_back(tmp_path: Path) -> None:
    StringStore(["apple", "pear"]).to_disk(tmp_path / "strings.json")

    assert set(StringStore().from_disk(tmp_path / "strings.json")) == {"apple", "pear"}


@pytest.mark.parametrize("content", ["{", "{}", "[1]"])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "strings.json").write_text(content)

    with pytest.raises(DataError, match=r"strings\.json: strings: "):
        StringStore().from_disk(tmp_path / "strings.json")

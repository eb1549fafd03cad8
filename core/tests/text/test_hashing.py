"""Numbers of strings: the published function, and one by one equals all at once."""

from hypothesis import given
from hypothesis import strategies as st

from kernel.text.base.hashing import hash_bytes, hash_string, hash_strings


def test_hashes_equal_the_numbers_in_spacy_files() -> None:
    assert hash_string("apple") == 8566208034543834098
    assert hash_string("coffee") == 3197928453018144401
    assert hash_string("") == hash_bytes(b"")


def test_another_seed_gives_another_number() -> None:
    assert hash_string("apple", seed=2) != hash_string("apple")


def test_no_strings_have_no_hashes() -> None:
    assert hash_strings([]).tolist() == []


@given(st.lists(st.text(max_size=100)))
def test_many_strings_hash_as_each_does(texts: list[str]) -> None:
    assert hash_strings(texts).tolist() == [hash_string(text) for text in texts]


@given(st.text(alphabet=st.characters(), max_size=20))
def test_a_hash_is_an_unsigned_64_bit_number(text: str) -> None:
    assert 0 <= hash_string(text) < 2**64

"""A stream in another order: everything once, the same for the same seed, near where it was."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernel
from kernel.tokens import Doc, DocBin
from pkg_readers.corpus import Corpus
from pkg_readers.shuffling import shuffled


def with_seed(seed, items, size):
    random.seed(seed)
    return list(shuffled(items, size))


@given(st.integers(0, 60), st.integers(0, 70), st.integers(0, 9))
def test_everything_comes_once_in_an_order_that_the_seed_says(n_items, size, seed):
    found = with_seed(seed, iter(range(n_items)), size)

    assert sorted(found) == list(range(n_items))
    assert found == with_seed(seed, range(n_items), size)
    assert all(item - place < max(size, 1) for place, item in enumerate(found))


@pytest.mark.parametrize("size", [0, 1])
def test_no_buffer_leaves_the_order(size):
    assert with_seed(0, range(20), size) == list(range(20))


def test_a_stream_is_held_by_no_more_than_the_buffer():
    read = []

    def stream():
        for item in range(1000):
            read.append(item)
            yield item

    given_so_far = shuffled(stream(), 10)
    for n_given in range(1, 900):
        next(given_so_far)
        assert len(read) - n_given <= 10


def test_a_large_buffer_moves_things_far():
    found = with_seed(0, range(1000), 500)

    assert sum(abs(item - place) for place, item in enumerate(found)) / 1000 > 100


def test_a_corpus_gives_its_examples_in_another_order(tmp_path):
    nlp = kernel.blank("xx")
    words = [f"w{number}" for number in range(50)]
    DocBin(docs=[Doc(nlp.vocab, words=[word]) for word in words]).to_disk(tmp_path / "a.spacy")
    random.seed(1)

    found = [eg.reference.text.strip() for eg in Corpus(tmp_path / "a.spacy", shuffle_buffer=20)(nlp)]

    assert found != words
    assert sorted(found) == sorted(words)

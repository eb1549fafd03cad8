"""Epochs and batches: nothing lost, an order that the seed determines, and a known position."""

from __future__ import annotations

import random
from itertools import chain, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import Example
from kernel.errors import ConfigError, DataError
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from kernel.training.loop.batches import Batches, divide


def corpus_of(items):
    return lambda nlp: iter(items)


def by_two(items):
    items = iter(items)
    while batch := list(islice(items, 2)):
        yield batch


def batches(items, **settings):
    return Batches(None, corpus_of(items), by_two, **settings)


def examples(*lengths):
    vocab = Vocab()
    docs = [Doc(vocab, ["word"] * length) for length in lengths]
    return [Example(doc, doc.copy()) for doc in docs]


def test_an_epoch_gives_every_example_once():
    found = list(batches(range(5), max_epochs=2))

    assert [epoch for epoch, _ in found] == [0, 0, 0, 1, 1, 1]
    assert sorted(chain(*(batch for _, batch in found[:3]))) == [0, 1, 2, 3, 4]
    assert sorted(chain(*(batch for _, batch in found[3:]))) == [0, 1, 2, 3, 4]


def test_a_batcher_that_yields_examples_instead_of_lists_is_refused():
    with pytest.raises(
        ConfigError, match=r"^\[training\.batcher\]: the batcher must yield lists .*, got Example$"
    ):
        next(iter(Batches(None, corpus_of(examples(2, 3)), iter)))


def test_each_epoch_has_an_order_of_its_own():
    found = [batch for _, batch in batches(range(20), max_epochs=2)]

    assert found[:10] != found[10:]
    assert found[:10] != list(by_two(range(20)))


def test_the_same_seed_gives_the_same_order_whatever_else_is_drawn():
    first = list(batches(range(20), max_epochs=2, seed=7))
    random.seed(1)
    second = list(batches(range(20), max_epochs=2, seed=7))

    assert first == second
    assert first != list(batches(range(20), max_epochs=2, seed=8))


def test_shuffling_leaves_the_global_generator_alone():
    random.seed(3)
    expected = random.random()
    random.seed(3)

    list(batches(range(20), max_epochs=2))

    assert random.random() == expected


def test_without_a_limit_epochs_never_end():
    assert [epoch for epoch, _ in islice(batches(range(2), max_epochs=0), 50)] == list(range(50))


def test_a_stream_is_read_again_for_every_epoch_and_not_shuffled():
    reads = []

    def corpus(nlp):
        reads.append(nlp)
        return iter(range(4))

    found = list(islice(Batches("nlp", corpus, by_two, max_epochs=-1), 4))

    assert found == [(0, [0, 1]), (0, [2, 3]), (1, [0, 1]), (1, [2, 3])]
    assert reads == ["nlp", "nlp"]


def test_a_held_corpus_is_read_once():
    reads = []

    def corpus(nlp):
        reads.append(nlp)
        return iter(range(4))

    list(Batches("nlp", corpus, by_two, max_epochs=5))

    assert reads == ["nlp"]


def test_the_position_is_known_while_a_batch_is_learned():
    stream = batches(range(6), max_epochs=2)
    positions = [(stream.epoch, stream.n_batches) for _ in stream]

    assert positions == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]


@pytest.mark.parametrize("max_epochs", [-1, 0, 1])
def test_an_empty_corpus_is_a_mistake(max_epochs):
    with pytest.raises(DataError, match=r"no examples|no batches"):
        next(iter(batches([], max_epochs=max_epochs)))


def test_an_epoch_without_a_batch_ends_the_run_instead_of_going_round_for_ever():
    stream = Batches(None, corpus_of(range(3)), lambda items: iter(()), max_epochs=0)

    with pytest.raises(DataError) as caught:
        next(iter(stream))

    assert str(caught.value) == (
        "[training.batcher]: the batcher yields no batches; the examples may all be too long for its size"
    )


def test_a_batch_is_divided_by_length():
    parts = divide(examples(5, 1, 4, 2, 3), 2)

    assert [[len(eg.predicted) for eg in part] for part in parts] == [[1, 2], [3, 4], [5]]


@given(st.lists(st.integers(0, 5), max_size=9), st.integers(1, 4))
def test_dividing_loses_no_example(lengths, n_parts):
    batch = examples(*lengths)

    parts = list(divide(batch, n_parts))

    assert all(parts)
    assert sorted(map(id, chain(*parts))) == sorted(map(id, batch))


def test_an_example_is_as_long_as_the_words_it_predicts():
    assert [len(eg) for eg in examples(3, 0)] == [3, 0]

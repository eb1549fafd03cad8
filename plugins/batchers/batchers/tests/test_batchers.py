"""What the batchers promise: nothing lost, in order, within the size, and sizes that follow a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import ConfigError
from kernel.testing.data.batchers import check_batcher
from pkg_batchers.padded import batch_by_padded
from pkg_batchers.sequence import batch_by_sequence
from pkg_batchers.words import batch_by_words

items_of_any_length = st.lists(st.integers(0, 30).map(lambda n: [0] * n), max_size=60)
sizes = st.integers(1, 40)


def texts(*lengths: int) -> list[str]:
    return ["x" * n for n in lengths]


def lengths_of(batches: Iterator[list[str]]) -> list[list[int]]:
    return [[len(item) for item in batch] for batch in batches]


@given(items_of_any_length, sizes, st.floats(0, 1))
def test_by_words_gives_every_item_once(items, size, tolerance):
    batches = list(batch_by_words(size, tolerance)(items))

    assert sorted(map(id, items)) == sorted(id(item) for batch in batches for item in batch)
    assert all(batches)


@given(items_of_any_length, sizes, st.floats(0, 1))
def test_by_words_keeps_batches_within_the_tolerance(items, size, tolerance):
    batches = batch_by_words(size, tolerance, discard_oversize=True)(items)

    assert all(sum(map(len, batch)) <= size + size * tolerance for batch in batches)


@given(items_of_any_length, sizes)
def test_by_words_drops_only_what_is_too_long(items, size):
    kept = list(chain(*batch_by_words(size, 0.0, discard_oversize=True)(items)))

    assert kept == [item for item in items if len(item) <= size]


def test_by_words_opens_the_next_batch_with_the_margin():
    batches = batch_by_words(10, 0.2)(texts(6, 4, 1, 1, 7, 2, 5))

    assert lengths_of(batches) == [[6, 4], [1, 1, 7], [2, 5]]


def test_by_words_gives_a_long_item_a_batch_of_its_own():
    assert lengths_of(batch_by_words(5, 0.2)(texts(2, 9, 2))) == [[9], [2, 2]]


def test_by_words_measures_by_get_length():
    batches = batch_by_words(2, 0.0, get_length=lambda item: 1)(texts(9, 9, 9))

    assert lengths_of(batches) == [[9, 9], [9]]


def test_a_schedule_is_advanced_once_per_batch_and_continues_in_the_next_epoch():
    batch = batch_by_sequence(iter([1, 2, 3, 4, 5]))

    first_epoch = lengths_of(batch(texts(1, 1, 1)))
    second_epoch = lengths_of(batch(texts(1, 1, 1, 1, 1)))

    assert first_epoch == [[1], [1, 1]]
    assert second_epoch == [[1, 1, 1, 1], [1]]


def test_a_list_of_sizes_starts_afresh_and_repeats_its_last_number():
    batch = batch_by_words([1, 2], 0.0)

    assert lengths_of(batch(texts(1, 1, 1, 1, 1))) == [[1], [1, 1], [1, 1]]
    assert lengths_of(batch(texts(1, 1, 1))) == [[1], [1, 1]]


@given(st.lists(st.integers(), max_size=40), sizes)
def test_by_sequence_cuts_in_order(items, size):
    batches = list(batch_by_sequence(size)(items))

    assert list(chain(*batches)) == items
    assert all(len(batch) == size for batch in batches[:-1])


@given(items_of_any_length, sizes, st.integers(1, 20))
def test_by_padded_gives_every_item_once(items, size, buffer):
    batches = list(batch_by_padded(size, buffer)(items))

    assert sorted(map(id, items)) == sorted(id(item) for batch in batches for item in batch)


@given(items_of_any_length, sizes, st.integers(1, 20))
def test_by_padded_bounds_the_padded_size_of_what_can_be_split(items, size, buffer):
    batches = batch_by_padded(size, buffer)(items)

    assert all(len(batch) * max(map(len, batch)) <= size or len(batch) == 1 for batch in batches)


def test_by_padded_puts_like_lengths_together_longest_first():
    batches = batch_by_padded(8, buffer=6)(texts(1, 4, 2, 4, 1, 2))

    assert lengths_of(batches) == [[4, 4], [1, 2, 1, 2]]


def test_by_padded_drops_a_batch_that_reaches_the_size():
    assert lengths_of(batch_by_padded(8, 6, discard_oversize=True)(texts(9, 1, 3))) == [[1, 3]]


def test_batches_come_while_the_stream_still_runs():
    batch = batch_by_words(3, 0.0)("x" for _ in count())

    assert next(batch) == ["x", "x", "x"]


@pytest.mark.parametrize("factory", [batch_by_words, batch_by_sequence, batch_by_padded])
def test_a_size_below_one_is_a_mistake_before_the_run(factory):
    with pytest.raises(ConfigError) as caught:
        factory(-1)

    assert str(caught.value) == "size: expected numbers of at least 1, got -1"


@pytest.mark.parametrize(
    ("size", "message"), [([2, 0], "of at least 1, got 0"), ([], "one number, got none")]
)
def test_a_schedule_without_sizes_is_a_mistake_when_it_is_met(size, message):
    with pytest.raises(ConfigError, match=message):
        list(batch_by_sequence(size)(texts(1, 1, 1, 1, 1)))


def test_by_words_behaves_as_every_batcher_must():
    check_batcher(batch_by_words(12, 0.0), keeps_order=False)


def test_by_sequence_behaves_as_every_batcher_must():
    check_batcher(batch_by_sequence(3))


def test_by_padded_behaves_as_every_batcher_must():
    check_batcher(batch_by_padded(20, buffer=5), keeps_order=False)

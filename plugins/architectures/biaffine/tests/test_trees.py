"""The best trees over scored arcs: trees, with one root, and no other one is better."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pkg_biaffine.buckets import bucketed
from pkg_biaffine.trees import are_trees, best_trees


def is_tree(heads: tuple[int, ...]) -> bool:
    """Say whether all words lead to the root, 0, and one of them directly."""
    for word in range(1, len(heads) + 1):
        for _ in heads:
            word = heads[word - 1] if word else 0
        if word:
            return False
    return heads.count(0) == 1


def best_by_search(scores: Any) -> float:
    T = len(scores)
    trees = [heads for heads in product(range(T + 1), repeat=T) if is_tree(heads)]
    return max(float(sum(scores[i, head] for i, head in enumerate(heads))) for heads in trees)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=1, max_size=5), st.data())
def test_no_tree_is_better_than_the_one_found(lengths: list[int], data: st.DataObject) -> None:
    # Whole numbers, so that many trees are equally good.
    numbers = st.integers(-4, 4) if data.draw(st.booleans()) else st.floats(-50, 50, width=32)
    for bucket in bucketed(lengths):
        shape = bucket.is_arc_BTS.shape
        scores = data.draw(arrays(np.float32, shape, elements=numbers.map(float)))

        found = best_trees(scores, bucket.is_arc_BTS)

        for heads, own, length in zip(found, scores, bucket.length_B, strict=True):
            tree = tuple(heads[:length].tolist())
            assert is_tree(tree)
            total = float(sum(own[i, head] for i, head in enumerate(tree)))
            assert total == pytest.approx(best_by_search(own[:length, : length + 1]), abs=1e-3)
            assert not heads[length:].any()


@pytest.mark.parametrize("length", [60, 257])
def test_long_segments_get_trees(length: int) -> None:
    bucket = bucketed([length, length - 1])[0]
    scores = np.random.default_rng(0).normal(size=bucket.is_arc_BTS.shape).astype(np.float32)

    heads = best_trees(scores, bucket.is_arc_BTS)

    assert are_trees(heads, bucket.is_word_BT).all()
    assert is_tree(tuple(heads[0].tolist()))


def test_two_roots_are_no_tree_even_where_they_score_best() -> None:
    bucket = bucketed([2])[0]

    heads = best_trees(np.array([[[9.0, 0.0, 1.0], [8.0, 1.0, 0.0]]]), bucket.is_arc_BTS)

    assert heads.tolist() == [[0, 1]]


@given(st.lists(st.integers(0, 300), max_size=40))
def test_every_segment_is_in_one_bucket_of_bounded_size(lengths: list[int]) -> None:
    buckets = bucketed(lengths)

    found = [i for bucket in buckets for i in bucket.segment_B.tolist()]
    assert sorted(found) == [i for i, length in enumerate(lengths) if length]
    for bucket in buckets:
        assert bucket.length_B.tolist() == [lengths[i] for i in bucket.segment_B.tolist()]
        assert len(bucket.length_B) == 1 or bucket.is_arc_BTS.size <= 500_000
        assert bucket.length_B.min() >= 0.8 * bucket.width - 3

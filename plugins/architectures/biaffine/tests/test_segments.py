"""Where documents are cut: sentences, and no segment longer than arcs can be scored for."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pkg_biaffine.segments import LONGEST, cut_segments, cut_windows, find_starts


def test_known_starts_stay_and_open_ones_follow_the_odds() -> None:
    odds, fixed = np.array([-1.0, 2.0, 2.0, -2.0, 2.0, -2.0]), np.array([0, 0, -1, 1, 0, 0])

    starts = find_starts(odds, fixed, np.array([0, 5, 5, 6]))

    assert starts.tolist() == [True, True, False, True, True, True]


def test_a_stretch_that_is_too_long_gets_the_likeliest_start() -> None:
    odds = np.full(LONGEST + 10, -9.0)
    odds[[3, 200, 210]] = -1.0, -3.0, -2.0

    starts = find_starts(odds, np.zeros(len(odds), dtype=np.int8), np.array([0, len(odds)]))

    assert np.flatnonzero(starts).tolist() == [0, 210]


def test_a_sentence_that_must_not_be_cut_continues_in_the_next_segment() -> None:
    fixed = np.full(2 * LONGEST + 10, -1)

    starts = find_starts(np.ones(len(fixed)), fixed, np.array([0, len(fixed)]))
    lengths, goes_on = cut_segments(starts)

    assert np.flatnonzero(starts).tolist() == [0]
    assert lengths.tolist() == [LONGEST, LONGEST, 10]
    assert goes_on.tolist() == [False, True, True]


@given(st.lists(st.integers(0, 1000), max_size=5), st.data())
def test_segments_and_windows_are_short_and_cover_everything(sizes: list[int], data: st.DataObject) -> None:
    first = np.cumsum([0, *sizes])
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    fixed = random.choice([-1, 0, 1], size=first[-1], p=[0.5, 0.49, 0.01])

    starts = find_starts(random.normal(size=first[-1]) - 4, fixed, first)
    lengths, goes_on = cut_segments(starts)
    windows = cut_windows(first)

    assert starts[first[:-1][np.diff(first) > 0]].all()
    assert lengths.sum() == windows.sum() == first[-1]
    assert max([0, *lengths, *windows]) <= LONGEST
    assert (np.cumsum(goes_on == 0)[-1:] == starts.sum()).all()
    assert set(np.cumsum(windows)) >= set(first[1:][np.diff(first) > 0])

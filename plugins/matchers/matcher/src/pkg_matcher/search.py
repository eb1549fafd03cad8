"""Search for sequences of tokens: all starts at once, one element of the pattern after the other.

Axes: N tokens, P pairs of a start and the position reached. Searching never loops over tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pkg_matcher.window import Condition, Mask, Window

Positions = npt.NDArray[np.int64]

#: Number of starts that are followed together, which limits the memory for `{"OP": "*"}` over a long document.
_STARTS = 1024


class Element(NamedTuple):
    """One token specification of a pattern.

    Attributes:
        conditions: The conditions on the token.
        least: Minimum number of repetitions.
        most: Maximum number of repetitions; None for no limit.
        negated: Whether the token must not meet the conditions.
        position: Its index in the pattern as written.
    """

    conditions: tuple[Condition, ...]
    least: int
    most: int | None
    negated: bool
    position: int


def element_masks(window: Window, elements: Sequence[Element]) -> list[Mask]:
    """Return for each element which tokens it accepts: one array (N + 1,) each, False at the end."""
    return [_mask(window, element) for element in elements]


def _mask(window: Window, element: Element) -> Mask:
    mask = np.ones(len(window) + 1, dtype=np.bool_)
    mask[-1] = False
    for condition in element.conditions:
        mask[:-1] &= window.mask(condition)
    if element.negated:
        mask[:-1] = ~mask[:-1]
    return mask


def find(masks: Sequence[Mask], elements: Sequence[Element]) -> tuple[Positions, Positions]:
    """Find all slices that a pattern matches, sorted by start and then end, none of them empty or repeated.

    Args:
        masks: The result of `element_masks`.
        elements: The pattern.

    Returns:
        Starts and ends.
    """
    first_is_once = elements[0].least == 1 and elements[0].most == 1
    starts = np.flatnonzero(masks[0]) if first_is_once else np.arange(len(masks[0]) - 1)
    runs = {
        i: _runs(mask)
        for i, (mask, element) in enumerate(zip(masks, elements, strict=True))
        if (element.least, element.most) != (1, 1)
    }
    slices = [
        _follow(masks, elements, runs, starts[low : low + _STARTS]) for low in range(0, len(starts), _STARTS)
    ]
    if not slices:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate([pair[0] for pair in slices]), np.concatenate([pair[1] for pair in slices])


def _follow(
    masks: Sequence[Mask], elements: Sequence[Element], runs: dict[int, Positions], starts: Positions
) -> tuple[Positions, Positions]:
    ends = starts
    for i, element in enumerate(elements):
        if i not in runs:
            accepted = masks[i][ends]
            starts, ends = starts[accepted], ends[accepted] + 1
        else:
            starts, ends = _repeat(starts, ends, runs[i], element)
    matched = ends > starts
    return starts[matched], ends[matched]


def _repeat(
    starts: Positions, ends: Positions, runs: Positions, element: Element
) -> tuple[Positions, Positions]:
    """Advance by every number of tokens that the element allows."""
    most = runs[ends] if element.most is None else np.minimum(runs[ends], element.most)
    n_ways = np.maximum(most - element.least + 1, 0)
    before = np.cumsum(n_ways) - n_ways
    steps = np.arange(int(n_ways.sum())) - np.repeat(before, n_ways)
    starts = np.repeat(starts, n_ways)
    ends = np.repeat(ends, n_ways) + element.least + steps
    # Two ways to reach one position count once; otherwise the pairs could multiply with every element.
    width = len(runs)
    pairs = np.unique(starts * width + ends)
    return pairs // width, pairs % width


def _runs(mask: Mask) -> Positions:
    """Return for each token how many tokens in a row are accepted from there on (N + 1,)."""
    positions = np.arange(len(mask))
    # The next token that is not accepted; the last position never is.
    ends = np.where(mask, len(mask), positions)
    return np.minimum.accumulate(ends[::-1])[::-1] - positions


def align(masks: Sequence[Mask], elements: Sequence[Element], start: int, end: int) -> list[int]:
    """Return for each token of a match the index of the token pattern that it matched; the latest if several could."""
    units = [
        (i, k >= element.least, element.most is None and k == max(element.least, 1) - 1)
        for i, element in enumerate(elements)
        for k in range(max(element.least, 1) if element.most is None else element.most)
    ]
    # A unit accepts one token; some may be skipped (second value), some may repeat (third value).
    n_units, n_tokens = len(units), end - start
    forth = _reach([(masks[i], skip, again) for i, skip, again in units], range(start, end))
    back = _reach(
        [(masks[i], skip, again) for i, skip, again in reversed(units)], range(end - 1, start - 1, -1)
    )
    both = [forth[t] & {n_units - 1 - unit for unit in back[n_tokens - 1 - t]} for t in range(n_tokens)]
    return [elements[units[max(alive)][0]].position for alive in both]


def _reach(units: list[tuple[Mask, bool, bool]], tokens: range) -> list[set[int]]:
    """Return for each token the units that can accept it, given that all earlier tokens were accepted in order."""
    reached: list[set[int]] = []
    for n, token in enumerate(tokens):
        current: set[int] = set()
        for before in reached[-1] if n else {-1}:
            if before >= 0 and units[before][2] and units[before][0][token]:
                current.add(before)
            for unit in range(before + 1, len(units)):
                mask, may_skip, _ = units[unit]
                if mask[token]:
                    current.add(unit)
                if not may_skip:
                    break
        reached.append(current)
    return reached

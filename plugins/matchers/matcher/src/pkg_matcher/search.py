"""Where sequences of tokens match: all starts together, one element of the pattern after the other.

Letters: N tokens, P pairs of a start and a place reached. Nothing here loops over tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pkg_matcher.window import Condition, Mask, Window

Places = npt.NDArray[np.int64]

#: Starts that are followed together: what bounds the memory of `{"OP": "*"}` over a long document.
_STARTS = 1024


class Element(NamedTuple):
    """One token specification of a pattern.

    Attributes:
        conditions: What the token must be.
        least: How often at least in a row.
        most: How often at most; None: any number.
        negated: Whether the token must be anything else.
        place: Its place in the pattern as written.
    """

    conditions: tuple[Condition, ...]
    least: int
    most: int | None
    negated: bool
    place: int


def element_masks(window: Window, elements: Sequence[Element]) -> list[Mask]:
    """Tell for each element which tokens it takes: one array (N + 1,) each, False at the end."""
    return [_mask(window, element) for element in elements]


def _mask(window: Window, element: Element) -> Mask:
    taken = np.ones(len(window) + 1, dtype=np.bool_)
    taken[-1] = False
    for condition in element.conditions:
        taken[:-1] &= window.mask(condition)
    if element.negated:
        taken[:-1] = ~taken[:-1]
    return taken


def find(masks: Sequence[Mask], elements: Sequence[Element]) -> tuple[Places, Places]:
    """Find every slice that a pattern matches, by start and then end; none is empty or comes twice.

    Args:
        masks: What `element_masks` gives.
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
    found = [
        _follow(masks, elements, runs, starts[low : low + _STARTS]) for low in range(0, len(starts), _STARTS)
    ]
    if not found:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate([pair[0] for pair in found]), np.concatenate([pair[1] for pair in found])


def _follow(
    masks: Sequence[Mask], elements: Sequence[Element], runs: dict[int, Places], starts: Places
) -> tuple[Places, Places]:
    places = starts
    for i, element in enumerate(elements):
        if i not in runs:
            goes_on = masks[i][places]
            starts, places = starts[goes_on], places[goes_on] + 1
        else:
            starts, places = _repeat(starts, places, runs[i], element)
    matched = places > starts
    return starts[matched], places[matched]


def _repeat(starts: Places, places: Places, runs: Places, element: Element) -> tuple[Places, Places]:
    """Go on by every number of tokens that the element allows."""
    most = runs[places] if element.most is None else np.minimum(runs[places], element.most)
    n_ways = np.maximum(most - element.least + 1, 0)
    before = np.cumsum(n_ways) - n_ways
    steps = np.arange(int(n_ways.sum())) - np.repeat(before, n_ways)
    starts = np.repeat(starts, n_ways)
    places = np.repeat(places, n_ways) + element.least + steps
    # Two ways to one place are one: without this the pairs could grow with every element.
    width = len(runs)
    pairs = np.unique(starts * width + places)
    return pairs // width, pairs % width


def _runs(mask: Mask) -> Places:
    """For each token how many from there on are taken in a row (N + 1,)."""
    places = np.arange(len(mask))
    # The next token that is not taken; the last place never is.
    ends = np.where(mask, len(mask), places)
    return np.minimum.accumulate(ends[::-1])[::-1] - places


def align(masks: Sequence[Mask], elements: Sequence[Element], start: int, end: int) -> list[int]:
    """Say for each token of a match which specification took it; the later one where several could have."""
    units = [
        (i, k >= element.least, element.most is None and k == max(element.least, 1) - 1)
        for i, element in enumerate(elements)
        for k in range(max(element.least, 1) if element.most is None else element.most)
    ]
    # A unit takes one token; `may_skip` ones may take none, `may_repeat` ones several.
    n_units, n_tokens = len(units), end - start
    forth = _reach([(masks[i], skip, again) for i, skip, again in units], range(start, end))
    back = _reach(
        [(masks[i], skip, again) for i, skip, again in reversed(units)], range(end - 1, start - 1, -1)
    )
    both = [forth[t] & {n_units - 1 - unit for unit in back[n_tokens - 1 - t]} for t in range(n_tokens)]
    return [elements[units[max(alive)][0]].place for alive in both]


def _reach(units: list[tuple[Mask, bool, bool]], tokens: range) -> list[set[int]]:
    """For each token the units that can take it after all tokens before were taken in order."""
    reached: list[set[int]] = []
    for n, token in enumerate(tokens):
        now: set[int] = set()
        for before in reached[-1] if n else {-1}:
            if before >= 0 and units[before][2] and units[before][0][token]:
                now.add(before)
            for unit in range(before + 1, len(units)):
                mask, may_skip, _ = units[unit]
                if mask[token]:
                    now.add(unit)
                if not may_skip:
                    break
        reached.append(now)
    return reached

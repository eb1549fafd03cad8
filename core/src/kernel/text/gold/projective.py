"""Trees whose arcs cross, made projective and back again.

A parser that builds only projective trees learns from lifted ones: the dependent of an arc that crosses others is
hung higher up, and its label says so: "nsubj||conj" is an nsubj whose true head is a conj below the head it has.

Source: Nivre & Nilsson 2005, Pseudo-Projective Dependency Parsing; the encoding they call Head.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: A token whose head is not known.
UNKNOWN = -1
#: Between a lifted token's own label and the label of its true head.
DELIMITER = "||"

Heads = npt.NDArray[np.integer[Any]]


def crossing_arcs(heads: Heads) -> npt.NDArray[np.bool_]:
    """Tell which tokens hang by an arc that some token below it reaches out of.

    Args:
        heads: The place of each token's head; its own for a root, UNKNOWN where nothing is known. The tokens may be
            those of several documents, one after the other.

    Returns:
        True where a token strictly between dependent and head is a root, or has its head beyond the two.
    """
    places = np.arange(len(heads))
    is_arc = (heads >= 0) & (heads != places)
    # What a token reaches: a root reaches out of everything, a token without a known head nowhere.
    reach = np.where(heads == places, -1, np.where(heads < 0, places, heads))
    dependents = np.flatnonzero(is_arc & (np.abs(heads - places) > 1))
    crossing = np.zeros(len(heads), dtype=bool)
    if not len(dependents):
        return crossing
    left = np.minimum(dependents, heads[dependents])
    right = np.maximum(dependents, heads[dependents])
    lowest = _over_ranges(reach, left + 1, right, np.minimum)
    highest = _over_ranges(reach, left + 1, right, np.maximum)
    crossing[dependents] = (lowest < left) | (highest > right)
    return crossing


def _over_ranges(values: Any, starts: Any, ends: Any, reduce: np.ufunc) -> Any:
    """Reduce the values of many ranges, none of them empty, by a table of ranges whose lengths are powers of 2."""
    result = np.empty(len(starts), dtype=values.dtype)
    level_of = np.frexp(ends - starts)[1] - 1
    table = values
    for level in range(int(level_of.max()) + 1):
        if level:
            half = 1 << (level - 1)
            table = reduce(table[:-half], table[half:])
        here = np.flatnonzero(level_of == level)
        result[here] = reduce(table[starts[here]], table[ends[here] - (1 << level)])
    return result


def projectivize(heads: Sequence[int], labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """Lift dependents, those on the shortest arcs first, until no arc crosses another.

    Args:
        heads: The place of each token's head; its own for a root, UNKNOWN where nothing is known.
        labels: The labels of the arcs.

    Returns:
        Heads and labels. Where there is no head to be lifted to, a head becomes UNKNOWN.
    """
    lifted, decorated = list(heads), list(labels)
    while True:
        crossing = np.flatnonzero(crossing_arcs(np.asarray(lifted, dtype=np.int64))).tolist()
        # Of two arcs that cross, the one whose head is above all that lies below it stays.
        crossing = [token for token in crossing if not _covers(lifted, token)]
        if not crossing:
            return lifted, decorated
        token = min(crossing, key=lambda i: abs(lifted[i] - i))
        head = lifted[token]
        lifted[token] = lifted[head] if lifted[head] != head else UNKNOWN
        decorated[token] = f"{labels[token]}{DELIMITER}{labels[heads[token]]}" if labels[token] else ""


def _covers(heads: list[int], token: int) -> bool:
    """Say whether the head of a token is above, or is, all tokens between the two that have a head."""
    head = heads[token]
    for between in range(min(token, head) + 1, max(token, head)):
        above = between
        while above not in (head, UNKNOWN) and heads[above] != above:
            above = heads[above]
        if above not in (head, UNKNOWN):
            return False
    return True


def deprojectivize(heads: Sequence[int], labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """Undo `projectivize` as far as the labels tell.

    A token with a decorated label moves to the nearest token of the label wanted below its head, searched level by
    level; it stays where there is none. Heads still form trees.
    """
    restored, plain = list(heads), [label.split(DELIMITER)[0] for label in labels]
    wanted = {token: label.split(DELIMITER)[1] for token, label in enumerate(labels) if DELIMITER in label}
    n_waiting = len(wanted) + 1
    # A head may itself have to return before it is found, so those that find none try again after the others.
    while len(wanted) < n_waiting:
        n_waiting = len(wanted)
        for token in list(wanted):
            head = _nearest(restored, plain, token, wanted[token])
            if head is not None:
                restored[token] = head
                del wanted[token]
    return restored, plain


def _nearest(heads: list[int], labels: list[str], token: int, wanted: str) -> int | None:
    children: dict[int, list[int]] = {}
    for i, head in enumerate(heads):
        if head != i:
            children.setdefault(head, []).append(i)
    queue = deque([heads[token]])
    while queue:
        node = queue.popleft()
        # What is below the token itself cannot be its head.
        for child in children.get(node, ()):
            if child != token:
                if labels[child] == wanted:
                    return child
                queue.append(child)
    return None

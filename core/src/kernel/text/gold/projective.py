"""Make dependency trees with crossing arcs projective, and restore them.

A parser that builds only projective trees learns from lifted ones: the dependent of a crossing arc is attached higher
up and gets a decorated label: "nsubj||conj" is an nsubj whose true head is a conj below its current head.

Source: Nivre & Nilsson 2005, Pseudo-Projective Dependency Parsing; the encoding they call Head.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: The head of a token whose head is unknown.
UNKNOWN = -1
#: Separates a lifted token's own label from the label of its true head.
DELIMITER = "||"

Heads = npt.NDArray[np.integer[Any]]


def crossing_arcs(heads: Heads) -> npt.NDArray[np.bool_]:
    """Find the tokens whose arc to their head is crossed by another arc.

    Args:
        heads: The index of each token's head; its own for a root, UNKNOWN if unknown. The tokens of several documents
            may be concatenated.

    Returns:
        True where a token strictly between dependent and head is a root, or has its head outside the two.
    """
    indices = np.arange(len(heads))
    is_arc = (heads >= 0) & (heads != indices)
    # How far a token's arc reaches: a root's out of every range, that of a token with unknown head nowhere.
    reach = np.where(heads == indices, -1, np.where(heads < 0, indices, heads))
    dependents = np.flatnonzero(is_arc & (np.abs(heads - indices) > 1))
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
    """Reduce the values of many non-empty ranges, with a table of ranges whose lengths are powers of 2."""
    result = np.empty(len(starts), dtype=values.dtype)
    level_of = np.frexp(ends - starts)[1] - 1
    table = values
    for level in range(int(level_of.max()) + 1):
        if level:
            half = 1 << (level - 1)
            table = reduce(table[:-half], table[half:])
        ranges = np.flatnonzero(level_of == level)
        result[ranges] = reduce(table[starts[ranges]], table[ends[ranges] - (1 << level)])
    return result


def projectivize(heads: Sequence[int], labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """Lift dependents, shortest arcs first, until no arcs cross.

    Args:
        heads: The index of each token's head; its own for a root, UNKNOWN if unknown.
        labels: The labels of the arcs.

    Returns:
        Heads and labels. A head becomes UNKNOWN if there is nothing to lift the token to.
    """
    lifted, decorated = list(heads), list(labels)
    while True:
        crossing = np.flatnonzero(crossing_arcs(np.asarray(lifted, dtype=np.int64))).tolist()
        # Of two crossing arcs, the one whose head dominates all tokens it spans is kept.
        crossing = [token for token in crossing if not _covers(lifted, token)]
        if not crossing:
            return lifted, decorated
        token = min(crossing, key=lambda i: abs(lifted[i] - i))
        head = lifted[token]
        lifted[token] = lifted[head] if lifted[head] != head else UNKNOWN
        decorated[token] = f"{labels[token]}{DELIMITER}{labels[heads[token]]}" if labels[token] else ""


def _covers(heads: list[int], token: int) -> bool:
    """Whether the head of a token dominates all tokens between the two, except those without a known head."""
    head = heads[token]
    for between in range(min(token, head) + 1, max(token, head)):
        above = between
        while above not in (head, UNKNOWN) and heads[above] != above:
            above = heads[above]
        if above not in (head, UNKNOWN):
            return False
    return True


def deprojectivize(heads: Sequence[int], labels: Sequence[str]) -> tuple[list[int], list[str]]:
    """Undo `projectivize` as far as the labels allow.

    A token with a decorated label is attached to the nearest token below its head that has the head's label, searched
    breadth-first; if there is none it stays. Heads still form trees.
    """
    restored, plain = list(heads), [label.split(DELIMITER)[0] for label in labels]
    wanted = {token: label.split(DELIMITER)[1] for token, label in enumerate(labels) if DELIMITER in label}
    n_waiting = len(wanted) + 1
    # A head may itself have to be moved back first, so tokens that find no head are retried after the others.
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
        # A token's own descendants cannot be its head.
        for child in children.get(node, ()):
            if child != token:
                if labels[child] == wanted:
                    return child
                queue.append(child)
    return None

"""Find the best tree of each segment by the scores of its arcs, for many segments at once.

The best heads of all words usually form a tree already, which a few array operations check for all segments. The other
segments go through Chu-Liu/Edmonds together: each round contracts the cycles of all segments.

Axes
    B   segments
    T   words, with padding
    S   nodes: 0 is the root, then the words; T + 1. Arcs go from the last axis (head) to the one before (dependent).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from kernel.errors import NotFinite


def best_trees(scores_BTS: Any, is_arc_BTS: Any) -> Any:
    """Find the maximum spanning trees in which exactly one word depends on the root.

    Args:
        scores_BTS: Scores of arcs, float.
        is_arc_BTS: Which arcs are possible; words without any are padding.

    Returns:
        The head of each word, int64 (B, T): 0 for the root, else 1 + the head's index; 0 for padding.

    Raises:
        NotFinite: A score is nan or inf.

    Source:
        Chu & Liu 1965 and Edmonds 1967. To enforce a single root, the scores of arcs from the root are lowered so much
        that no tree with two of them beats one with a single one (Stanojević & Cohen 2021, section 3).
    """
    masked_BTS = np.where(is_arc_BTS, scores_BTS, -np.inf).astype(np.float64)
    is_word_BT = is_arc_BTS.any(axis=2)
    heads_BT = masked_BTS.argmax(axis=2)
    # argmax picks nan, too, with which Chu-Liu/Edmonds would never end.
    best_BT = np.take_along_axis(masked_BTS, heads_BT[:, :, None], axis=2)[:, :, 0]
    if not np.isfinite(best_BT[is_word_BT]).all():
        raise NotFinite("a score of an arc is nan or inf")
    # The best tree usually has a single root anyway, and enforcing one takes many more rounds.
    for one_root in (False, True):
        broken = np.flatnonzero(~are_trees(heads_BT, is_word_BT))
        if not len(broken):
            break
        if np.isneginf(masked_BTS[broken][is_arc_BTS[broken]]).any():
            raise NotFinite("a score of an arc is -inf")
        heads_BT[broken] = _repaired(masked_BTS[broken], one_root)
    return heads_BT


def are_trees(heads_BT: Any, is_word_BT: Any) -> Any:
    """Return in which segments the heads form a tree with one word at the root, bool (B)."""
    one_root_B = ((heads_BT == 0) & is_word_BT).sum(axis=1) == 1
    tops_BS = _with_root(heads_BT)
    for _ in range(int(tops_BS.shape[1]).bit_length()):
        tops_BS = _at(tops_BS, tops_BS)
    return one_root_B & ~tops_BS.any(axis=1)


def _at(values_BS: Any, indices_BS: Any) -> Any:
    """Index the values of each segment."""
    return values_BS[np.arange(len(values_BS))[:, None], indices_BS]


def _with_root(heads_BT: Any) -> Any:
    """Add the root, which is its own head."""
    return np.concatenate([np.zeros((len(heads_BT), 1), dtype=np.int64), heads_BT], axis=1)


@dataclass(frozen=True)
class _Round:
    """The result of one round. A group of contracted nodes is identified by one of its nodes.

    Attributes:
        group_BS: The group of each node before the round.
        to_BS, from_BS: The best arc into each group: its dependent and its head.
        joined_BS: The group that each group belongs to after the round.
    """

    group_BS: Any
    to_BS: Any
    from_BS: Any
    joined_BS: Any


def _repaired(masked_BTS: Any, one_root: bool) -> Any:
    """Run Chu-Liu/Edmonds and return the heads, (B, T); impossible arcs have a score of minus infinity."""
    B, _, S = masked_BTS.shape
    scores_BSS = np.full((B, S, S), -np.inf)
    scores_BSS[:, 1:] = masked_BTS
    is_arc_BSS = np.isfinite(scores_BSS)
    if one_root:
        largest_B = np.abs(np.where(is_arc_BSS, scores_BSS, 0.0)).max(axis=(1, 2))
        scores_BSS[:, :, 0] -= 1.0 + 2.0 * S * largest_B[:, None]
    scores_BSS[:, :, 0] = np.where(is_arc_BSS.any(axis=2), scores_BSS[:, :, 0], 0.0)
    group_BS = np.tile(np.arange(S), (B, 1))
    # The score of the arc that is lost when another arc enters a group at this node.
    loss_BS = np.zeros((B, S))
    head_BS = scores_BSS.argmax(axis=2)
    rounds: list[_Round] = []
    while True:
        to_BS, from_BS, best_BS = _best_arcs(scores_BSS, group_BS, loss_BS, head_BS)
        above_BS = _at(group_BS, from_BS)
        joined_BS, is_joined_BS = _joined(above_BS)
        rounds.append(_Round(group_BS, to_BS, from_BS, joined_BS))
        if not is_joined_BS.any():
            return _unfolded(rounds)
        loss_BS = loss_BS + _at(np.where(is_joined_BS, best_BS, 0.0), group_BS)
        group_BS = _at(joined_BS, group_BS)


def _best_arcs(scores_BSS: Any, group_BS: Any, loss_BS: Any, head_BS: Any) -> tuple[Any, Any, Any]:
    """Find the best arc into each group from outside: dependent, head, and gain, each (B, S).

    Updates `head_BS`, the best head of each node outside its group, in place. The root's group, and nodes that no
    longer identify a group, get the arc from the root to itself.
    """
    B, S = group_BS.shape
    segment, node = (_at(group_BS, head_BS) == group_BS).nonzero()
    is_inside = group_BS[segment] == group_BS[segment, node][:, None]
    head_BS[segment, node] = np.where(is_inside, -np.inf, scores_BSS[segment, node]).argmax(axis=1)
    gain_BS = np.take_along_axis(scores_BSS, head_BS[:, :, None], axis=2)[:, :, 0] - loss_BS
    gain_BS[_at(group_BS, head_BS) == group_BS] = -np.inf
    segment_BS = np.arange(B)[:, None]
    best_BS = np.full((B, S), -np.inf)
    np.maximum.at(best_BS, (np.broadcast_to(segment_BS, (B, S)), group_BS), gain_BS)
    to_BS, from_BS = np.zeros((B, S), dtype=np.int64), np.zeros((B, S), dtype=np.int64)
    segment, node = (gain_BS == _at(best_BS, group_BS)).nonzero()
    group = group_BS[segment, node]
    to_BS[segment, group] = node
    # Of nodes with equal gain, the last one written wins: use its head.
    from_BS[segment, group] = head_BS[segment, to_BS[segment, group]]
    to_BS[:, 0] = from_BS[:, 0] = 0
    return to_BS, from_BS, best_BS


def _joined(above_BS: Any) -> tuple[Any, Any]:
    """Identify each cycle of groups by its lowest member; return the new group of each, and which are in a cycle."""
    B, S = above_BS.shape
    jump_BS, lowest_BS = above_BS, np.minimum(np.arange(S), above_BS)
    for _ in range(S.bit_length()):
        lowest_BS = np.minimum(lowest_BS, _at(lowest_BS, jump_BS))
        jump_BS = _at(jump_BS, jump_BS)
    # After S steps every walk ends at the root or on a cycle, and every member of a cycle is reached from another.
    is_joined_BS = np.zeros((B, S), dtype=bool)
    np.put_along_axis(is_joined_BS, jump_BS, True, axis=1)
    is_joined_BS[:, 0] = False
    return np.where(is_joined_BS, lowest_BS, np.arange(S)), is_joined_BS


def _unfolded(rounds: list[_Round]) -> Any:
    """Expand the groups: the arc into a group replaces the cycle's arc to the same member; return heads, (B, T)."""
    to_BS, from_BS = rounds[-1].to_BS, rounds[-1].from_BS
    for contraction in reversed(rounds[:-1]):
        to_BS = _at(to_BS, contraction.joined_BS)
        from_BS = _at(from_BS, contraction.joined_BS)
        is_entered_BS = _at(contraction.group_BS, to_BS) == np.arange(to_BS.shape[1])
        to_BS = np.where(is_entered_BS, to_BS, contraction.to_BS)
        from_BS = np.where(is_entered_BS, from_BS, contraction.from_BS)
    return from_BS[:, 1:]

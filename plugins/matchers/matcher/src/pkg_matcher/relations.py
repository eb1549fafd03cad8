"""Relations of two tokens in the dependency tree or in the text, computed as joins of columns.

<  <<                  the right token is the head, or any ancestor
>  >>                  it is a child, or any descendant
$+ $- $++ $--          it has the same head: next, previous, any after, any before
.  .*  ;  ;*           it is in the same sentence: next, any after, previous, any before
>+ >- >++ >-- <+ ...   it is a child or the head, and next, previous, after or before
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.text.base.tree import Tree
from kernel.text.doc.doc_arrays import ragged

Tokens = npt.NDArray[np.int64]
Pairs = tuple[Tokens, Tokens]

_SIDES: dict[str, Callable[[Any, Any], Any]] = {
    "": lambda left, right: np.ones(len(left), dtype=np.bool_),
    "+": lambda left, right: right == left + 1,
    "-": lambda left, right: right == left - 1,
    "++": lambda left, right: right > left,
    "--": lambda left, right: right < left,
}
_OF_TREE = {f"{family}{side}": (family, side) for family in "<>$" for side in _SIDES if family + side != "$"}

#: For each relation, its family and the side on which the right token must be.
RELATIONS: dict[str, tuple[str, str]] = {
    **_OF_TREE,
    "<<": ("<<", ""),
    ">>": (">>", ""),
    ".": (".", "+"),
    ".*": (".", "++"),
    ";": (".", "-"),
    ";*": (".", "--"),
}


def related(tree: Tree, relation: str, lefts: Tokens, rights: Tokens) -> Pairs:
    """Find the pairs of tokens that are in a relation.

    Args:
        tree: The tree of the document.
        relation: One of `RELATIONS`.
        lefts: Left tokens, in any order, possibly with duplicates.
        rights: Candidate right tokens, sorted, without duplicates.

    Returns:
        For each pair the index in `lefts` and the right token; sorted by left, then right.
    """
    family, side = RELATIONS[relation]
    which, right = _FAMILIES[family](tree, lefts, rights)
    keep = _SIDES[side](lefts[which], right)
    which, right = which[keep], right[keep]
    order = np.lexsort((right, which))
    return which[order], right[order]


def _join(left_keys: Tokens, right_keys: Tokens, rights: Tokens) -> Pairs:
    """Pair lefts and rights with equal keys."""
    order = np.argsort(right_keys, kind="stable")
    keys, rights = right_keys[order], rights[order]
    low = np.searchsorted(keys, left_keys, side="left")
    return _ranges(low, np.searchsorted(keys, left_keys, side="right"), rights)


def _ranges(low: Tokens, high: Tokens, rights: Tokens) -> Pairs:
    """Pair each left with a range of the rights."""
    which, indices = ragged(low, np.maximum(high - low, 0))
    return which, rights[indices]


def _heads(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    heads = tree.heads[lefts]
    which, right = _join(heads, rights, rights)
    keep = right != lefts[which]
    return which[keep], right[keep]


def _children(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    below = rights[tree.heads[rights] != rights]
    return _join(lefts, tree.heads[below], below)


def _ancestors(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    below, above = _chains(tree, np.unique(lefts))
    keep = np.isin(above, rights)
    return _join(lefts, below[keep], above[keep])


def _descendants(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    below, above = _chains(tree, rights)
    return _join(lefts, above, below)


def _chains(tree: Tree, tokens: Tokens) -> Pairs:
    """Pair each token with all its ancestors."""
    tree.roots  # noqa: B018  (raises for a cycle, which would never end here)
    below, above = [tokens[:0]], [tokens[:0]]
    now, heads = tokens, tree.heads[tokens]
    while True:
        rises = heads != now
        if not rises.any():
            return np.concatenate(below), np.concatenate(above)
        tokens, now = tokens[rises], heads[rises]
        below.append(tokens)
        above.append(now)
        heads = tree.heads[now]


def _siblings(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    # A root is its own head, which makes it no sibling of its children.
    below = rights[tree.heads[rights] != rights]
    which, right = _join(tree.heads[lefts], tree.heads[below], below)
    keep = tree.heads[lefts[which]] != lefts[which]
    return which[keep], right[keep]


def _neighbours(tree: Tree, lefts: Tokens, rights: Tokens) -> Pairs:
    first, last = tree.edges
    roots = tree.roots[lefts]
    low, high = np.searchsorted(rights, first[roots]), np.searchsorted(rights, last[roots], side="right")
    return _ranges(low, high, rights)


_FAMILIES: dict[str, Callable[[Tree, Tokens, Tokens], Pairs]] = {
    "<": _heads,
    ">": _children,
    "<<": _ancestors,
    ">>": _descendants,
    "$": _siblings,
    ".": _neighbours,
}

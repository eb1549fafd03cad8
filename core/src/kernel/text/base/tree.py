"""Dependency trees: derive roots, sentences, children and subtree edges from a document's heads.

A head is an offset from its token; 0 marks a root.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.concurrency import lazy_property

Array = npt.NDArray[Any]


def check_heads(offsets: Array) -> None:
    """Check that every head is a token of the document.

    Raises:
        DataError: One is not.
    """
    heads = np.arange(len(offsets)) + offsets
    is_wrong = (heads < 0) | (heads >= len(offsets))
    if np.count_nonzero(is_wrong):
        i = int(np.argmax(is_wrong))
        raise DataError(f"doc: head of token {i} is outside its {len(offsets)} tokens, got {int(heads[i])}")


def follow(heads: Array) -> Array:
    """Return the root above every token; a token that leads into a cycle gets some token of that cycle.

    Args:
        heads: The index of each token's head.
    """
    tops = heads
    # Each round doubles the distance covered, so this many rounds reach the top of any tree.
    for _ in range(len(heads).bit_length() + 1):
        higher = tops[tops]
        # For arrays this short, counting is faster than `all`.
        if not np.count_nonzero(higher != tops):
            break
        tops = higher
    return tops


class Tree:
    """The dependency tree or trees over one document."""

    def __init__(self, offsets: Array, labels: Array | None = None) -> None:
        """Build the tree from head offsets.

        Args:
            offsets: The offset from each token to its head.
            labels: Dependency labels. A root with label 0 is an unannotated token, not the root of a sentence.
        """
        self.heads: Array = np.arange(len(offsets)) + offsets
        self._is_root: Array = offsets == 0
        if labels is not None:
            self._is_root = self._is_root & (labels != 0)

    def __getstate__(self) -> dict[str, Any]:
        # Copied first: another thread may compute a lazy property while this one is being pickled.
        return vars(self).copy()

    @lazy_property
    def roots(self) -> Array:
        """The root above each token.

        Raises:
            DataError: The heads form a cycle.
        """
        roots = follow(self.heads)
        is_lost = self.heads[roots] != roots
        if np.count_nonzero(is_lost):
            raise DataError(
                f"doc: heads must lead to a root, got a cycle above token {int(np.argmax(is_lost))}"
            )
        return roots

    @lazy_property
    def sent_starts(self) -> Array:
        """1 where a sentence starts, else -1: at the first token below each root."""
        starts = np.full(len(self.heads), -1, dtype=np.int8)
        roots, firsts = np.unique(self.roots, return_index=True)
        starts[firsts[self._is_root[roots]]] = 1
        return starts

    @lazy_property
    def edges(self) -> tuple[Array, Array]:
        """First and last token of the subtree of each token."""
        self.roots  # noqa: B018  (raises if there is a cycle, which would never end)
        first = np.arange(len(self.heads))
        last = first.copy()
        while True:
            wider_first, wider_last = first.copy(), last.copy()
            np.minimum.at(wider_first, self.heads, first)
            np.maximum.at(wider_last, self.heads, last)
            if np.array_equal(wider_first, first) and np.array_equal(wider_last, last):
                return first, last
            first, last = wider_first, wider_last

    @lazy_property
    def children(self) -> list[list[int]]:
        """The children of each token, in order."""
        children: list[list[int]] = [[] for _ in self.heads]
        for i, head in enumerate(self.heads.tolist()):
            if head != i:
                children[head].append(i)
        return children

    def common_ancestors(self, start: int, end: int) -> Array:
        """Find the lowest common ancestor of every pair of tokens in a slice.

        Returns:
            int32 (end - start, end - start): indices within the slice; -1 where the ancestor is outside it.
        """
        paths = []
        for i in range(start, end):
            path = [i]
            while (above := int(self.heads[path[-1]])) != path[-1]:
                path.append(above)
            paths.append(path)
        size = end - start
        ancestors = np.full((size, size), -1, dtype=np.int32)
        for a in range(size):
            above_a = set(paths[a])
            for b in range(a, size):
                lowest = next((i for i in paths[b] if i in above_a), -1)
                ancestors[a, b] = ancestors[b, a] = lowest - start if start <= lowest < end else -1
        return ancestors

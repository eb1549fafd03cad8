"""Write parses to documents: heads, labels and, through them, sentences.

Axes
    N   tokens of the batch
    M   words of all states
    A   actions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.text.gold.projective import DELIMITER, deprojectivize
from kernel.tokens import Doc
from pkg_parser.moves import FALLBACK, Moves
from pkg_parser.states import ArcStates
from pkg_parser.words import find_words, forced_starts


def write_parses(docs: Sequence[Doc], states: ArcStates, moves: Moves) -> None:
    """Annotate documents with the trees of final states, one per document."""
    if not docs:
        return
    strings = docs[0].vocab.strings
    labels = [*(label or moves.root for label in moves.strings_A), moves.root]
    key_A = np.array([strings.add(label) for label in labels], dtype=np.uint64)
    is_lifted_A = np.array([DELIMITER in label for label in labels])
    M = states.none
    token_M, head_M, action_M = states.token_M[:M], states.head_M[:M], states.action_M[:M]
    head_M = np.where(head_M < M, states.token_M[head_M], token_M)
    offsets_D, head_N, key_N = with_whitespace(docs, token_M, head_M, key_A[action_M], key_A[-1])
    lifted_N = np.zeros(len(head_N), dtype=bool)
    lifted_N[token_M] = is_lifted_A[action_M]
    for doc, start, end in zip(docs, offsets_D[:-1], offsets_D[1:], strict=True):
        heads, keys = head_N[start:end] - start, key_N[start:end]
        if lifted_N[start:end].any():
            restored, plain = deprojectivize(heads.tolist(), [strings[key] for key in keys.tolist()])
            heads = np.array(restored)
            keys = np.array([strings.add(label) for label in plain], dtype=np.uint64)
        write_tree(doc, heads, keys)


def with_whitespace(
    docs: Sequence[Doc], token_M: Any, head_M: Any, key_M: Any, root_key: int
) -> tuple[Any, Any, Any]:
    """Attach whitespace tokens to the trees of a batch's words.

    Args:
        docs: The batch.
        token_M: The words, as tokens of the batch.
        head_M: The token of each word's head; its own for a root.
        key_M: The key of each word's label.
        root_key: The key of the root label, for a sentence of only whitespace.

    Returns:
        The first token of each document, and the end; the token of each token's head; the key of each token's label.
    """
    words = find_words(docs)
    head_N = _hosts(docs, words.is_word_N, words.offsets_D)
    key_N = np.full(len(head_N), docs[0].vocab.strings.add(FALLBACK), dtype=np.uint64)
    key_N[head_N == np.arange(len(head_N))] = root_key
    head_N[token_M], key_N[token_M] = head_M, key_M
    return words.offsets_D, head_N, key_N


def write_tree(doc: Doc, heads: Any, keys: Any) -> None:
    """Write the index of each token's head, its own for a root, and the key of its label to a document."""
    doc.adopt_columns({"HEAD": (heads - np.arange(len(doc))).astype(np.int32), "DEP": keys.copy()})


def _hosts(docs: Sequence[Doc], is_word_N: Any, offsets_D: Any) -> Any:
    """Return the token that each whitespace token attaches to; words get themselves.

    That is the previous word or, if a sentence is known to start in between, the next word; if that is in another
    sentence too, the first token of the whitespace's own sentence.
    """
    tokens_N = np.arange(len(is_word_N))
    opens_N = forced_starts(docs) == 1
    opens_N[offsets_D[:-1][offsets_D[:-1] < offsets_D[1:]]] = True
    stretch_N = np.cumsum(opens_N)
    before_N = np.maximum.accumulate(np.where(is_word_N, tokens_N, -1))
    behind_N = np.minimum.accumulate(np.where(is_word_N, tokens_N, len(tokens_N))[::-1])[::-1]
    host_N = np.flatnonzero(opens_N)[stretch_N - 1] if len(tokens_N) else tokens_N
    for word_N in (behind_N, before_N):
        exists_N = (word_N >= 0) & (word_N < len(tokens_N))
        same_N = exists_N & (stretch_N[np.where(exists_N, word_N, 0)] == stretch_N)
        host_N = np.where(same_N, word_N, host_N)
    return host_N

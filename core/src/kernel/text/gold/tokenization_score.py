"""Score the tokenization, and select the tokens that other scores compare."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.text.base.measures import PRFScore, prf_scores
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.gold.iob import token_bounds

Ints = NDArray[np.int64]


class ComparedTokens:
    """Selects the tokens of examples that scores compare.

    Predicted whitespace tokens do not count, nor tokens that are not aligned with a single gold token.
    """

    def __init__(self) -> None:
        # For each lexeme table: which rows are whitespace, and how many words had been added when this was computed.
        self._is_space: dict[int, tuple[NDArray[np.bool_], int]] = {}

    def pairs(self, eg: Example) -> tuple[Ints, Ints]:
        """Return the predicted tokens that are aligned with a single gold token, and those gold tokens."""
        is_word = ~self.is_space(eg.predicted)
        alignment = eg.alignment
        if alignment.is_identical:
            tokens = np.flatnonzero(is_word)
            return tokens, tokens
        tokens = np.flatnonzero(is_word & (alignment.x2y.lengths == 1))
        return tokens, alignment.x2y.data[alignment.x2y.starts[tokens]].astype(np.int64)

    def is_space(self, doc: Doc) -> NDArray[np.bool_]:
        """Return which tokens are whitespace."""
        lexemes = doc.vocab.lexemes
        is_space, n_known = self._is_space.get(id(lexemes), (np.zeros(0, dtype=bool), 0))
        if n_known < lexemes.n_came:
            n_came = lexemes.n_came
            newest = lexemes.newest(n_known)
            words = [lexemes.words[row] for row in newest]
            n_rows = max(len(lexemes.words), len(is_space))
            is_space = np.concatenate([is_space, np.zeros(n_rows - len(is_space), dtype=bool)])
            is_space[newest] = np.fromiter(map(str.isspace, words), dtype=bool, count=len(words))
            self._is_space[id(lexemes)] = is_space, n_came
        return is_space[doc.column("LEX")]


def score_tokenization(examples: Iterable[Example], **cfg: Any) -> dict[str, Any]:
    """Score the tokenization; documents whose spacing is unknown are left out.

    Returns:
        `token_acc`, the proportion of predicted tokens that are aligned with a single gold token; `token_p`, `token_r`
        and `token_f` of the token boundaries.
    """
    accuracy, bounds = PRFScore(), PRFScore()
    compared = ComparedTokens()
    for eg in examples:
        if eg.reference.has_unknown_spaces:
            continue
        n_words = int((~compared.is_space(eg.predicted)).sum())
        if eg.alignment.is_identical:
            n_gold = n_right = n_single = n_words
        else:
            gold, predicted = _bounds(eg.reference, compared), _bounds(eg.predicted, compared)
            n_gold, n_right = len(gold), len(gold & predicted)
            n_single = len(compared.pairs(eg)[0])
        accuracy.add(n_single, n_words, n_single)
        bounds.add(n_right, n_words, n_gold)
    return {"token_acc": accuracy.precision if len(accuracy) else None, **prf_scores("token", bounds)}


def _bounds(doc: Doc, compared: ComparedTokens) -> set[tuple[int, int]]:
    is_word = ~compared.is_space(doc)
    starts, ends = token_bounds(doc)
    return set(zip(starts[is_word].tolist(), ends[is_word].tolist(), strict=True))

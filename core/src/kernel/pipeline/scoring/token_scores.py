"""Scores of token attributes: tags, parts of speech, features.

Axes
    X   predicted tokens
    Y   gold tokens
    P   compared predicted tokens: each aligned to one gold token with a known value
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kernel.text.base.measures import PRFScore, by_name, micro_average, prf_scores
from kernel.text.doc.columns import DTYPES
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.gold.tokenization_score import ComparedTokens, Ints
from kernel.text.vocab.morphology import EMPTY_MORPH

Getter = Callable[[Any, str], Any]

#: Values that mean that an attribute is not annotated.
MISSING_VALUES: frozenset[Any] = frozenset({0, None, ""})


class Coder:
    """Encodes attribute values of tokens as numbers, so that arrays of them can be compared."""

    def __init__(self, attr: str, getter: Getter, missing_values: Set[Any]) -> None:
        self._attr = attr
        self._getter = getter
        self._missing_values = missing_values
        name = attr.rstrip("_").upper()
        self._column = name if getter is getattr and name in DTYPES else None
        self._codes: dict[Any, int] = {}

    def codes(self, doc: Doc) -> NDArray[Any]:
        """Return a number for each token's value; equal values have equal numbers in all documents."""
        if self._column is not None:
            return doc.column(self._column)
        codes, getter = self._codes, self._getter
        values = (getter(token, self._attr) for token in doc)
        return np.array([codes.setdefault(value, len(codes)) for value in values], dtype=np.uint64)

    def values(self, doc: Doc) -> dict[int, Any]:
        """Return the values that the numbers of a document stand for."""
        if self._column is None:
            return {code: value for value, code in self._codes.items()}
        return {code: doc.vocab.strings[code] for code in set(self.codes(doc).tolist())}

    def is_known(self, doc: Doc, codes: NDArray[Any]) -> NDArray[np.bool_]:
        """Return which tokens have a value."""
        missing = self._missing_values
        if self._column is None:
            unknown = [code for value, code in self._codes.items() if value in missing]
        else:
            add = doc.vocab.strings.add
            unknown = [add(value) if isinstance(value, str) else int(value or 0) for value in missing]
        is_known: NDArray[np.bool_] = ~np.isin(codes, np.array(unknown, dtype=np.uint64))
        return is_known


def score_token_attr(
    examples: Iterable[Example],
    attr: str,
    *,
    getter: Getter = getattr,
    missing_values: Set[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Score one attribute of tokens.

    Args:
        examples: Predictions with gold annotation.
        attr: The attribute, such as `tag`.
        getter: Returns the attribute of a token; by default whole columns are compared.
        missing_values: Values that mean that a gold token is not annotated; such tokens do not count.
        cfg: Ignored; arguments of other scores.

    Returns:
        `ATTR_acc`; None if no gold token is annotated.
    """
    score = PRFScore()
    coder, compared = Coder(attr, getter, missing_values), ComparedTokens()
    for eg in examples:
        gold_Y, predicted_X = coder.codes(eg.reference), coder.codes(eg.predicted)
        known_Y = coder.is_known(eg.reference, gold_Y)
        tokens_P, gold_P = _known_pairs(eg, compared, known_Y)
        values_P = predicted_X[tokens_P]
        is_right_P = values_P == gold_Y[gold_P]
        if eg.alignment.is_identical:
            n_right, n_predicted = int(is_right_P.sum()), len(values_P)
        else:  # several predicted tokens with one value count once for their gold token
            counted = set(zip(gold_P.tolist(), values_P.tolist(), is_right_P.tolist(), strict=True))
            n_right, n_predicted = sum(is_right for _, _, is_right in counted), len(counted)
        score.add(n_right, n_predicted, int(known_Y.sum()))
    return {f"{attr}_acc": score.fscore if len(score) else None}


def _known_pairs(eg: Example, compared: ComparedTokens, known_Y: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    tokens_X, gold_X = compared.pairs(eg)
    is_known = known_Y[gold_X]
    return tokens_X[is_known], gold_X[is_known]


def score_token_attr_per_feat(
    examples: Iterable[Example],
    attr: str,
    *,
    getter: Getter = getattr,
    missing_values: Set[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Score an attribute that is a list of features, such as `Case=Nom|Number=Sing`, feature by feature.

    Gold tokens without features do not count, as in spaCy; `ATTR_acc` covers the predictions there.

    Args:
        examples: Predictions with gold annotation.
        attr: The attribute, such as `morph`.
        getter: Returns the attribute of a token, as a key of the string store; by default whole columns are
            compared.
        missing_values: Values that mean that a gold token is not annotated; such tokens do not count.
        cfg: Ignored; arguments of other scores.

    Returns:
        `ATTR_micro_p`, `ATTR_micro_r`, `ATTR_micro_f` over all features, and `ATTR_per_feat`.
    """
    coder = Coder(attr, getter, missing_values)
    compared = ComparedTokens()
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for eg in examples:
        gold_Y, predicted_X = coder.codes(eg.reference), coder.codes(eg.predicted)
        features = _features(coder, eg)
        featureless = [code for code, feats in features.items() if not feats]
        known_Y = coder.is_known(eg.reference, gold_Y) & ~np.isin(
            gold_Y, np.array(featureless, dtype=np.uint64)
        )
        tokens_P, gold_P = _known_pairs(eg, compared, known_Y)
        # All predictions for each known gold token: usually one value; none or several if the tokenization
        # differs.
        predicted_of: dict[int, tuple[int, ...]] = dict.fromkeys(np.flatnonzero(known_Y).tolist(), ())
        for gold, code in zip(gold_P.tolist(), predicted_X[tokens_P].tolist(), strict=True):
            predicted_of[gold] += (code,)
        codes_Y = gold_Y.tolist()
        counts = Counter((codes_Y[gold], codes) for gold, codes in predicted_of.items())
        for (gold_code, codes), count in counts.items():
            predicted = set().union(*(features[code] for code in codes))
            _count_features(predicted, features[gold_code], count, scores)
    micro = micro_average(scores.values())
    per_feat = by_name(scores) if len(micro) else None
    return {**prf_scores(f"{attr}_micro", micro), f"{attr}_per_feat": per_feat}


def _features(coder: Coder, eg: Example) -> dict[int, set[str]]:
    values = {**coder.values(eg.reference), **coder.values(eg.predicted)}
    strings = eg.reference.vocab.strings
    feats = {code: strings[value] if isinstance(value, int) else str(value) for code, value in values.items()}
    return {code: set(text.split("|")) - {"", EMPTY_MORPH} for code, text in feats.items()}


def _count_features(predicted: set[str], gold: set[str], count: int, scores: dict[str, PRFScore]) -> None:
    for feature in gold | predicted:
        is_gold, is_predicted = feature in gold, feature in predicted
        score = scores[feature.partition("=")[0]]
        score.add(count * (is_gold and is_predicted), count * is_predicted, count * is_gold)

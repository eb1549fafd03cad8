"""Scores of dependency trees.

Axes
    X   predicted tokens
    Y   gold tokens
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kernel.pipeline.scoring.token_scores import MISSING_VALUES, Getter
from kernel.text.base.measures import PRFScore, by_name
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.gold.tokenization_score import ComparedTokens

#: Token, its head, its label.
Arc = tuple[int, int, Any]


@dataclass
class _ArcScores:
    labelled: PRFScore = field(default_factory=PRFScore)
    unlabelled: PRFScore = field(default_factory=PRFScore)
    by_label: dict[Any, PRFScore] = field(default_factory=lambda: defaultdict(PRFScore))

    def add(self, predicted: set[Arc], gold: set[Arc], n_unaligned: int) -> None:
        """Count the arcs of one document.

        Args:
            predicted: Arcs between predicted tokens that are aligned to one gold token each.
            gold: Arcs of the gold tree.
            n_unaligned: Number of predicted arcs to or from other tokens, all wrong.
        """
        self.labelled.score_set(predicted, gold)
        self.unlabelled.score_set({arc[:2] for arc in predicted}, {arc[:2] for arc in gold})
        self.labelled.fp += n_unaligned
        self.unlabelled.fp += n_unaligned
        for _, _, label in predicted & gold:
            self.by_label[label].tp += 1
        for _, _, label in predicted - gold:
            self.by_label[label].fp += 1
        for _, _, label in gold - predicted:
            self.by_label[label].fn += 1


def score_deps(
    examples: Iterable[Example],
    attr: str,
    *,
    getter: Getter = getattr,
    head_attr: str = "head",
    head_getter: Getter = getattr,
    ignore_labels: Iterable[str] = (),
    missing_values: Set[Any] = MISSING_VALUES,
    **cfg: Any,
) -> dict[str, Any]:
    """Score dependency arcs.

    Args:
        examples: Predictions with gold annotation.
        attr: The label's attribute, `dep`.
        getter: Returns the label of a token; by default labels are read from the column, in lower case.
        head_attr: The head's attribute, `head`.
        head_getter: Returns the head of a token, as a token; by default heads are read from the column.
        ignore_labels: Arcs with these labels do not count.
        missing_values: Labels that mean that a gold token is not annotated; such tokens do not count.
        cfg: Ignored; arguments of other scores.

    Returns:
        `ATTR_uas` and `ATTR_las`, the f-scores of arcs without and with their labels, and
        `ATTR_las_per_type`; None if no gold token is annotated.
    """
    ignored = set(ignore_labels)
    read_labels = _labels_of(attr, getter)
    read_heads = _heads_of(head_attr, head_getter)
    compared = ComparedTokens()
    scores = _ArcScores()
    for eg in examples:
        labels_Y, heads_Y = read_labels(eg.reference), read_heads(eg.reference)
        labels_X, heads_X = read_labels(eg.predicted), read_heads(eg.predicted)
        gold_of = _gold_of(eg)
        is_known_Y = [label not in missing_values for label in labels_Y]
        gold = {
            (i, head, label)
            for i, (head, label, is_known) in enumerate(zip(heads_Y, labels_Y, is_known_Y, strict=True))
            if is_known and label not in ignored
        }
        predicted: set[Arc] = set()
        n_unaligned = 0
        for i in np.flatnonzero(~compared.is_space(eg.predicted)).tolist():
            token, label = gold_of[i], labels_X[i]
            if label in ignored or (token >= 0 and not is_known_Y[token]):
                continue
            if token < 0 or gold_of[heads_X[i]] < 0:
                n_unaligned += 1
            else:
                predicted.add((token, gold_of[heads_X[i]], label))
        scores.add(predicted, gold, n_unaligned)
    if not len(scores.unlabelled):
        return {f"{attr}_uas": None, f"{attr}_las": None, f"{attr}_las_per_type": None}
    return {
        f"{attr}_uas": scores.unlabelled.fscore,
        f"{attr}_las": scores.labelled.fscore,
        f"{attr}_las_per_type": by_name(scores.by_label),
    }


def _gold_of(eg: Example) -> list[int]:
    """Return the gold token that each predicted token is aligned to; -1 if there is not exactly one."""
    alignment = eg.alignment
    if alignment.is_identical:
        return list(range(len(eg.predicted)))
    is_single = alignment.x2y.lengths == 1
    gold_X = np.full(len(is_single), -1)
    gold_X[is_single] = alignment.x2y.data[alignment.x2y.starts[is_single]]
    tokens: list[int] = gold_X.tolist()
    return tokens


def _labels_of(attr: str, getter: Getter) -> Callable[[Doc], Sequence[Any]]:
    if getter is not getattr or attr not in ("dep", "dep_"):
        return lambda doc: [getter(token, attr) for token in doc]
    lowered: dict[int, str] = {0: ""}

    def read(doc: Doc) -> Sequence[Any]:
        keys = doc.column("DEP").tolist()
        for key in set(keys) - lowered.keys():
            lowered[key] = doc.vocab.strings[key].lower()
        return [lowered[key] for key in keys]

    return read


def _heads_of(attr: str, getter: Getter) -> Callable[[Doc], Sequence[int]]:
    if getter is not getattr or attr != "head":
        return lambda doc: [getter(token, attr).i for token in doc]
    return lambda doc: (doc.column("HEAD") + np.arange(len(doc))).tolist()

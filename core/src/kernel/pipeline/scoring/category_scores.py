"""Scores of document categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kernel.text.base.measures import PRFScore, ROCAUCScore, by_name, micro_average
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example

Cats = Mapping[str, float]

_TINY = 1e-100


def score_cats(
    examples: Iterable[Example],
    attr: str,
    *,
    getter: Callable[[Doc, str], Cats] = getattr,
    labels: Iterable[str] = (),
    multi_label: bool = True,
    positive_label: str | None = None,
    threshold: float | None = None,
    **cfg: Any,
) -> dict[str, Any]:
    """Score categories; a label missing from the gold annotation of a document is not scored there.

    The scores equal those of spaCy's `Scorer.score_cats`; `benchmarks/textcat/scores.py` compares them.

    Args:
        examples: Predictions with gold annotation.
        attr: The attribute of documents that holds the categories, `cats`.
        getter: Returns the categories of a document.
        labels: All labels.
        multi_label: Whether a document may have several labels; otherwise the best ones are compared.
        positive_label: Of two exclusive labels, the one whose f-score is the main score.
        threshold: The score from which a label counts as predicted, by default 0.5; of exclusive labels
            the best one counts, however low its score.
        cfg: Ignored; arguments of other scores.

    Returns:
        `ATTR_score`, the main score, which `ATTR_score_desc` describes; `ATTR_micro_p`, `_r`, `_f`,
        `ATTR_macro_p`, `_r`, `_f`, `ATTR_macro_auc`, `ATTR_f_per_type`, `ATTR_auc_per_type`.
    """
    names = sorted(set(labels))
    f_scores = {name: PRFScore() for name in names}
    areas = {name: ROCAUCScore() for name in names}
    for eg in examples:
        predicted = {name: score for name, score in getter(eg.predicted, attr).items() if name in f_scores}
        gold = {name: score for name, score in getter(eg.reference, attr).items() if name in f_scores}
        _count_areas(areas, predicted, gold, is_exclusive=not multi_label)
        if multi_label:
            _count_each(f_scores, predicted, gold, 0.5 if threshold is None else threshold)
        else:
            _count_best(f_scores, predicted, gold)
    return _results(attr, f_scores, areas, None if multi_label else (positive_label or ""))


def _count_areas(areas: dict[str, ROCAUCScore], predicted: Cats, gold: Cats, is_exclusive: bool) -> None:
    for name, area in areas.items():
        # Of exclusive labels, one that is not listed counts as wrong.
        if name in gold or is_exclusive:
            area.score_set(predicted.get(name, 0.0), gold.get(name, 0.0))


def _count_each(f_scores: dict[str, PRFScore], predicted: Cats, gold: Cats, threshold: float) -> None:
    for name, value in gold.items():
        is_predicted = predicted.get(name, 0.0) >= threshold
        f_scores[name].add(int(is_predicted and value > 0), int(is_predicted), int(value > 0))


def _count_best(f_scores: dict[str, PRFScore], predicted: Cats, gold: Cats) -> None:
    best = max(predicted, key=predicted.__getitem__, default=None)
    right = max(gold, key=gold.__getitem__, default=None)
    # If all gold categories are 0, the first counts as right, as in spaCy; without a prediction none does.
    if right is not None and best is None and gold[right] <= 0:
        right = None
    if best is not None:
        f_scores[best].tp += best == right
        f_scores[best].fp += best != right
    if right is not None:
        f_scores[right].fn += best != right


def _results(
    attr: str, f_scores: dict[str, PRFScore], areas: dict[str, ROCAUCScore], positive_label: str | None
) -> dict[str, Any]:
    """Compute the averages; `positive_label` is None if documents may have several labels."""
    n_labels = len(f_scores) + _TINY
    micro = micro_average(f_scores.values())
    macro_f = sum(score.fscore for score in f_scores.values()) / n_labels
    # Labels without both positive and negative gold annotation add nothing but count in the mean, so that omitting
    # annotation cannot raise the score.
    auc = {name: area.score if area.is_binary() else None for name, area in areas.items()}
    macro_auc = sum(value or 0.0 for value in auc.values()) / n_labels
    if positive_label is None:
        main, description = macro_auc, "macro AUC"
    elif positive_label in f_scores and len(f_scores) == 2:
        main, description = f_scores[positive_label].fscore, f"F ({positive_label})"
    else:
        main, description = macro_f, "macro F"
    return {
        f"{attr}_score": main,
        f"{attr}_score_desc": description,
        f"{attr}_micro_p": micro.precision,
        f"{attr}_micro_r": micro.recall,
        f"{attr}_micro_f": micro.fscore,
        f"{attr}_macro_p": sum(score.precision for score in f_scores.values()) / n_labels,
        f"{attr}_macro_r": sum(score.recall for score in f_scores.values()) / n_labels,
        f"{attr}_macro_f": macro_f,
        f"{attr}_macro_auc": macro_auc,
        f"{attr}_f_per_type": by_name(f_scores),
        f"{attr}_auc_per_type": auc,
    }

"""Scores of categories: checked by hand, and against counting one document and one label at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from kernel.vocab import Vocab

VOCAB = Vocab()
LABELS = ["A", "B", "C"]
Cats = Mapping[str, float]

gold_cats = st.dictionaries(st.sampled_from([*LABELS, "other"]), st.sampled_from([0.0, 1.0]))
predicted_cats = st.dictionaries(
    st.sampled_from([*LABELS, "other"]), st.sampled_from([0.0, 0.2, 0.5, 0.8, 1.0])
)
corpora = st.lists(st.tuples(predicted_cats, gold_cats), max_size=8)


def score(pairs: list[tuple[Cats, Cats]], **settings: Any) -> dict[str, Any]:
    """Score documents with these predicted and gold categories."""
    examples = []
    for predicted, gold in pairs:
        eg = Example(Doc(VOCAB, words=["a"]), Doc(VOCAB, words=["a"]))
        eg.predicted.cats, eg.reference.cats = dict(predicted), dict(gold)
        examples.append(eg)
    return Scorer.score_cats(examples, "cats", **{"labels": LABELS, **settings})


def prf(tp: int, fp: int, fn: int) -> dict[str, float]:
    p, r = (tp / total if total else 0.0 for total in (tp + fp, tp + fn))
    return {"p": p, "r": r, "f": 2 * p * r / (p + r) if p + r else 0.0}


def area(pairs: list[tuple[float, float]]) -> float | None:
    """Count the pairs of a right and a wrong item in which the right one scores higher; ties count half."""
    right, wrong = ([score for score, gold in pairs if gold == value] for value in (1.0, 0.0))
    if not right or not wrong:
        return None
    won = sum((one > other) + 0.5 * (one == other) for one in right for other in wrong)
    return won / (len(right) * len(wrong))


@given(pairs=corpora, threshold=st.sampled_from([None, 0.2, 0.5, 0.9]))
def test_labels_of_which_several_may_hold_are_counted_each(
    pairs: list[tuple[Cats, Cats]], threshold: float | None
) -> None:
    scores = score(pairs, threshold=threshold)

    limit = 0.5 if threshold is None else threshold
    areas = []
    for label in LABELS:
        known = [(predicted.get(label, 0.0), gold[label]) for predicted, gold in pairs if label in gold]
        tp = sum(guess >= limit and gold == 1.0 for guess, gold in known)
        fp = sum(guess >= limit and gold == 0.0 for guess, gold in known)
        fn = sum(guess < limit and gold == 1.0 for guess, gold in known)
        assert scores["cats_f_per_type"][label] == pytest.approx(prf(tp, fp, fn))
        areas.append(area(known))
        assert scores["cats_auc_per_type"][label] == pytest.approx(areas[-1])
    assert scores["cats_macro_auc"] == pytest.approx(sum(each or 0.0 for each in areas) / 3)
    assert scores["cats_score"] == scores["cats_macro_auc"]


@given(pairs=corpora)
def test_of_labels_that_exclude_each_other_the_best_are_compared(pairs: list[tuple[Cats, Cats]]) -> None:
    scores = score(pairs, multi_label=False)

    counts = {label: [0, 0, 0] for label in LABELS}
    for whole_predicted, whole_gold in pairs:
        predicted = {label: value for label, value in whole_predicted.items() if label in LABELS}
        gold = {label: value for label, value in whole_gold.items() if label in LABELS}
        best = max(predicted, key=lambda label: predicted[label], default=None)
        right = max(gold, key=lambda label: gold[label], default=None)
        if best is None and right is not None and gold[right] == 0.0:
            right = None
        if best is not None:
            counts[best][0 if best == right else 1] += 1
        if right is not None and best != right:
            counts[right][2] += 1
    expected = {label: prf(*counts[label]) for label in LABELS}
    assert {label: pytest.approx(each) for label, each in scores["cats_f_per_type"].items()} == expected
    for letter in "prf":
        mean = sum(each[letter] for each in expected.values()) / 3
        assert scores[f"cats_macro_{letter}"] == pytest.approx(mean)
    totals = prf(*(sum(column) for column in zip(*counts.values(), strict=True)))
    assert {letter: scores[f"cats_micro_{letter}"] for letter in "prf"} == pytest.approx(totals)
    assert scores["cats_score"] == scores["cats_macro_f"]


def test_of_a_document_whose_exclusive_categories_are_all_0_the_first_counts_as_right() -> None:
    scores = score([({"A": 0.6, "B": 0.4}, {"A": 0.0, "B": 0.0})], multi_label=False)

    assert scores["cats_f_per_type"]["A"] == {"p": 1.0, "r": 1.0, "f": 1.0}
    assert scores["cats_micro_f"] == 1.0


def test_a_threshold_plays_no_part_where_labels_exclude_each_other() -> None:
    pairs: list[tuple[Cats, Cats]] = [({"A": 0.4, "B": 0.3, "C": 0.3}, {"A": 1.0})]

    assert score(pairs, multi_label=False, threshold=0.9) == score(pairs, multi_label=False)


def test_a_positive_label_counts_only_beside_one_other() -> None:
    pairs: list[tuple[Cats, Cats]] = [({"A": 0.9}, {"A": 1.0}), ({"B": 0.9}, {"A": 1.0, "B": 0.0})]

    of_two = score(pairs, labels=["A", "B"], multi_label=False, positive_label="A")
    of_three = score(pairs, multi_label=False, positive_label="A")

    assert (of_two["cats_score_desc"], of_two["cats_score"]) == ("F (A)", pytest.approx(2 / 3))
    assert of_three["cats_score_desc"] == "macro F"

"""Scores of entity links: the knowledge base entries that entities refer to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kernel.text.base.measures import PRFScore, by_name, micro_average, prf_scores
from kernel.text.gold.example import Example


def score_links(examples: Iterable[Example], *, negative_labels: Iterable[str], **cfg: Any) -> dict[str, Any]:
    """Score the links of entities that cover the same characters in prediction and gold, with any label.

    Args:
        examples: Predictions with gold annotation.
        negative_labels: Values that mean that there is no link, such as `NIL`.
        cfg: Ignored; arguments of other scores.

    Returns:
        `nel_score`, the f-score over all links, and `nel_score_desc`; `nel_micro_p`, `nel_micro_r`, `nel_micro_f` over
        all links, `nel_macro_p`, `nel_macro_r`, `nel_macro_f` as means over the gold entities' labels, and
        `nel_f_per_type`. Scores are None if there is nothing to score.
    """
    no_link = set(negative_labels)
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for eg in examples:
        predicted = {(ent.start_char, ent.end_char): ent.kb_id_ for ent in eg.predicted.ents}
        for ent in eg.reference.ents:
            link = predicted.get((ent.start_char, ent.end_char))
            if link is not None:
                links, gold = {link} - no_link, {ent.kb_id_} - no_link
                scores[ent.label_].score_set(links, gold)
    micro = prf_scores("nel_micro", micro_average(scores.values()))
    per_type = by_name(scores)
    means = {letter: _mean(numbers[letter] for numbers in per_type.values()) for letter in "prf"}
    return {
        "nel_score": micro["nel_micro_f"],
        "nel_score_desc": "micro F",
        **micro,
        **{f"nel_macro_{letter}": mean for letter, mean in means.items()},
        "nel_f_per_type": per_type,
    }


def _mean(numbers: Iterable[float]) -> float | None:
    values = list(numbers)
    return sum(values) / len(values) if values else None

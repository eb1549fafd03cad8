"""Scores of entity links: which entry of a knowledge base an entity stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from kernel.text.base.measures import PRFScore, by_name, micro_average, prf_scores
from kernel.text.gold.example import Example


def score_links(examples: Iterable[Example], *, negative_labels: Iterable[str], **cfg: Any) -> dict[str, Any]:
    """Score the links of entities that are both predicted and gold, with the same characters and any label.

    Args:
        examples: Predictions beside gold annotation.
        negative_labels: Links that say that there is none, such as `NIL`.
        cfg: Not used; what other scores take.

    Returns:
        `nel_score`, the F of all links together, and `nel_score_desc`; `nel_micro_p`, `nel_micro_r`, `nel_micro_f` of
        all links together, `nel_macro_p`, `nel_macro_r`, `nel_macro_f` as means over the gold entities' labels, and
        `nel_f_per_type`. Numbers are None where there is nothing to score.
    """
    no_link = set(negative_labels)
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for eg in examples:
        predicted = {(ent.start_char, ent.end_char): ent.kb_id_ for ent in eg.predicted.ents}
        for ent in eg.reference.ents:
            link = predicted.get((ent.start_char, ent.end_char))
            if link is not None:
                found, gold = {link} - no_link, {ent.kb_id_} - no_link
                scores[ent.label_].score_set(found, gold)
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
    listed = list(numbers)
    return sum(listed) / len(listed) if listed else None

"""Scores of spans: sentences, entities, span groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from kernel.text.base.measures import PRFScore, by_name, micro_average, prf_scores
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example

SpansGetter = Callable[[Doc, str], Iterable[Span]]
SpanKey = tuple[str, int, int]


def score_spans(
    examples: Iterable[Example],
    attr: str,
    *,
    getter: SpansGetter = getattr,
    has_annotation: Callable[[Doc], bool] | None = None,
    labeled: bool = True,
    allow_overlap: bool = False,
    **cfg: Any,
) -> dict[str, Any]:
    """Score spans, which are correct if they match the tokens and label of a gold span.

    Args:
        examples: Predictions with gold annotation.
        attr: The attribute of documents that holds the spans, such as `ents`.
        getter: Returns the spans of a document.
        has_annotation: Returns whether a gold document is annotated; others are skipped.
        labeled: Whether the label must match as well.
        allow_overlap: Whether spans may overlap; otherwise the later of two does not count.
        cfg: Ignored; arguments of other scores.

    Returns:
        `ATTR_p`, `ATTR_r`, `ATTR_f` and, if labeled, `ATTR_per_type`; None if there are no spans.
    """
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for eg in examples:
        if has_annotation is not None and not has_annotation(eg.reference):
            continue
        gold = {_key(span, labeled) for span in getter(eg.reference, attr)}
        predicted_spans = getter(eg.predicted, attr)
        aligned = eg.get_aligned_spans_x2y(predicted_spans, allow_overlap)
        _count(scores, {_key(span, labeled) for span in aligned}, gold)
    return _results(attr, scores, labeled)


def get_ner_prf(examples: Iterable[Example], **cfg: Any) -> dict[str, Any]:
    """Score entities; predictions on gold tokens without entity annotation do not count.

    Returns:
        `ents_p`, `ents_r`, `ents_f` and `ents_per_type`; None if nothing is annotated.
    """
    scores: dict[str, PRFScore] = defaultdict(PRFScore)
    for eg in examples:
        if not eg.reference.has_annotation("ENT_IOB"):
            continue
        gold = {_key(ent, True) for ent in eg.reference.ents}
        is_known = eg.reference.column("ENT_IOB") != 0
        for ent in eg.predicted.ents:
            tokens = eg.alignment.x2y[ent.start : ent.end]
            if not len(tokens) or not is_known[tokens[0] : tokens[-1] + 1].all():
                continue
            key = (ent.label_, int(tokens[0]), int(tokens[-1]) + 1)
            scores[ent.label_].tp += key in gold
            scores[ent.label_].fp += key not in gold
            gold.discard(key)  # a gold entity matches one prediction only
        for label, _, _ in gold:
            scores[label].fn += 1
    return _results("ents", scores, labeled=True)


def _key(span: Span, labeled: bool) -> SpanKey:
    return (span.label_ if labeled else "", span.start, span.end)


def _count(scores: dict[str, PRFScore], predicted: set[SpanKey], gold: set[SpanKey]) -> None:
    for label, _, _ in predicted & gold:
        scores[label].tp += 1
    for label, _, _ in predicted - gold:
        scores[label].fp += 1
    for label, _, _ in gold - predicted:
        scores[label].fn += 1


def _results(attr: str, scores: dict[str, PRFScore], labeled: bool) -> dict[str, Any]:
    score = micro_average(scores.values())
    per_type = {f"{attr}_per_type": by_name(scores) if len(score) else None} if labeled else {}
    return {**prf_scores(attr, score), **per_type}

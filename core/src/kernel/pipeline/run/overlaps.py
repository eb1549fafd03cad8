"""Select spans that do not overlap."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.text.doc.span import Span


def filter_spans(spans: Iterable[Span]) -> list[Span]:
    """Keep the longest spans, and the first of equally long ones, so that no two share a token.

    Returns:
        The spans that are kept, in text order.
    """
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        tokens = range(span.start, span.end)
        if taken.isdisjoint(tokens):
            kept.append(span)
            taken.update(tokens)
    return sorted(kept, key=lambda span: span.start)

"""Spans that do not overlap, out of some that do."""

from __future__ import annotations

from collections.abc import Iterable

from kernel.text.doc.span import Span


def filter_spans(spans: Iterable[Span]) -> list[Span]:
    """Keep the longest spans, and of equally long ones the first, so that no two share a token.

    Returns:
        The spans in the order of the text.
    """
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda span: (span.start - span.end, span.start)):
        tokens = range(span.start, span.end)
        if taken.isdisjoint(tokens):
            kept.append(span)
            taken.update(tokens)
    return sorted(kept, key=lambda span: span.start)

"""Documents as columns, and the views `Token`, `Span` and `SpanGroup`."""

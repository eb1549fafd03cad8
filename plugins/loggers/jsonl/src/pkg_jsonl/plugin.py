"""Names that pkg-jsonl adds."""

"""Names that pkg-readers adds."""

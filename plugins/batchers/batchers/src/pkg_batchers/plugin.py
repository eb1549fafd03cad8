"""Names that pkg-batchers adds."""

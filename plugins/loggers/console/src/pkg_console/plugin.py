"""Names that pkg-console adds."""

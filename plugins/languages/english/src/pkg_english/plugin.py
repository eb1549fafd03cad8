"""Names that pkg-english adds."""

"""Names that pkg-tagger adds."""

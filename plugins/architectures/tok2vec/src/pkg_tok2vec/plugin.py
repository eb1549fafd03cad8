"""Names that pkg-tok2vec adds."""

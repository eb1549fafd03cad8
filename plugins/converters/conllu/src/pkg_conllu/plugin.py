"""Names that pkg-conllu adds."""

"""Names that pkg-morphologizer adds."""

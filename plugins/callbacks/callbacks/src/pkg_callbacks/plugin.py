"""Names that pkg-callbacks adds."""

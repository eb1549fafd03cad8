"""Annotated text of other formats into training data."""

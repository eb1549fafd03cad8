"""Convert annotated text in other formats to training data."""

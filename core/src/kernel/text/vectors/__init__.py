"""Word vectors: the table, its file formats, pruning."""

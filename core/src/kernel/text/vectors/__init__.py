"""Word vectors: the table, its file formats and pruning."""

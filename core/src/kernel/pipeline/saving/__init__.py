"""A pipeline's folder: weights, meta data, checksums, user code."""

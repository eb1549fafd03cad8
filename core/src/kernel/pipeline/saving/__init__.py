"""Saved pipelines: weights, metadata, checksums and user code."""

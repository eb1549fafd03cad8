"""The folder of a run: lock, manifest, checkpoints, saved models, and how to resume."""

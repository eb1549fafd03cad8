"""The output folder of a run: lock, manifest, checkpoints, saved models, and resuming."""

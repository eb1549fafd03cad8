"""The training loop: batches go in, steps come out, evaluated on the development corpus."""

"""The training loop: batches in, steps out, the development corpus scored."""

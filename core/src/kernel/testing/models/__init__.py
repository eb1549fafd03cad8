"""Checks of layers, architectures, initializers, losses, optimizers and schedules."""

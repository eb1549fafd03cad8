"""One real use of pkg-losses, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import numpy as np

from kernel.registry import registry

loss = registry.get("losses", "kernel.CrossEntropy.v1")(class_weights={"rare": 10.0})
guesses = np.array([[0.9, 0.1], [0.9, 0.1]], dtype="float32")
truths = np.array([[1.0, 0.0], [0.0, 1.0]], dtype="float32")
gradient, value = loss.for_labels(["usual", "rare"])(guesses, truths)

np.testing.assert_allclose(gradient, [[-0.1, 0.1], [9.0, -9.0]], rtol=1e-5)
assert value > 0

"""One real use of pkg-torch, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import numpy as np

from kernel.pipeline.saving.weights import model_from_bytes, model_to_bytes
from kernel.registry import registry
from kernel.util import fix_random_seed

make = registry.architectures.get("kernel.TorchBiLSTMEncoder.v1")
fix_random_seed(1)
model = make(width=4, depth=2)
Xs = [np.ones((3, 4), dtype="float32"), np.ones((1, 4), dtype="float32")]
Ys = model.predict(Xs)
other = make(width=4, depth=2)
model_from_bytes(other, model_to_bytes(model))

assert [Y.shape for Y in Ys] == [(3, 4), (1, 4)]
assert all(np.array_equal(Y, Z) for Y, Z in zip(Ys, other.predict(Xs), strict=True))

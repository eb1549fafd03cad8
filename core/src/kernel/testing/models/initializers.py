"""The check of initializers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

SHAPES: tuple[tuple[int, ...], ...] = ((3, 5), (2, 3, 4))


def check_initializer(
    initializer: Callable[..., Any], shapes: Sequence[tuple[int, ...]] = SHAPES, *, seed: int = 0
) -> list[Any]:
    """Check that an initializer returns finite float32 arrays, reproducibly, on the device of its ops.

    Args:
        initializer: The factory's product: a function from ops and a shape to an array.
        shapes: The shapes to try.
        seed: The random seed.

    Returns:
        The arrays, for further assertions.
    """
    import numpy as np

    from kernel.pipeline.run.ops import KernelNumpyOps
    from kernel.pipeline.run.seeding import fix_random_seed
    from kernel.testing.models.devices import DeviceArray, on_a_device

    ops, arrays = KernelNumpyOps(), []
    for shape in shapes:
        fix_random_seed(seed)
        array = initializer(ops, shape)
        fix_random_seed(seed)
        again = initializer(ops, shape)
        assert array.shape == shape, f"for shape {shape}, it returns shape {array.shape}"
        assert array.dtype == np.float32, f"it returns {array.dtype}, not float32"
        assert np.isfinite(array).all(), f"for shape {shape}, it returns values that are not finite"
        assert np.array_equal(array, again), "the same seed gives different arrays"
        with on_a_device() as device:
            fix_random_seed(seed)
            on_device = initializer(device, shape)
        assert isinstance(on_device, DeviceArray), (
            "on a device it returns a NumPy array; use the ops it is called with"
        )
        arrays.append(array)
    return arrays

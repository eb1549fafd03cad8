"""What every initializer of parameters must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

SHAPES: tuple[tuple[int, ...], ...] = ((3, 5), (2, 3, 4))


def check_initializer(
    initializer: Callable[..., Any], shapes: Sequence[tuple[int, ...]] = SHAPES, *, seed: int = 0
) -> list[Any]:
    """Check that an initializer makes finite float32 arrays of a shape, by the seed, on the device of its ops.

    Args:
        initializer: What the factory made: from ops and a shape to an array.
        shapes: Shapes to make.
        seed: Of the random draws.

    Returns:
        The arrays, for the test to look at.
    """
    import numpy as np

    from kernel.pipeline.run.ops import KernelNumpyOps
    from kernel.pipeline.run.seeding import fix_random_seed
    from kernel.testing.models.devices import DeviceArray, on_a_device

    ops, made = KernelNumpyOps(), []
    for shape in shapes:
        fix_random_seed(seed)
        array = initializer(ops, shape)
        fix_random_seed(seed)
        again = initializer(ops, shape)
        assert array.shape == shape, f"asked for the shape {shape}, it makes {array.shape}"
        assert array.dtype == np.float32, f"it makes {array.dtype}, not float32"
        assert np.isfinite(array).all(), f"of the shape {shape}, it makes what is not finite"
        assert np.array_equal(array, again), "with one seed it makes two different arrays"
        with on_a_device() as device:
            fix_random_seed(seed)
            there = initializer(device, shape)
        assert isinstance(there, DeviceArray), (
            "on a device it makes an array of NumPy's; use the ops it is given"
        )
        made.append(array)
    return made

"""Select the device that arrays live on: the CPU or a GPU."""

from __future__ import annotations

from kernel.errors import ConfigError


def use_device(gpu_id: int, allocator: str | None = None, *, deterministic: bool = False) -> None:
    """Select the device for everything that is built from now on.

    Args:
        gpu_id: GPU number; -1 for the CPU.
        allocator: The library whose memory pool the GPU uses, "pytorch" or "tensorflow"; the default pool when None.
        deterministic: Whether two runs must produce the same bytes, as they do on the CPU.

    Raises:
        ConfigError: There is no such GPU, or `deterministic` is set, which a GPU cannot guarantee.
    """
    if gpu_id < 0:
        return
    if deterministic:
        raise ConfigError(
            f"[training] deterministic: on a GPU, scatter_add adds in no fixed order, so two runs differ, got true "
            f"with GPU {gpu_id}; train on the CPU (--gpu-id -1), or set it to false"
        )
    from thinc.api import require_gpu, set_gpu_allocator

    try:
        require_gpu(gpu_id)
    except (ValueError, ImportError, RuntimeError) as exc:
        raise ConfigError(
            f"--gpu-id: no GPU can be used, got {gpu_id}; if there is one, install pkg-kernel[cuda13x], "
            "[cuda12x] or [cuda11x], to match its driver"
        ) from exc
    if allocator:
        set_gpu_allocator(allocator)

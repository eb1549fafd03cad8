"""Where arrays live."""

from __future__ import annotations

from kernel.errors import ConfigError


def use_device(gpu_id: int, allocator: str | None = None) -> None:
    """Choose the processor for everything that is built from now on.

    Args:
        gpu_id: Number of the GPU, -1 for the CPU.
        allocator: Whose memory pool the GPU uses: "pytorch", "tensorflow", or the default one.

    Raises:
        ConfigError: There is no such GPU.
    """
    if gpu_id < 0:
        return
    from thinc.api import require_gpu, set_gpu_allocator

    try:
        require_gpu(gpu_id)
    except (ValueError, ImportError, RuntimeError) as exc:
        raise ConfigError(
            f"--gpu-id: no GPU can be used, got {gpu_id}; install pkg-kernel[cuda12x] where there is one"
        ) from exc
    if allocator:
        set_gpu_allocator(allocator)

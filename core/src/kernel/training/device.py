"""Where arrays live."""

from __future__ import annotations

from kernel.errors import ConfigError


def use_device(gpu_id: int, allocator: str | None = None, *, deterministic: bool = False) -> None:
    """Choose the processor for everything that is built from now on.

    Args:
        gpu_id: Number of the GPU, -1 for the CPU.
        allocator: Whose memory pool the GPU uses: "pytorch", "tensorflow", or the default one.
        deterministic: Whether two runs must give the same bytes, as they do on the CPU.

    Raises:
        ConfigError: There is no such GPU, or it cannot promise that.
    """
    if gpu_id < 0:
        return
    if deterministic:
        raise ConfigError(
            f"[training] deterministic: on a GPU scatter_add adds in no fixed order, so that two runs differ, got true "
            f"with GPU {gpu_id}; train on the CPU (--gpu-id -1), or set it to false"
        )
    from thinc.api import require_gpu, set_gpu_allocator

    try:
        require_gpu(gpu_id)
    except (ValueError, ImportError, RuntimeError) as exc:
        raise ConfigError(
            f"--gpu-id: no GPU can be used, got {gpu_id}; where there is one, install pkg-kernel[cuda13x], or "
            "cuda12x or cuda11x, as its driver asks"
        ) from exc
    if allocator:
        set_gpu_allocator(allocator)

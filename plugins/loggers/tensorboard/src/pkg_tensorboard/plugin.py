"""Names that pkg-tensorboard adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the logger."""
    return {"kernel.TensorboardLogger.v1": "pkg_tensorboard.logger:tensorboard_logger"}

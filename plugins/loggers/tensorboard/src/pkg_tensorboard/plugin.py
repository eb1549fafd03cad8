"""The names that pkg-tensorboard registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.TensorboardLogger.v1": "pkg_tensorboard.logger:tensorboard_logger"}

"""The names that pkg-wandb registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.WandbLogger.v1": "pkg_wandb.logger:wandb_logger"}

"""Names that pkg-wandb adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the logger."""
    return {"kernel.WandbLogger.v1": "pkg_wandb.logger:wandb_logger"}

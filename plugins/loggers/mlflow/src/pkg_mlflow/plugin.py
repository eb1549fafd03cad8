"""Names that pkg-mlflow adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the logger."""
    return {"kernel.MLflowLogger.v1": "pkg_mlflow.logger:mlflow_logger"}

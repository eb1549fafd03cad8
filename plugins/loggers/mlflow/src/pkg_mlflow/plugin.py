"""The names that pkg-mlflow registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.MLflowLogger.v1": "pkg_mlflow.logger:mlflow_logger"}

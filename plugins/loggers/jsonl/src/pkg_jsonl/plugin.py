"""The names that pkg-jsonl registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.JsonlLogger.v1": "pkg_jsonl.logger:jsonl_logger"}

"""Names that pkg-jsonl adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the JSONL logger."""
    return {"kernel.JsonlLogger.v1": "pkg_jsonl.logger:jsonl_logger"}

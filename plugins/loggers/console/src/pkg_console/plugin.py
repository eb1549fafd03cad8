"""Names that pkg-console adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the console logger."""
    return {"kernel.ConsoleLogger.v1": "pkg_console.logger:console_logger"}

"""The names that pkg-console registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.ConsoleLogger.v1": "pkg_console.logger:console_logger"}

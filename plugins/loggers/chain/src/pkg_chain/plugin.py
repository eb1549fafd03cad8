"""The names that pkg-chain registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Return the logger by name."""
    return {"kernel.ChainLogger.v1": "pkg_chain.logger:chain_logger"}

"""Names that pkg-chain adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_loggers() -> dict[str, str]:
    """Name the chain of loggers."""
    return {"kernel.ChainLogger.v1": "pkg_chain.logger:chain_logger"}

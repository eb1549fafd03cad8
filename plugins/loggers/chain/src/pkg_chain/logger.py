"""The chain of loggers, as configs for spaCy have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.training.loggers.logger_list import chained


def chain_logger(strict: bool = False, **loggers: Any) -> Callable[..., Any]:
    """Create a logger that tells others, in the order in which their sections stand.

    Args:
        strict: Whether a failure of any of them ends the run; each may say so for itself.
        loggers: Name to logger, each a section with `@loggers`; null leaves one out.

    Raises:
        ConfigError: There is none, or one is no logger.
    """
    return chained(loggers, "training.logger", strict=strict)

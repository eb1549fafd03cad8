"""A logger that calls several loggers, as in configs for spaCy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.training.loggers.logger_list import chained


def chain_logger(strict: bool = False, **loggers: Any) -> Callable[..., Any]:
    """Create a logger that calls other loggers, in the order of their sections.

    Args:
        strict: Whether a failure of any logger stops the run; each logger may also set this for itself.
        loggers: The loggers by name, each a section with `@loggers`; null leaves one out.

    Raises:
        ConfigError: There are no loggers, or one is not a logger.
    """
    return chained(loggers, "training.logger", strict=strict)

"""Combine several loggers for one run, each guarded by itself: where one fails, the others continue."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from kernel.config.rules.reserved_keys import marked
from kernel.contracts.capabilities import is_strict
from kernel.errors import ConfigAddress, ConfigError, KernelError
from kernel.training.loggers.guarded_logger import GuardedLogger
from kernel.training.run import Header


def chained(
    loggers: Mapping[str, Any], section: str, *, strict: bool = False
) -> Callable[..., tuple[LoggerList, Callable[..., None]]]:
    """Combine several loggers into one that calls them in order.

    Args:
        loggers: Loggers by name; None skips one.
        section: Dotted path of the section that contains theirs, for messages.
        strict: Whether a failure of any of them ends the run; each may also set this for itself.

    Raises:
        ConfigError: There are no loggers, or one of them is not a logger.
    """
    parts = {name: setup for name, setup in loggers.items() if setup is not None}
    if not parts:
        raise ConfigError(
            "expected loggers",
            where=ConfigAddress(section),
            got="none",
            advice=f"add a section [{section}.NAME] with @loggers for each",
        )
    for name, setup in parts.items():
        if not callable(setup):
            where = ConfigAddress(section, name)
            raise ConfigError("expected a section with @loggers", where=where, got=repr(setup))

    def setup_logger(
        nlp: Any,
        stdout: IO[str] = sys.stdout,
        stderr: IO[str] = sys.stderr,
        header: Header | None = None,
    ) -> tuple[LoggerList, Callable[..., None]]:
        guarded: dict[str, GuardedLogger] = {}
        for name, setup in parts.items():
            setup = marked(setup, {"strict": True}) if strict else setup
            where = ConfigAddress(f"{section}.{name}")
            guarded[name] = GuardedLogger(setup, nlp, stdout, stderr, where, header)
        logger_list = LoggerList(guarded)
        return logger_list, logger_list.close

    setup_logger.strict = strict or any(map(is_strict, parts.values()))  # type: ignore[attr-defined]
    return setup_logger


class LoggerList:
    """Calls each of several loggers.

    Args:
        loggers: Guarded loggers by name.
    """

    def __init__(self, loggers: Mapping[str, GuardedLogger]) -> None:
        self.loggers = loggers

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Pass a step to each logger."""
        for logger in self.loggers.values():
            logger(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """Close every logger; then raise the first error of a strict one, if there was one."""
        errors: list[KernelError] = []
        for logger in self.loggers.values():
            try:
                logger.close(stopped)
            except KernelError as exc:  # a strict logger's own, or LoggerFailed
                errors.append(exc)
        if errors:
            raise errors[0]

    def state(self) -> dict[str, Any]:
        """Return what each logger needs to resume, by name."""
        return {name: logger.state() for name, logger in self.loggers.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore each logger from the state saved under its name."""
        for name, logger in self.loggers.items():
            logger.restore(state.get(name))

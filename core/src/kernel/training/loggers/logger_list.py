"""Several loggers for one run, each watched by itself: where one fails, the others go on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import IO, Any

from kernel.config.rules.reserved_keys import marked
from kernel.contracts.capabilities import is_strict
from kernel.errors import ConfigAddress, ConfigError, LoggerFailed
from kernel.training.loggers.guarded_logger import GuardedLogger
from kernel.training.run import Header


def chained(
    loggers: Mapping[str, Any], section: str, *, strict: bool = False
) -> Callable[..., tuple[LoggerList, Callable[..., None]]]:
    """Make one logger of several, which are told in their order.

    Args:
        loggers: Name to logger; None leaves one out.
        section: Dotted path of the section that has theirs, for messages.
        strict: Whether a failure of any of them ends the run; each may say so for itself.

    Raises:
        ConfigError: There is none, or one is no logger.
    """
    parts = {name: made for name, made in loggers.items() if made is not None}
    if not parts:
        raise ConfigError(
            "expected loggers",
            where=ConfigAddress(section),
            got="none",
            advice=f"add a section [{section}.NAME] with @loggers for each",
        )
    for name, made in parts.items():
        if not callable(made):
            where = ConfigAddress(section, name)
            raise ConfigError("expected a section with @loggers", where=where, got=repr(made))

    def setup_logger(
        nlp: Any,
        stdout: IO[str] = sys.stdout,
        stderr: IO[str] = sys.stderr,
        header: Header | None = None,
    ) -> tuple[LoggerList, Callable[..., None]]:
        watches: dict[str, GuardedLogger] = {}
        for name, made in parts.items():
            made = marked(made, {"strict": True}) if strict else made
            watches[name] = GuardedLogger(
                made, nlp, stdout, stderr, ConfigAddress(f"{section}.{name}"), header
            )
        chain = LoggerList(watches)
        return chain, chain.close

    setup_logger.strict = strict or any(map(is_strict, parts.values()))  # type: ignore[attr-defined]
    return setup_logger


class LoggerList:
    """Tells every logger of the chain.

    Args:
        watches: Name to logger at work.
    """

    def __init__(self, watches: Mapping[str, GuardedLogger]) -> None:
        self.watches = watches

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Tell each of a step."""
        for watch in self.watches.values():
            watch(info)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End each; a strict one that fails is heard when all have ended."""
        failed: list[LoggerFailed] = []
        for watch in self.watches.values():
            try:
                watch.close(stopped)
            except LoggerFailed as exc:
                failed.append(exc)
        if failed:
            raise failed[0]

    def state(self) -> dict[str, Any]:
        """Give what each has to know when the run goes on in another process."""
        return {name: watch.state() for name, watch in self.watches.items()}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Tell each what it gave, by its name."""
        for name, watch in self.watches.items():
            watch.restore(state.get(name))

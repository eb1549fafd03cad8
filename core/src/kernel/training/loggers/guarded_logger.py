"""Shield training from logger errors: warn once and continue, unless the logger's block sets `strict = true`.

Evaluations that a logger failed to take are queued and sent again, in order: before the next one, at the end, and when
the run is resumed.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import IO, Any, get_origin, get_type_hints

from kernel.contracts.capabilities import is_strict, offers_state
from kernel.errors import ConfigAddress, ConfigError, KernelError, LoggerFailed
from kernel.training.run import Header

#: Consecutive failures after which a logger is not called again until the end, since each attempt may take long.
_MAX_FAILURES = 3

#: Where the logger of a run stands.
LOGGER = ConfigAddress("training.logger")


class GuardedLogger:
    """One logger of a run, whose errors do not end training.

    Args:
        setup: Sets up the logger; its attribute `strict` says whether its errors end the run.
        nlp: The pipeline.
        stdout: Stream for results.
        stderr: Stream for progress, and for the warning.
        where: The logger's section, for messages.
        header: What is known before the first step; passed to a logger that has an argument `header`.

    Raises:
        ConfigError: The logger finds a mistake in the config, or does not return a pair of functions.
        LoggerFailed: The logger is strict and raises anything else; all methods may raise this too.
    """

    def __init__(
        self,
        setup: Callable[..., Any],
        nlp: Any,
        stdout: IO[str],
        stderr: IO[str],
        where: str | ConfigAddress = LOGGER,
        header: Header | None = None,
    ) -> None:
        self.where = where
        self.stderr = stderr
        self.is_strict = is_strict(setup)
        self.has_failed = False
        self._n_failures = 0
        self._queue: list[Mapping[str, Any]] = []
        self._saved_state: Any = None
        self._log_step: Callable[..., Any] | None = None
        try:
            extra = {"header": header} if header is not None and takes_header(setup) else {}
            functions = (
                setup(nlp, stdout, stderr, **extra) if takes(setup, 3, **extra) else setup(nlp, **extra)
            )
        except ConfigError as exc:
            # The logger does not know its section; a logger inside a list has already been given its own.
            if isinstance(exc.where, ConfigAddress):
                raise
            raise exc.within(where, joint=" ") from exc
        except Exception as exc:
            self._fail(exc, "during setup")
            return
        if not (isinstance(functions, tuple) and len(functions) == 2 and all(map(callable, functions))):
            what = "the logger must return (log_step, finalize)"
            raise ConfigError(what, where=where, got=type(functions).__name__)
        self._log_step, self._finalize = functions
        self._wants_every_step = takes_none(functions[0])
        self._kind = _without_module(f"{type(functions[0]).__module__}:{type(functions[0]).__qualname__}")

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Log a step: its evaluation, or None if it was not evaluated."""
        if info is not None:
            self._queue.append(info)
            if self._n_failures < _MAX_FAILURES:
                self._send(1)
        elif self._log_step is not None and self._wants_every_step and not self._queue:
            try:
                self._log_step(None)
            except Exception as exc:
                self._wants_every_step = False
                self._fail(exc, "between two evaluations")

    def _send(self, n_tries: int) -> None:
        """Send the queued evaluations to the logger, until it has failed `n_tries` times in a row."""
        if self._log_step is None:
            return
        queue, self._queue = self._queue, []
        n_failed = 0
        for index, info in enumerate(queue):
            try:
                self._log_step(info)
            except Exception as exc:
                self._queue.append(info)
                n_failed += 1
                self._n_failures += 1
                if n_failed == n_tries:
                    self._queue += queue[index + 1 :]
                self._fail(exc, f"at step {info['step']}")
                if n_failed == n_tries:
                    return
            else:
                n_failed = self._n_failures = 0

    def _send_last(self) -> None:
        """Send the queued evaluations a last time, and report those that the logger still fails to take."""
        self._send(_MAX_FAILURES)
        if self._queue:
            n, first = len(self._queue), self._queue[0]["step"]
            what = (
                f"{n} evaluations, from step {first} on, were"
                if n > 1
                else f"the evaluation of step {first} was"
            )
            print(f"note: {self.where} {what} not logged", file=self.stderr, flush=True)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """Finalize the logger; pass the reason if it is known and the logger takes it.

        Args:
            stopped: Why the run ended: keys "code", "reason" and "step".
        """
        if self._log_step is None:
            return
        if not self.is_strict:  # otherwise a queued evaluation has ended the run
            self._send_last()
        try:
            if stopped is not None and takes(self._finalize, 1):
                self._finalize(stopped)
            else:
                self._finalize()
        except Exception as exc:
            if not self.has_failed:  # otherwise the failure has been reported already
                self._fail(exc, "while finishing")

    def state(self) -> Any:
        """Return what the logger needs to resume, and the queued evaluations.

        Where its `state` fails, this is the last state it returned, so that it can still resume from there.
        """
        if offers_state(self._log_step):
            try:
                self._saved_state = {"kind": self._kind, "state": self._log_step.state()}
            except Exception as exc:
                self._fail(exc, "while saving its state")
        if not self._queue:
            return self._saved_state
        return {**(self._saved_state or {"kind": None, "state": None}), "waiting": list(self._queue)}

    def restore(self, saved: Any) -> None:
        """Restore what `state` returned; a logger of another type gets only the queued evaluations."""
        if saved is None:
            return
        self._queue = list(saved.get("waiting", ()))
        state = {"kind": saved["kind"], "state": saved["state"]}
        if self._log_step is None:
            self._saved_state = state
        elif state["kind"] is not None and _without_module(state["kind"]) == self._kind:
            self._saved_state = state
            try:
                self._log_step.restore(state["state"])  # type: ignore[attr-defined]
            except Exception as exc:
                self._fail(exc, "while restoring its state")

    def _fail(self, exc: Exception, when: str) -> None:
        """Raise the error of a strict logger; for any other, warn the first time."""
        has_warned, self.has_failed = self.has_failed, True
        if self.is_strict and isinstance(exc, KernelError):
            raise exc
        text = " ".join(str(exc).split())
        what = f"{self.where} the logger failed {when}, got {type(exc).__name__}{text and f': {text}'}"
        if self.is_strict:
            raise LoggerFailed(f"{what}; fix it, or set strict = false to train without it") from exc
        if not has_warned:
            print(
                f"warning: {what}; training continues; set strict = true to stop instead",
                file=self.stderr,
                flush=True,
            )


def _without_module(kind: str) -> str:
    """Shorten `package.module:Class` to `package:Class`, so that a class may move between two parts of a run."""
    module, _, name = kind.partition(":")
    return f"{module.partition('.')[0]}:{name}"


def takes(func: Callable[..., Any], n_arguments: int, **named: Any) -> bool:
    """Return whether a function can be called with this number of positional arguments, and these named ones."""
    try:
        inspect.signature(func).bind(*range(n_arguments), **named)
    except TypeError:
        return False
    return True


def takes_header(setup: Callable[..., Any]) -> bool:
    """Return whether a logger's setup has an argument `header`."""
    try:
        return "header" in inspect.signature(setup).parameters
    except (TypeError, ValueError):
        return False


def takes_none(log_step: Callable[..., Any]) -> bool:
    """Return whether a logger accepts None for a step without an evaluation.

    One whose argument is annotated as a dictionary and nothing else would fail on None, so it gets only the
    evaluations.
    """
    try:
        hints = get_type_hints(log_step)
        first = next(iter(inspect.signature(log_step).parameters))
    except (NameError, TypeError, ValueError, StopIteration):
        return True
    declared = hints.get(first, object)
    kind = get_origin(declared) or declared
    return not (isinstance(kind, type) and issubclass(kind, Mapping))

"""A logger at work: what it raises is said once and ends nothing, unless its block says `strict = true`.

Evaluations that it could not take are kept for it: it is told of them, in order, before the next one, at the end, and
when the run goes on in another process.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import IO, Any, get_origin, get_type_hints

from kernel.contracts.capabilities import is_strict, offers_state
from kernel.errors import ConfigAddress, ConfigError, KernelError, LoggerFailed
from kernel.training.run import Header

#: Times that a logger may fail, one after the other, before it is left alone until the end: each try may take long.
_ENOUGH = 3

#: Where the logger of a run stands.
LOGGER = ConfigAddress("training.logger")


class GuardedLogger:
    """One logger, from its beginning to its end.

    Args:
        setup: Begins to watch a run; its attribute `strict` says whether what it raises ends the run.
        nlp: The pipeline.
        stdout: For results.
        stderr: For progress, and for the one warning.
        where: The logger's section, for messages.
        header: What is known before the first step; given to a logger that has an argument of this name.

    Raises:
        ConfigError: It finds a mistake in the config, or returns no pair: nothing is lost yet.
        LoggerFailed: It is strict and raises anything else. So do all the methods.
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
        self._n_in_a_row = 0
        self._waiting: list[Mapping[str, Any]] = []
        self._known: Any = None
        self._log_step: Callable[..., Any] | None = None
        try:
            given = {"header": header} if header is not None and takes_header(setup) else {}
            made = setup(nlp, stdout, stderr, **given) if takes(setup, 3) else setup(nlp, **given)
        except ConfigError as exc:
            # The logger does not know where its section stands; one of several has said so already.
            if isinstance(exc.where, ConfigAddress):
                raise
            raise exc.within(where, joint=" ") from exc
        except Exception as exc:
            self._fail(exc, "at its beginning")
            return
        if not (isinstance(made, tuple) and len(made) == 2 and all(map(callable, made))):
            what = "the logger must return (log_step, finalize)"
            raise ConfigError(what, where=where, got=type(made).__name__)
        self._log_step, self._finalize = made
        self._wants_every_step = takes_none(made[0])
        self._kind = f"{type(made[0]).__module__}:{type(made[0]).__qualname__}"

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Tell the logger of a step: its facts if it was evaluated, None if it was not."""
        if info is not None:
            self._waiting.append(info)
            if self._n_in_a_row < _ENOUGH:
                self._send(1)
        elif self._log_step is not None and self._wants_every_step and not self._waiting:
            try:
                self._log_step(None)
            except Exception as exc:
                self._wants_every_step = False
                self._fail(exc, "between two evaluations")

    def _send(self, n_tries: int) -> None:
        """Tell the logger of the evaluations that wait, until it has failed so many times one after the other."""
        if self._log_step is None:
            return
        waiting, self._waiting = self._waiting, []
        n_failed = 0
        for place, info in enumerate(waiting):
            try:
                self._log_step(info)
            except Exception as exc:
                self._waiting.append(info)
                n_failed += 1
                self._n_in_a_row += 1
                if n_failed == n_tries:
                    self._waiting += waiting[place + 1 :]
                self._fail(exc, f"at step {info['step']}")
                if n_failed == n_tries:
                    return
            else:
                n_failed = self._n_in_a_row = 0

    def _send_last(self) -> None:
        """Tell the logger what waits at the end, and say what it could not take then either."""
        self._send(_ENOUGH)
        if self._waiting:
            n, first = len(self._waiting), self._waiting[0]["step"]
            what = (
                f"{n} evaluations, from step {first} on, have"
                if n > 1
                else f"the evaluation of step {first} has"
            )
            print(f"note: {self.where} {what} not reached the logger", file=self.stderr, flush=True)

    def close(self, stopped: Mapping[str, Any] | None = None) -> None:
        """End the logger, telling it why where that is known and it wants to know.

        Args:
            stopped: Keys "code", "reason" and "step".
        """
        if self._log_step is None:
            return
        if not self.is_strict:  # else what waits has ended the run
            self._send_last()
        try:
            if stopped is not None and takes(self._finalize, 1):
                self._finalize(stopped)
            else:
                self._finalize()
        except Exception as exc:
            if not self.has_failed:  # else the run has its reason already
                self._fail(exc, "at its end")

    def state(self) -> Any:
        """Give what the logger has to know when the run goes on in another process, if it says so.

        Where it cannot say, that is what it said last: a logger that was away goes on where it was.
        """
        if offers_state(self._log_step):
            try:
                self._known = {"kind": self._kind, "state": self._log_step.state()}
            except Exception as exc:
                self._fail(exc, "when it was asked for its state")
        if not self._waiting:
            return self._known
        return {**(self._known or {"kind": None, "state": None}), "waiting": list(self._waiting)}

    def restore(self, known: Any) -> None:
        """Tell the logger what `state` gave; another kind of logger is not told of a place, but of what waits."""
        if known is None:
            return
        self._waiting = list(known.get("waiting", ()))
        place = {"kind": known["kind"], "state": known["state"]}
        if self._log_step is None:
            self._known = place
        elif place["kind"] == self._kind:
            self._known = place
            try:
                self._log_step.restore(place["state"])  # type: ignore[attr-defined]
            except Exception as exc:
                self._fail(exc, "when it was told where the run was")

    def _fail(self, exc: Exception, when: str) -> None:
        """Raise what a strict logger raised; of another, warn the first time."""
        was_said, self.has_failed = self.has_failed, True
        if self.is_strict and isinstance(exc, KernelError):
            raise exc
        said = " ".join(str(exc).split())
        what = f"{self.where} the logger failed {when}, got {type(exc).__name__}{said and f': {said}'}"
        if self.is_strict:
            raise LoggerFailed(f"{what}; mend it, or set strict = false to train without it") from exc
        if not was_said:
            print(
                f"warning: {what}; training goes on; strict = true would end it", file=self.stderr, flush=True
            )


def takes(func: Callable[..., Any], n_arguments: int) -> bool:
    """Whether a function can be called with so many positional arguments."""
    try:
        inspect.signature(func).bind(*range(n_arguments))
    except TypeError:
        return False
    return True


def takes_header(setup: Callable[..., Any]) -> bool:
    """Return whether a logger asks for the header, by an argument of this name."""
    try:
        return "header" in inspect.signature(setup).parameters
    except (TypeError, ValueError):
        return False


def takes_none(log_step: Callable[..., Any]) -> bool:
    """Whether a logger wants to hear of steps without an evaluation.

    One whose argument is declared as a dictionary and nothing else would fail on None, and gets the
    evaluations only.
    """
    try:
        hints = get_type_hints(log_step)
        first = next(iter(inspect.signature(log_step).parameters))
    except (NameError, TypeError, ValueError, StopIteration):
        return True
    declared = hints.get(first, object)
    kind = get_origin(declared) or declared
    return not (isinstance(kind, type) and issubclass(kind, Mapping))

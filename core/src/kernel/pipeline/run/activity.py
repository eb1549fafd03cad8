"""Guard pipelines across threads: any number may predict with one at a time, but training excludes all others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from threading import get_ident
from typing import Any

from kernel.errors import ModelError
from kernel.system.concurrency import watch_forks

Pipeline = Sequence[tuple[str, Callable[..., Any]]]


class _Threads:
    """The pipelines that threads are working on."""

    def __init__(self) -> None:
        self.pipelines: dict[int, Pipeline] = {}
        watch_forks(self)

    def after_fork(self) -> None:
        """Keep only the entry of the thread that forked."""
        thread = get_ident()
        self.pipelines = {thread: self.pipelines[thread]} if thread in self.pipelines else {}

    def shared(self, pipeline: Pipeline) -> str | None:
        """Return the name of a component that another thread is working on; None if there is none."""
        components = {id(component): name for name, component in pipeline}
        others = [theirs for thread, theirs in self.pipelines.copy().items() if thread != get_ident()]
        shared = (components.get(id(component)) for theirs in others for _, component in theirs)
        return next((name for name in shared if name is not None), None)


_PREDICTING, _TRAINING = _Threads(), _Threads()


class _Working(AbstractContextManager[None]):
    """A `with` block in which the calling thread works on a pipeline; blocks may be nested."""

    def __init__(self, threads: _Threads, pipeline: Pipeline) -> None:
        self._threads, self._pipeline = threads, pipeline
        self._before: Pipeline | None = None

    def __enter__(self) -> None:
        thread, pipelines = get_ident(), self._threads.pipelines
        self._before = pipelines.get(thread)
        # Inside a block with another pipeline the thread is still working on that one too.
        pipelines[thread] = [*self._before, *self._pipeline] if self._before else self._pipeline
        # Checked after registering: if two threads start at the same time, at least one sees the other.
        try:
            self._check()
        except ModelError:
            self.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        if self._before is None:
            del self._threads.pipelines[get_ident()]
        else:
            self._threads.pipelines[get_ident()] = self._before

    def _check(self) -> None:
        raise NotImplementedError


class _Predicting(_Working):
    def _check(self) -> None:
        if _TRAINING.pipelines and (name := _TRAINING.shared(self._pipeline)):
            raise ModelError(
                f"{name}: another thread is training this component; predict when it is done, or with a copy of the "
                "pipeline"
            )


class _Training(_Working):
    def _check(self) -> None:
        for threads, what in ((_PREDICTING, "predicting with"), (_TRAINING, "training")):
            if name := threads.shared(self._pipeline):
                raise ModelError(
                    f"{name}: another thread is {what} this component; train when it is done, or a copy of the pipeline"
                )


def predicting(pipeline: Pipeline) -> AbstractContextManager[None]:
    """Return a context manager for a block in which the calling thread predicts.

    Raises:
        ModelError: Another thread is training one of the components.
    """
    return _Predicting(_PREDICTING, pipeline)


def training(pipeline: Pipeline) -> AbstractContextManager[None]:
    """Return a context manager for a block in which the calling thread trains.

    Raises:
        ModelError: Another thread is predicting with one of the components, or training it.
    """
    return _Training(_TRAINING, pipeline)

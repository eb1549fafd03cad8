"""The JSONL logger: one JSON object an evaluation, appended to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kernel.training.loggers.evaluations import Evaluations, begin_log


def jsonl_logger(path: str) -> Callable[..., tuple[Evaluations, Callable[..., None]]]:
    """Create a logger that appends to a file: a line when a run begins, one for every evaluation, one for the end.

    Each line is written whole before training goes on, so a run that dies loses none, and several runs can share a
    file. A run that goes on after being killed goes on in the file, with no line twice and none missing.

    Args:
        path: The file; its folder is made if it is missing.
    """

    return partial(begin_log, path=path, key="path")

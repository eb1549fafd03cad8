"""The JSONL logger: appends one JSON object per evaluation to a file."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kernel.training.loggers.evaluations import Evaluations, begin_log


def jsonl_logger(path: str) -> Callable[..., tuple[Evaluations, Callable[..., None]]]:
    """Create a logger that appends to a file: a line when a run begins, one per evaluation, and one at the end.

    Each line is written completely before training continues, so a killed run loses none, and several runs can share
    a file. A resumed run continues the file, without duplicate or missing lines.

    Args:
        path: The file; its folder is created if it is missing.
    """

    return partial(begin_log, path=path, key="path")

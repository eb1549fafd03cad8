"""What every logger must do."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from kernel.contracts import Logger


def step_info(**changes: Any) -> dict[str, Any]:
    """What the loop tells a logger after an evaluation; keyword arguments change or add keys."""
    info: dict[str, Any] = {
        "epoch": 0,
        "step": 20,
        "score": 0.5,
        "other_scores": {"tag_acc": 0.5, "speed": 1000.0},
        "losses": {"tok2vec": 0.25, "tagger": 12.5},
        "checkpoints": [(0.5, 20)],
        "words": 1000,
        "seconds": 2,
    }
    return {**info, **changes}


def check_logger(logger: Logger, nlp: Any) -> tuple[str, str]:
    """Check that a logger takes a run's steps, writes only where it is told to, and can be used again.

    Args:
        logger: What the factory made.
        nlp: A pipeline; its components should be `tok2vec` and `tagger`, as in `step_info`.

    Returns:
        What the first run wrote to its stdout and stderr, for the test to look at.
    """
    stray = io.StringIO()
    with contextlib.redirect_stdout(stray), contextlib.redirect_stderr(stray):
        written = _watch(logger, nlp)
        _watch(logger, nlp)

    assert not stray.getvalue(), f"it writes past the streams that it was given: {stray.getvalue()[:200]!r}"
    return written


def _watch(logger: Logger, nlp: Any) -> tuple[str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    pair = logger(nlp, stdout, stderr)
    assert isinstance(pair, tuple), f"setting it up returns no pair (log_step, finalize): {pair!r}"
    assert len(pair) == 2, f"setting it up returns no pair (log_step, finalize): {pair!r}"
    log_step, finalize = pair
    facts = step_info()
    log_step(None)
    log_step(facts)
    log_step(None)
    state = getattr(log_step, "state", None)
    known = None if state is None else state()
    assert json.loads(json.dumps(known)) == known, f"its state is not plain data: {known!r}"
    log_step(step_info(epoch=1, step=40, score=0.75, checkpoints=[(0.5, 20), (0.75, 40)], other_scores={}))
    log_step(step_info(epoch=2, step=60, losses={}, words=2000))
    finalize()
    assert facts == step_info(), "it changes the facts of a step, which other loggers see as well"
    assert not stdout.closed, "it closes a stream that is not its own"
    assert not stderr.closed, "it closes a stream that is not its own"
    return stdout.getvalue(), stderr.getvalue()

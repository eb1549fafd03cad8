"""The check of loggers."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any

from kernel.contracts import Logger
from kernel.training.loggers.guarded_logger import takes, takes_header
from kernel.training.run import Header


def step_info(**changes: Any) -> dict[str, Any]:
    """Return what the loop passes to a logger after an evaluation; keyword arguments change or add keys."""
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
    """Check that a logger accepts the steps of a run, writes only to its streams, and can be reused.

    Args:
        logger: The factory's product.
        nlp: A pipeline; its components should be `tok2vec` and `tagger`, as in `step_info`.

    Returns:
        The first run's output to stdout and stderr, for further assertions.
    """
    other_output = io.StringIO()
    with contextlib.redirect_stdout(other_output), contextlib.redirect_stderr(other_output):
        output = _log_run(logger, nlp)
        _log_run(logger, nlp)
    stray = other_output.getvalue()
    assert not stray, f"it writes to streams other than those it was passed: {stray[:200]!r}"
    return output


def _log_run(logger: Logger, nlp: Any) -> tuple[str, str]:
    stdout, stderr = io.StringIO(), io.StringIO()
    needs_header = takes_header(logger) and not takes(logger, 3)
    extra: dict[str, Any] = {"header": Header.of_pipeline(nlp)} if needs_header else {}
    pair = logger(nlp, stdout, stderr, **extra)
    assert isinstance(pair, tuple), f"setup does not return a pair (log_step, finalize): {pair!r}"
    assert len(pair) == 2, f"setup does not return a pair (log_step, finalize): {pair!r}"
    log_step, finalize = pair
    info = step_info()
    log_step(None)
    log_step(info)
    log_step(None)
    get_state = getattr(log_step, "state", None)
    state = None if get_state is None else get_state()
    assert json.loads(json.dumps(state)) == state, f"its state is not JSON data: {state!r}"
    log_step(step_info(epoch=1, step=40, score=0.75, checkpoints=[(0.5, 20), (0.75, 40)], other_scores={}))
    log_step(step_info(epoch=2, step=60, losses={}, words=2000))
    finalize()
    assert info == step_info(), "it changes the info of a step, which other loggers also get"
    assert not stdout.closed, "it closes a stream that it does not own"
    assert not stderr.closed, "it closes a stream that it does not own"
    return stdout.getvalue(), stderr.getvalue()

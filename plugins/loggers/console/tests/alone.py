"""One real use of pkg-console, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import io

import kernel
from kernel.registry import registry

nlp = kernel.blank("xx")
out = io.StringIO()
info = {
    "epoch": 0,
    "step": 20,
    "score": 0.5,
    "other_scores": {},
    "losses": {},
    "checkpoints": [(0.5, 20)],
    "words": 1000,
    "seconds": 2,
}

log_step, finalize = registry.loggers.get("kernel.ConsoleLogger.v1")(progress_bar=False)(
    nlp, out, io.StringIO()
)
log_step(info)
finalize()

assert "SCORE" in out.getvalue()
assert "0.50" in out.getvalue()

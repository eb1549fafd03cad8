"""One real use of pkg-tensorboard, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

from pathlib import Path

import kernel
from kernel.registry import registry

nlp = kernel.blank("xx")
info = {
    "epoch": 0,
    "step": 20,
    "score": 0.5,
    "other_scores": {"tag_acc": 0.5},
    "losses": {"tagger": 12.5},
    "checkpoints": [(0.5, 20)],
    "words": 1000,
    "seconds": 2,
}

log_step, finalize = registry.loggers.get("kernel.TensorboardLogger.v1")(log_dir="logs")(nlp)
log_step(info)
finalize()

(file,) = Path("logs").glob("events.out.tfevents.*")
assert b"loss_tagger" in file.read_bytes()

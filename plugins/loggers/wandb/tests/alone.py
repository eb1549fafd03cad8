"""One real use of pkg-wandb, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import os
from pathlib import Path

import wandb

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

os.environ["WANDB_MODE"] = "offline"
log_step, finalize = registry.loggers.get("kernel.WandbLogger.v1")(project_name="alone")(nlp)
log_step(info)
finalize()
wandb.teardown()  # all is written

(file,) = Path().glob("wandb/offline-run-*/run-*.wandb")
assert b"loss_tagger" in file.read_bytes()

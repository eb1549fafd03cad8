"""One real use of pkg-jsonl, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import json
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

log_step, finalize = registry.loggers.get("kernel.JsonlLogger.v1")(path="log.jsonl")(nlp)
log_step(info)
finalize()

rows = [json.loads(line) for line in Path("log.jsonl").read_text(encoding="utf-8").splitlines()]
assert [row["score"] for row in rows if "score" in row] == [0.5]

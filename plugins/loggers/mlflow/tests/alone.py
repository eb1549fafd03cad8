"""One real use of pkg-mlflow, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

from mlflow.tracking import MlflowClient

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

store = "sqlite:///alone.db"
log_step, finalize = registry.loggers.get("kernel.MLflowLogger.v1")(tracking_uri=store)(nlp)
log_step(info)
finalize()

(run,) = MlflowClient(tracking_uri=store).search_runs(["0"])
assert run.data.metrics["loss_tagger"] == 12.5

"""A run that four loggers watch is killed and goes on: each of them has every evaluation once."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from commands import call_kernel
from heavy import framework
from wandb_runs import history

import kernel
from kernel import Example
from kernel.tokens import DocBin

framework("wandb")
framework("sqlalchemy")
mlflow = framework("mlflow")
accumulator = framework("tensorboard.backend.event_processing.event_accumulator")
pytestmark = [
    pytest.mark.heavy,
    pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs a signal that kills"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OWN = """
import os
import signal
import kernel


@kernel.registry.callbacks("own.Dying.v1")
def dying():
    def die(nlp, info):
        if os.environ.get("DIE_AT") == str(info["step"]):
            os.kill(os.getpid(), signal.SIGKILL)
    return die
"""

CONFIG = """
[nlp]
lang = "xx"
pipeline = ["tagger"]

[components]

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "kernel.Tagger.v1"

[components.tagger.model.tok2vec]
@architectures = "kernel.HashEmbedCNN.v1"
width = 16
depth = 1
embed_size = 100
window_size = 1
maxout_pieces = 2
subword_features = true
pretrained_vectors = null

[corpora]

[corpora.train]
@readers = "kernel.Corpus.v1"
path = "train.spacy"

[corpora.dev]
@readers = "kernel.Corpus.v1"
path = "train.spacy"

[training]
max_steps = 12
eval_frequency = 2

[training.checkpoint]
every_steps = 5

[training.before_update]
@callbacks = "own.Dying.v1"

[training.logger]
@loggers = "kernel.ChainLogger.v1"
strict = true

[training.logger.console]
@loggers = "kernel.ConsoleLogger.v1"

[training.logger.log]
@loggers = "kernel.JsonlLogger.v1"
path = "log.jsonl"

[training.logger.tensorboard]
@loggers = "kernel.TensorboardLogger.v1"
log_dir = "logs"

[training.logger.wandb]
@loggers = "kernel.WandbLogger.v1"
project_name = "project"

[training.logger.mlflow]
@loggers = "kernel.MLflowLogger.v1"
tracking_uri = "sqlite:///mlflow.db"
"""


def write_corpus(path: Path) -> None:
    """Write some texts whose tags are easy."""
    nlp, docs = kernel.blank("xx"), DocBin(attrs=["TAG"])
    for i in range(20):
        words = ["a" * (1 + (i + j) % 6) for j in range(1 + i % 5)]
        tags = [["LONG", "SHORT"][len(word) <= 3] for word in words]
        docs.add(Example.from_dict(nlp.make_doc(" ".join(words)), {"tags": tags}).reference)
    docs.to_disk(path)


def test_no_logger_misses_or_doubles_an_evaluation(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    (tmp_path / "config.cfg").write_text(CONFIG, encoding="utf-8")
    write_corpus(tmp_path / "train.spacy")
    words = ("train", "config.cfg", "--code", "own.py", "--output", "run")

    # Once before there is a checkpoint, once a little after one.
    killed = [
        call_kernel(tmp_path, *words, WANDB_MODE="offline", DIE_AT="3"),
        call_kernel(tmp_path, *words, "--resume", WANDB_MODE="offline", DIE_AT="9"),
    ]
    done = call_kernel(tmp_path, *words, "--resume", WANDB_MODE="offline")

    assert [one.returncode for one in killed] == [-signal.SIGKILL, -signal.SIGKILL], killed[0].stderr
    assert done.returncode == 0, done.stderr
    expected = list(range(0, 13, 2))
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert [line["step"] for line in log if "score" in line] == expected
    events = accumulator.EventAccumulator(str(tmp_path / "logs"), purge_orphaned_data=False)
    events.Reload()
    assert [event.step for event in events.Scalars("loss_tagger")] == expected
    assert [step for step, _ in history(tmp_path)] == expected
    client = mlflow.tracking.MlflowClient(tracking_uri=f"sqlite:///{tmp_path / 'mlflow.db'}")
    (run,) = client.search_runs(["0"])
    stored = client.get_metric_history(run.info.run_id, "score")
    assert [one.step for one in stored] == expected
    assert run.info.status == "FINISHED"

    scores = [line["score"] for line in log if "score" in line]
    assert [row["score"] for _, row in history(tmp_path)] == scores
    assert [one.value for one in stored] == scores

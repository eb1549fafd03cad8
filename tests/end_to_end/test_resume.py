"""A run that is killed goes on to the same bytes, and loses nothing on the way."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from commands import call_kernel

from kernel.training.runs.digests import digest_of_folder

#: What of a pipeline names the paths of its data, or holds a speed.
PATHS = ("config.cfg", "meta.json")
KILLING = Path(__file__).parents[1] / "support" / "killing.py"

#: An augmenter that draws random numbers, of Python and of NumPy.
OWN = """
import random
import kernel
import numpy


@kernel.registry.augmenters("own.shouting.v1")
def shouting(share: float):
    def augment(nlp, eg):
        if random.random() < share:
            words = [word.upper() if numpy.random.random() < 0.8 else word for word in eg.reference.words]
            eg = kernel.Example(kernel.Doc(nlp.vocab, words), eg.reference)
        yield eg

    return augment
"""

CONFIG = """
[paths]
train = "train.spacy"
dev = "dev.spacy"

[nlp]
lang = "en"
pipeline = ["tok2vec", "morphologizer", "embed", "tagger", "parser"]

[components]

[components.embed]
factory = "tok2vec"

[components.embed.model]
@architectures = "kernel.HashEmbedCNN.v1"
width = 16
depth = 1
embed_size = 100
window_size = 1
maxout_pieces = 2
subword_features = true
pretrained_vectors = null

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "kernel.Tagger.v1"

[components.tagger.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 16

[components.parser]
factory = "parser"

[components.parser.model]
@architectures = "kernel.TransitionBasedParser.v1"
state_type = "parser"
hidden_width = 16

[components.parser.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 16

[components.tok2vec]
source = "trained"

[components.morphologizer]
source = "trained"

[corpora]

[corpora.train]
@readers = "kernel.Corpus.v1"
path = ${paths.train}

[corpora.train.augmenter]
@augmenters = "own.shouting.v1"
share = 0.3

[training]
max_steps = 17
max_epochs = MAX_EPOCHS
eval_frequency = 5
patience = 10
accumulate_gradient = 2
frozen_components = ["tok2vec", "morphologizer"]
annotating_components = ["tagger"]

[training.dropout]
@schedules = "decaying.v1"
base_rate = 0.2
decay = 0.01

[training.batcher]
@batchers = "kernel.batch_by_words.v1"

[training.batcher.size]
@schedules = "compounding.v1"
start = 20
stop = 80
compound = 1.1

[training.optimizer]
@optimizers = "Adam.v1"
use_averages = true

[training.optimizer.learn_rate]
@schedules = "warmup_linear.v1"
warmup_steps = 10
total_steps = 30
initial_rate = 0.01

[training.logger]
@loggers = "kernel.JsonlLogger.v1"
path = "log.jsonl"

[training.checkpoint]
every_steps = 3
keep_last = 2
"""


@pytest.fixture
def desk(walked: Path, tmp_path: Path) -> Path:
    """A folder with a config and everything that it names."""
    for name in ("train.spacy", "dev.spacy"):
        (tmp_path / name).symlink_to(walked / name)
    (tmp_path / "trained").symlink_to(walked / "run" / "model-last")
    (tmp_path / "own.py").write_text(OWN, encoding="utf-8")
    return tmp_path


def kill(desk: Path, how: str, *numbers: int, max_epochs: int = 0) -> dict[str, list]:
    """Let a run die, so many times anywhere and within a checkpoint, and compare it with one that did not."""
    (desk / "config.cfg").write_text(CONFIG.replace("MAX_EPOCHS", str(max_epochs)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(KILLING), str(desk), how, *map(str, numbers)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
#: How the program says that a run ended with an error of ours.
NAMED = 3


@pytest.mark.slow
@needs_fork
def test_a_run_killed_at_every_stage_of_writing_ends_with_the_same_bytes(desk: Path) -> None:
    found = kill(desk, "kill", 22, 26)

    assert found["different"] == []
    assert found["codes"].count(-9) > 40
    assert found["codes"][-1] == 0


@pytest.mark.slow
@needs_fork
def test_a_streamed_run_killed_at_random_moments_ends_with_the_same_bytes(desk: Path) -> None:
    found = kill(desk, "moments", 10, 0, max_epochs=-1)

    assert found["different"] == []
    assert found["codes"][-1] == 0


@pytest.mark.slow
@needs_fork
def test_a_disk_that_fails_at_any_write_costs_no_model_and_is_named(desk: Path) -> None:
    found = kill(desk, "fail", 18, 16)

    assert found["different"] == []
    assert set(found["codes"]) <= {0, NAMED}
    assert found["codes"].count(NAMED) > 20
    assert found["codes"][-1] == 0


#: Presses Ctrl-C, or sends SIGTERM, in the middle of a step.
PRESS = """
import os, signal
import kernel


@kernel.registry.callbacks("own.press.v1")
def press(step: int, name: str):
    def callback(nlp, args):
        if args["step"] == step:
            os.kill(os.getpid(), getattr(signal, name))

    return callback
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_the_command_that_an_interrupted_run_prints_goes_on_to_the_same_bytes(
    walked: Path, tmp_path: Path, name: str, code: int
) -> None:
    block = f'[training.before_update]\n@callbacks = "own.press.v1"\nstep = 7\nname = "{name}"\n'
    config = (walked / "config.cfg").read_text("utf-8").replace("before_update = null\n", "")
    (tmp_path / "config.cfg").write_text(f"{config}\n{block}", "utf-8")
    (tmp_path / "press.py").write_text(PRESS, "utf-8")
    paths = ["--paths.train", str(walked / "train.spacy"), "--paths.dev", str(walked / "dev.spacy")]
    settings = ["--training.max_steps", "20", "--training.eval_frequency", "10"]

    stopped = call_kernel(
        tmp_path, "train", "config.cfg", "--output", "run", "--code", "press.py", *paths, *settings
    )
    *_, reason, advice = stopped.stdout.splitlines()
    words = shlex.split(advice.removeprefix("resume with: kernel "))
    done = call_kernel(tmp_path, *words)

    assert stopped.returncode == code
    assert reason == f"stopped: interrupted by {name}"
    assert "Resuming after step 7" in done.stdout.splitlines()
    assert done.stdout.splitlines()[-1] == "stopped: max_steps 20 reached"
    for model in ("model-best", "model-last"):
        digests = [
            digest_of_folder(run / "run" / model, (*PATHS, "code/press.py")) for run in (walked, tmp_path)
        ]
        assert digests[0] == digests[1]

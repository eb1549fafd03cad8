"""A training whose layers are PyTorch's: through a config, with a module of one's own, killed and gone on with."""

from __future__ import annotations

from pathlib import Path

import pytest
from heavy import framework

import kernel
from kernel import Example
from kernel.tokens import DocBin
from kernel.training.runs import checkpoint
from kernel.training.runs.digests import digest_of_folder

torch = framework("torch")
pytestmark = pytest.mark.heavy

#: A module of a user's own, in a layer of Thinc's: with a buffer, and with random numbers that are Torch's.
OWN = """
import os

import kernel
import torch
from thinc.api import PyTorchWrapper_v3, with_array


class Gated(torch.nn.Module):
    def __init__(self, width):
        super().__init__()
        self.gate = torch.nn.Linear(width, width)
        self.drop = torch.nn.Dropout(0.2)
        self.register_buffer("n_seen", torch.zeros((), dtype=torch.int64))

    def forward(self, X):
        if self.training:
            self.n_seen += len(X)
        return X * torch.sigmoid(self.gate(self.drop(X)))


@kernel.registry.architectures("own.Gated.v1")
def gated(width: int):
    model = with_array(PyTorchWrapper_v3(Gated(width)))
    model.set_dim("nI", width)
    model.set_dim("nO", width)
    return model


@kernel.registry.callbacks("own.Dying.v1")
def dying():
    def die(nlp, info):
        if os.environ.get("DIE_AT") == str(info["step"]):
            raise KeyboardInterrupt
    return die
"""

CONFIG = """
[nlp]
lang = "xx"
pipeline = ["tok2vec", "tagger"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tok2vec.model]
@architectures = "kernel.Tok2Vec.v1"

[components.tok2vec.model.embed]
@architectures = "kernel.MultiHashEmbed.v1"
width = 16
attrs = ["NORM", "SUFFIX"]
rows = [100, 100]
include_static_vectors = false

[components.tok2vec.model.encode]
ENCODE

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "kernel.Tagger.v1"

[components.tagger.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 16

[corpora]

[corpora.train]
@readers = "kernel.Corpus.v1"
path = "train.spacy"

[corpora.dev]
@readers = "kernel.Corpus.v1"
path = "train.spacy"

[training]
max_steps = 12
eval_frequency = 4

[training.optimizer]
@optimizers = "Adam.v1"
learn_rate = 0.01
use_averages = true

[training.checkpoint]
every_steps = 3

[training.before_update]
@callbacks = "own.Dying.v1"
"""
ENCODERS = {
    "lstm": '@architectures = "kernel.TorchBiLSTMEncoder.v1"\nwidth = 16\ndepth = 2\ndropout = 0.3',
    "own": '@architectures = "own.Gated.v1"\nwidth = 16',
}


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Path:
    """The user's file: one place, since a name is given by one file."""
    path = tmp_path_factory.mktemp("own") / "own.py"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture(params=ENCODERS)
def desk(request, tmp_path, monkeypatch) -> Path:
    """A folder with a config and a corpus."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.cfg").write_text(CONFIG.replace("ENCODE", ENCODERS[request.param]), encoding="utf-8")
    nlp = kernel.blank("xx")
    docs = DocBin(attrs=["TAG"])
    for i in range(20):
        words = ["a" * (1 + (i + j) % 6) for j in range(1 + i % 5)]
        tags = [["LONG", "SHORT"][len(word) <= 3] for word in words]
        docs.add(Example.from_dict(nlp.make_doc(" ".join(words)), {"tags": tags}).reference)
    docs.to_disk(tmp_path / "train.spacy")
    return tmp_path


@pytest.fixture
def train(own, desk):
    """Train in the folder."""
    return lambda output, resume=False: kernel.train("config.cfg", output, code=[own], resume=resume)


def digest(folder: Path) -> str:
    return digest_of_folder(folder, ("config.cfg", "meta.json"))


def test_the_trained_pipeline_is_saved_without_pickle_and_loads(desk, train):
    nlp = train("run")
    texts = ["a aaaa aa", "aaaaaa"]

    loaded = kernel.load(desk / "run" / "model-last", code=True)

    expected = [[token.tag_ for token in doc] for doc in nlp.pipe(texts)]
    assert [[token.tag_ for token in doc] for doc in loaded.pipe(texts)] == expected
    assert expected == [["SHORT", "LONG", "SHORT"], ["LONG"]]
    files = [path for path in (desk / "run").rglob("*") if path.is_file()]
    assert [path for path in files if b"PK\x03\x04" in path.read_bytes()[:64]] == []


def test_the_same_run_made_twice_is_the_same_to_the_byte(desk, train):
    train("one")
    train("two")

    assert digest(desk / "one" / "model-best") == digest(desk / "two" / "model-best")


def test_a_killed_and_resumed_run_ends_with_the_same_bytes(desk, train, monkeypatch):
    train("whole")
    for at in (5, 8):
        monkeypatch.setenv("DIE_AT", str(at))
        with pytest.raises(KeyboardInterrupt):
            train("broken", resume=(desk / "broken").exists())
    monkeypatch.delenv("DIE_AT")
    torch.manual_seed(5)  # another process is somewhere else
    train("broken", resume=True)

    for name in ("model-best", "model-last"):
        assert digest(desk / "whole" / name) == digest(desk / "broken" / name)
    arrays = [
        (checkpoint.places(desk / name)[-1] / "arrays.safetensors").read_bytes()
        for name in ("whole", "broken")
    ]
    assert arrays[0] == arrays[1]

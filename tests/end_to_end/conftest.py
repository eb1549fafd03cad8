"""One small run that several tests look at."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from commands import call_kernel

DATA = Path(__file__).parent / "data"

#: What a person types, in this order.
WALK = [
    "convert train.conllu train.spacy --n-sents 2",
    "convert dev.conllu dev.spacy --n-sents 2",
    "init config base.cfg --lang en --pipeline tagger,morphologizer",
    "init fill-config base.cfg config.cfg",
    "train config.cfg --output run --paths.train train.spacy --paths.dev dev.spacy"
    " --training.max_steps 20 --training.eval_frequency=10",
]


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which everything was done by commands; tests read it and leave it as it is."""
    folder = tmp_path_factory.mktemp("walk")
    for split in ("train", "dev"):
        shutil.copy(DATA / f"{split}.conllu", folder)
    for line in WALK:
        done = call_kernel(folder, *line.split())
        assert done.returncode == 0, f"kernel {line}\n{done.stdout}\n{done.stderr}"
        (folder / f"{line.split()[0]}.log").write_text(done.stdout, encoding="utf-8")
    return folder

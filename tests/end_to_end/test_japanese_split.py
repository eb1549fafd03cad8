"""The example's split of an entity corpus into three, by sentence."""

from __future__ import annotations

import importlib.util
import random
from types import ModuleType

import pytest
from workspace import ROOT


@pytest.fixture(scope="module")
def data() -> ModuleType:
    """The example's module, which is no part of a package."""
    path = ROOT / "examples" / "ner_japanese" / "data.py"
    spec = importlib.util.spec_from_file_location("ner_japanese_data", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_is_in_one_split(data: ModuleType) -> None:
    blocks = data.sentences(data.corpus().read_text(encoding="utf-8"))

    parts = data.split(blocks)

    assert {name: len(part) for name, part in parts.items()} == {"train": 350, "dev": 75, "test": 75}
    assert sorted(block for part in parts.values() for block in part) == sorted(blocks)
    assert not set(parts["train"]) & {*parts["dev"], *parts["test"]}


def test_the_order_of_sentences_plays_no_part(data: ModuleType) -> None:
    blocks = [f"{i}\tO\n" for i in range(100)] * 2
    shuffled = random.Random(0).sample(blocks, len(blocks))

    there, back = data.split(blocks), data.split(shuffled)

    assert {name: set(part) for name, part in there.items()} == {
        name: set(part) for name, part in back.items()
    }
    assert len(there["dev"]) == len(there["test"]) == 30

"""Single mistakes in real configs: each refused before data is read, in words that a golden file keeps.

After a change of words, write the golden files anew and read their difference:

    KERNEL_WRITE_GOLDEN=1 uv run pytest tests/end_to_end/test_config_mutations.py
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from mutations import FOLDER, NAMES, Mutation, config_text, mutations

import kernel
from kernel.config import make_plan
from kernel.config.overrides import given_overrides
from kernel.errors import KernelError
from kernel.plugins.manager import load_plugins
from kernel.registry import registry

LONGEST_REPORT = 10


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with two files that are no corpora: whatever reads them complains of them."""
    # Without what other tests have registered by decorator.
    monkeypatch.setitem(vars(registry), "installed", load_plugins(strict=False))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERNEL_CONFIG_OVERRIDES", raising=False)
    for split in ("train", "dev"):
        Path(f"{split}.spacy").write_bytes(b"no corpus")


def refusal(mutation: Mutation) -> str:
    """What a training says to a spoilt config; empty where it says nothing before it reads data."""
    Path("config.cfg").write_text(mutation.text, encoding="utf-8")
    try:
        kernel.train("config.cfg", overrides=given_overrides(mutation.words))
    except KernelError as exc:
        message = str(exc)
        return "" if message.startswith(("train.spacy", "dev.spacy")) else steady(message)
    return ""


def steady(message: str) -> str:
    """Leave out of a message what changes with every release and plugin."""
    return re.sub(
        r"(; there are |; available: ).*",
        r"\1...",
        re.sub(r" \(([a-z0-9-]+) [0-9][^)]*\)", r" (\1)", message),
    )


@pytest.mark.parametrize("name", NAMES)
def test_each_right_config_is_accepted(name: str) -> None:
    Path("config.cfg").write_text(config_text(name), encoding="utf-8")

    make_plan("config.cfg", has_data=True)


@pytest.mark.parametrize("name", NAMES)
def test_every_mistake_is_refused_in_the_words_of_the_golden_file(name: str) -> None:
    golden = FOLDER / f"{name}.golden.txt"
    found = {mutation.title: refusal(mutation) for mutation in mutations(name)}
    text = "".join(f"{title}\n    " + said.replace("\n", "\n    ") + "\n" for title, said in found.items())
    if os.environ.get("KERNEL_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")

    assert [title for title, said in found.items() if not said] == []
    assert max(said.count("\n") for said in found.values()) < LONGEST_REPORT
    assert text == golden.read_text(encoding="utf-8")


def test_there_are_enough_of_them() -> None:
    titles = [(name, mutation.title) for name in NAMES for mutation in mutations(name)]

    assert len(titles) == len(set(titles)) >= 100

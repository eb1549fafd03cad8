"""What a run takes from the config of its pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kernel import blank
from kernel.training.assemble import assemble
from kernel.training.run import Header


@pytest.fixture
def paths(tmp_path: Path) -> dict[str, str]:
    """Corpora that are there and that nobody reads."""
    for name in ("train", "dev"):
        (tmp_path / f"{name}.spacy").touch()
    return {name: str(tmp_path / f"{name}.spacy") for name in ("train", "dev")}


@pytest.mark.parametrize("value", ["out/log.jsonl", "${paths.log}"])
def test_a_run_knows_which_files_its_logger_may_write(
    monkeypatch: Any, tmp_path: Path, paths: dict[str, str], value: str
) -> None:
    monkeypatch.chdir(tmp_path)
    nlp = blank("xx")
    logger = {"@loggers": "kernel.JsonlLogger.v1", "path": value}
    nlp.config = nlp.config.merge(
        {"paths": {**paths, "log": "out/log.jsonl"}, "training": {"logger": logger}}
    )

    assert tmp_path / "out" / "log.jsonl" in assemble(nlp).logger_paths


def test_the_header_has_the_settings_without_variables(paths: dict[str, str]) -> None:
    nlp = blank("xx")
    nlp.config = nlp.config.merge({"paths": paths, "system": {"seed": 7}})

    header = Header.of(assemble(nlp))

    assert header.settings["training"]["seed"] == 7
    assert header.settings == Header.of_pipeline(nlp).settings
    assert (header.max_steps, header.eval_frequency) == (20000, 200)

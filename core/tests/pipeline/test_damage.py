"""Saved pipelines whose files hold something else: one error, which names file and place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import srsly

import kernel
from kernel.errors import CheckpointError, KernelError
from kernel.pipeline.language import Language


@pytest.fixture
def saved(trained: Language, tmp_path: Path) -> Path:
    trained.to_disk(tmp_path / "saved")
    return tmp_path / "saved"


def rewrite(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    content = json.loads(path.read_text("utf8"))
    change(content)
    path.write_text(json.dumps(content), "utf8")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"functions": {"architectures": ["a"]}}, "functions.architectures must be object, got ['a']"),
        ({"functions": 3}, "functions must be object, got 3"),
        ({"requirements": "pkg-kernel"}, "requirements must be list, got 'pkg-kernel'"),
        ({"requirements": [None]}, "requirements[0] must be str, got None"),
        ({"components": {"tagger": 1}}, "components must be list, got {'tagger': 1}"),
        ({"pipeline": [["tagger"]]}, "pipeline[0] must be str, got ['tagger']"),
        ({"code": {"a.py": 1}}, "code.a.py must be str, got 1"),
        ({"performance": []}, "performance must be object, got []"),
        ({"name": None}, "name must be str, got None"),
    ],
)
def test_facts_of_another_kind_are_named(saved: Path, change: dict[str, Any], message: str) -> None:
    rewrite(saved / "meta.json", lambda meta: meta.update(change))

    with pytest.raises(CheckpointError) as error:
        kernel.load(saved, verify=False)

    assert str(error.value) == f"{saved / 'meta.json'}: damaged, {message}; save the pipeline again"


@pytest.mark.parametrize("file", ["meta.json", "tokenizer", "vocab/strings.json", "tagger/cfg.json"])
@pytest.mark.parametrize("data", ["[" * 5000, '{"a":' * 5000, '{"\\ud800": 1}', "3"])
def test_json_that_makes_no_sense_is_named(saved: Path, file: str, data: str) -> None:
    (saved / file).write_text(data, "utf-8")

    with pytest.raises(KernelError, match=file) as error:
        kernel.load(saved, verify=False)

    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    "change", [{"labels": [1]}, {"labels": {"A": 1}}, {"labels": ["A", "A"]}, {"labels": [["A"]]}]
)
def test_labels_that_are_no_texts_or_stand_twice_are_refused(saved: Path, change: dict[str, Any]) -> None:
    rewrite(saved / "tagger" / "cfg.json", lambda cfg: cfg.update(change))

    with pytest.raises(CheckpointError, match=r"cfg\.json: the settings of 'tagger' cannot be read, .*label"):
        kernel.load(saved, verify=False)


@pytest.mark.parametrize(
    "parts",
    [
        [],
        {"components": []},
        {"components": {"tagger": "text"}},
        {"components": {}, "config": "[nlp]"},
        {"components": {}, "meta": b"[]"},
        {"components": {}, "meta": b"[" * 5000},
        {"components": {}, "vocab": {}},
    ],
)
def test_parts_of_another_kind_are_refused(nlp: Language, parts: Any) -> None:
    with pytest.raises(
        CheckpointError, match=r"^pipeline: expected the output of to_bytes\(\), got \d+ bytes"
    ):
        nlp.from_bytes(srsly.msgpack_dumps(parts))

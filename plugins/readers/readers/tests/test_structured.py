"""Data in files, as arguments of a config."""

from __future__ import annotations

from pathlib import Path

import pytest
import srsly

from kernel.errors import DataError
from kernel.registry import registry


def test_files_are_read_as_what_their_format_says(tmp_path: Path) -> None:
    value = {"single": [{"tags": ["X"], "variants": ["a", "b"]}]}
    srsly.write_json(tmp_path / "a.json", value)
    srsly.write_jsonl(tmp_path / "a.jsonl", [value, 1])
    srsly.write_yaml(tmp_path / "a.yaml", value)
    srsly.write_msgpack(tmp_path / "a.msg", value)

    assert registry.readers.get("kernel.read_json.v1")(tmp_path / "a.json") == value
    assert registry.readers.get("kernel.read_jsonl.v1")(tmp_path / "a.jsonl") == [value, 1]
    assert registry.readers.get("kernel.read_yaml.v1")(tmp_path / "a.yaml") == value
    assert registry.readers.get("kernel.read_msgpack.v1")(tmp_path / "a.msg") == value


def test_a_file_that_is_missing_or_broken_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{", encoding="utf-8")

    with pytest.raises(DataError, match=r"no such JSON file, got 'none\.json'"):
        registry.readers.get("kernel.read_json.v1")("none.json")
    with pytest.raises(DataError, match=r"a\.json: not a JSON file"):
        registry.readers.get("kernel.read_json.v1")(tmp_path / "a.json")

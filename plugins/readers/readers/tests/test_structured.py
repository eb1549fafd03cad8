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
    with pytest.raises(DataError, match=r"a\.json: expected a JSON file"):
        registry.readers.get("kernel.read_json.v1")(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("json", "[" * 5000, "expected a JSON file, got more than 100 lists and objects stand in each other"),
        ("json", '"\\ud800"', "expected a JSON file, got half of a character"),
        ("jsonl", "[" * 5000, "a.jsonl:1: not JSON, got"),
        ("jsonl", '{"a": 1}\n\n{"a"', "a.jsonl:3: not JSON, got"),
        ("yaml", "&a [1, *a]", "lists and mappings nested more than 100 deep, or one that contains itself"),
        (
            "yaml",
            "a: &a\n  b: *a\n",
            "lists and mappings nested more than 100 deep, or one that contains itself",
        ),
        ("yaml", "[" * 5000, "expected a YAML file"),
        ("yaml", "!!python/object/apply:os.getcwd []", "expected a YAML file"),
        ("msgpack", "\x01" * 2, "expected a msgpack file"),
        ("labels", "[" * 5000, "expected a JSON file of labels"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_error(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / f"a.{name}").write_text(text, encoding="utf-8")

    with pytest.raises(DataError, match=message):
        registry.readers.get(f"kernel.read_{name}.v1")(tmp_path / f"a.{name}")


def test_aliases_that_make_much_of_little_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    (tmp_path / "a.yaml").write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(
        DataError, match=r"a\.yaml: expected a YAML file, got aliases that expand to more than"
    ):
        registry.readers.get("kernel.read_yaml.v1")(tmp_path / "a.yaml")


def test_broken_lines_are_passed_over_where_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('1\n[[\n2\n"\\ud800"\n', encoding="utf-8")

    assert registry.readers.get("kernel.read_jsonl.v1")(tmp_path / "a.jsonl", skip=True) == [1, 2]

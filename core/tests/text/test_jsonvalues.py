"""JSON out of files that anybody may have written."""

import json

import pytest

from kernel.text.base.json_data import DEEPEST, read_json


def nested(depth: int) -> str:
    """Return nested lists."""
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("data", ['{"a": [1, "é"]}', b'{"a": [1, "\xc3\xa9"]}'])
def test_text_and_bytes_are_read(data: str | bytes) -> None:
    assert read_json(data) == {"a": [1, "é"]}


@pytest.mark.parametrize("depth", [DEEPEST + 1, 2 * DEEPEST, 5000, 200_000])
@pytest.mark.parametrize("kind", ["lists", "objects", "with siblings"])
def test_what_is_nested_too_deep_is_refused(depth: int, kind: str) -> None:
    begin, end = {"lists": ("[", "]"), "objects": ('{"a":', "}"), "with siblings": ("[[],{},", "]")}[kind]

    with pytest.raises(ValueError, match=f"nested more than {DEEPEST} levels deep"):
        read_json(begin * depth + "1" + end * depth)


def test_brackets_in_a_text_are_not_nested() -> None:
    assert read_json(json.dumps({"text": "[{" * 5000})) == {"text": "[{" * 5000}
    assert read_json(nested(DEEPEST)) is not None
    assert len(read_json(f"[{','.join([nested(3)] * 1000)}]")) == 1000


@pytest.mark.parametrize("data", ['"\\ud800"', b'{"\\uDC00": 1}', '["\\ud83d\\ude00", "\\ude00\\ud83d"]'])
def test_half_of_a_character_is_refused(data: str | bytes) -> None:
    with pytest.raises(ValueError, match="a lone surrogate, '"):
        read_json(data)


def test_half_of_a_character_may_be_asked_for() -> None:
    assert read_json('"\\ud800"', halves=True) == "\ud800"


def test_both_halves_of_a_character_are_one() -> None:
    assert read_json('"\\ud83d\\ude00"') == "😀"


@pytest.mark.parametrize("data", ["", "{", b"\xff\xfe", b"\xff", '"a', "9" * 5000, None, 3])
def test_what_is_no_json_is_one_kind_of_error(data: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_json(data)  # type: ignore[arg-type]

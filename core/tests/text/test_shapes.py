"""The shape of plain data from outside."""

import pytest

from kernel.text.base.shapes import NUMBER, TEXT_OR_NONE, check_shape

SHAPE = {"name": str, "size?": NUMBER, "parts": [{"id": int}], "note?": TEXT_OR_NONE, str: [str]}
FINE = {"name": "x", "size": 1.5, "parts": [{"id": 3, "more": ()}], "note": None, "other": ["a"]}


@pytest.mark.parametrize("value", [FINE, {"name": "", "parts": []}])
def test_a_value_of_the_shape_passes(value: object) -> None:
    check_shape(value, SHAPE)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 1}, "name must be str, got 1"),
        ({"size": True}, "size must be int or float, got True"),
        ({"size": None}, "size must be int or float, got None"),
        ({"parts": {}}, r"parts must be list, got \{\}"),
        ({"parts": [{"id": 1}, []]}, r"parts\[1\] must be object, got \[\]"),
        ({"parts": [{}]}, r"parts\[0\]\.id is missing"),
        ({"note": 1.0}, "note must be str or null, got 1.0"),
        ({"other": [1]}, r"other\[0\] must be str, got 1"),
    ],
)
def test_a_value_of_another_shape_is_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        check_shape({**FINE, **change}, SHAPE)


def test_the_value_itself_may_be_of_another_shape() -> None:
    with pytest.raises(ValueError, match=r"^it must be object, got \[\]$"):
        check_shape([], SHAPE)
    with pytest.raises(ValueError, match=r"^meta must be object, got 3$"):
        check_shape(3, SHAPE, "meta")

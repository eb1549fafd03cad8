"""Numbers and names of attributes."""

import pytest

from kernel import attrs, symbols
from kernel.errors import DataError


def test_attributes_have_the_numbers_of_spacy_files() -> None:
    assert (attrs.ORTH, attrs.LOWER, attrs.TAG, attrs.SPACY, attrs.MORPH, attrs.ENT_ID) == (
        65,
        66,
        75,
        81,
        453,
        454,
    )
    assert (symbols.ADJ, symbols.SPACE, symbols.PERSON, symbols.acl) == (84, 103, 380, 451)


@pytest.mark.parametrize(
    ("given", "name"), [("lower", "LOWER"), (66, "LOWER"), ("IS_SENT_START", "SENT_START"), (0, "")]
)
def test_an_attribute_is_given_by_name_or_number(given: str | int, name: str) -> None:
    assert attrs.attribute_name(given) == name
    assert attrs.attribute_id(given) == attrs.IDS[name]


@pytest.mark.parametrize(
    ("given", "message"),
    [("LOWR", "unknown name, got 'LOWR'; did you mean 'LOWER'"), (84, "unknown number, got 84")],
)
def test_what_is_no_attribute_is_named(given: str | int, message: str) -> None:
    with pytest.raises(DataError, match=message):
        attrs.attribute_name(given)


@pytest.mark.parametrize("module", [attrs, symbols])
def test_an_unknown_name_of_a_module_is_an_attribute_error(module: object) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'NOTHING'"):
        _ = module.NOTHING  # type: ignore[attr-defined]

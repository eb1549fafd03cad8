"""The schema and `default.cfg` say the same: every default has a type and fits it."""

from __future__ import annotations

import pytest

from kernel.config import DEFAULT_CONFIG, check_config, fill_config
from kernel.config.format.writing import SECTION_ORDER
from kernel.config.rules.schema import OPTIONAL, SCHEMA
from kernel.config.rules.typing_rules import fits

PLAIN = DEFAULT_CONFIG.interpolate()


def test_both_hold_the_same_sections_in_the_order_of_a_file():
    assert set(SCHEMA) == {*DEFAULT_CONFIG, *OPTIONAL} == set(SECTION_ORDER)


@pytest.mark.parametrize(
    "section", [name for name in SCHEMA if name not in ("pretraining", "components", "corpora", *OPTIONAL)]
)
def test_both_hold_the_same_keys(section: str):
    assert set(SCHEMA[section].fields) == set(DEFAULT_CONFIG[section])


@pytest.mark.parametrize(
    ("section", "key"),
    [
        (section, key)
        for section, schema in SCHEMA.items()
        for key in schema.fields
        if key in PLAIN.get(section, {}) and (section, key) != ("nlp", "lang")
    ],
)
def test_each_default_fits_its_type(section: str, key: str):
    value, field = PLAIN[section][key], SCHEMA[section].fields[key]

    assert fits(value, field.type) or f"@{field.kind}" in value or field.keys


def test_each_default_of_the_checkpoint_fits_its_type():
    keys = SCHEMA["training"].fields["checkpoint"].keys

    assert set(PLAIN["training"]["checkpoint"]) == set(keys)
    assert all(fits(value, keys[key].type) for key, value in PLAIN["training"]["checkpoint"].items())


def test_every_field_has_a_title():
    titles = [field.title for schema in SCHEMA.values() for field in schema.fields.values()]

    assert all(titles)
    assert all(len(title) <= 80 for title in titles)


def test_the_default_with_a_language_is_right():
    check_config(fill_config({"nlp": {"lang": "xx"}}))

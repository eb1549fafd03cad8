"""Whatever stands in the place of a value or a section of a config: it is accepted, or refused by an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kernel.config import Config, make_plan, recommend_config
from kernel.config.format.references import find, leaves, sections
from kernel.errors import KernelError

RELEASE = Path(__file__).parent / "golden" / "0.1.0"

#: Of types that a config file can hold, each in odd company.
VALUES: list[Any] = [[[]], {"a": {"b": []}}, -1, float("nan"), None, "${nlp}", {"@readers": 3}, {"*": [1]}]


def proposed() -> Config:
    """A complete config with corpora that exist."""
    config = recommend_config("en", ["tagger", "ner"])
    config["paths"].update({name: str(RELEASE / f"{name}.spacy") for name in ("train", "dev")})
    return config


def places() -> Iterator[tuple[str, str]]:
    """Every value and every section of the config, as the section that holds it and its key."""
    config = proposed()
    yield from ((section, key) for section, key, _ in leaves(config))
    for section in sections(config):
        outer, _, key = section.rpartition(".")
        yield outer, key


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_a_value_of_another_type_is_never_a_traceback(value: Any) -> None:
    for section, key in places():
        config = proposed()
        (find(config, section) if section else config)[key] = value
        try:
            make_plan(config, has_data=True)
        except KernelError:
            pass
        except Exception as error:
            pytest.fail(f"[{section}] {key} = {value!r}: {error!r}")

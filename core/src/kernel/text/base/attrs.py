"""Numbers of token and lexeme attributes: `attrs.LOWER` is 66.

`IDS` and `NAMES` map both ways. Every public function that takes an attribute accepts its number or its name.
"""

from __future__ import annotations

from functools import lru_cache

from kernel.errors import DataError, did_you_mean
from kernel.text.base import symbols

_FIRST_WORD, _LAST_WORD = symbols.IDS["IS_ALPHA"], symbols.IDS["LANG"]
_LATER = ("ENT_KB_ID", "MORPH", "ENT_ID", "IDX")

IDS: dict[str, int] = {
    "": 0,
    **{symbols.NAMES[number]: number for number in range(_FIRST_WORD, _LAST_WORD + 1)},
    **{name: symbols.IDS[name] for name in _LATER},
}
NAMES: dict[int, str] = {number: name for name, number in IDS.items()}

_ALIASES = {"IS_SENT_START": "SENT_START"}


def attribute_id(attribute: int | str) -> int:
    """Return the number of an attribute, from its number or its name in any case.

    Raises:
        DataError: The attribute is unknown.
    """
    return IDS[attribute_name(attribute)]


def attribute_name(attribute: int | str) -> str:
    """Return the name of an attribute, from its number or its name in any case.

    Raises:
        DataError: The attribute is unknown.
    """
    if isinstance(attribute, str):
        name = attribute.upper()
        name = _ALIASES.get(name, name)
        if name in IDS:
            return name
        raise DataError(f"attribute: unknown name, got {attribute!r:.80}{did_you_mean(attribute, IDS)}")
    if attribute in NAMES:
        return NAMES[attribute]
    raise DataError(f"attribute: unknown number, got {attribute!r:.80}")


@lru_cache(maxsize=256)
def attribute_names(attributes: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the names of several attributes; see `attribute_name`."""
    return tuple(map(attribute_name, attributes))


def __getattr__(name: str) -> int:
    try:
        return IDS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None

"""Attributes of words from a file with a JSON object a line, as `[initialize] vocab_data` names it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError, did_you_mean
from kernel.text.base.jsonvalues import read_json
from kernel.text.base.lines import is_whole_number, read_lines
from kernel.text.vocab.lexeme_table import FLAG_NAMES
from kernel.text.vocab.lookups import Table
from kernel.text.vocab.vocab import Vocab

_TEXTS = ("lower", "norm", "shape", "prefix", "suffix", "lang")
_NUMBERS = ("prob", "sentiment")
_INTEGERS = ("id", "rank", "length", "cluster")
_FLAGS = tuple(sorted(name.lower() for name in FLAG_NAMES))
#: Follows from the others, so that a value of it changes nothing.
_DERIVED = ("is_oov",)
_KNOWN = ("orth", *_TEXTS, *_NUMBERS, *_INTEGERS, *_FLAGS, *_DERIVED)


def add_vocab_data(vocab: Vocab, data: str | Path | Iterable[Any]) -> None:
    """Give words attributes: all that are named, or, where something is wrong, none.

    Saved with a vocabulary are `norm`, `prob`, `cluster` and `sentiment`; the others are of this one.

    Args:
        vocab: The vocabulary.
        data: A file with one object a line, `{"orth": "word", "prob": -9.2, "is_stop": true}`, or the objects. One may
            be `{"lang": "en", "settings": {"oov_prob": -20.5}}`.

    Raises:
        DataError: The file cannot be read, or a line is wrong; the message says which.
    """
    words, settings = [], {}
    for place, entry in _entries(data):
        if not isinstance(entry, dict):
            raise DataError(f'{place}: expected an object such as {{"orth": "word"}}, got {entry!r:.80}')
        if "settings" in entry:
            settings.update(_settings(place, entry["settings"]))
        else:
            words.append(_checked(place, entry))
    for attributes in words:
        vocab[attributes.pop("orth")].set_attrs(**attributes)
    if settings:
        lookups, name = vocab.lookups, "lexeme_settings"
        table: Table = lookups.get_table(name) if name in lookups else lookups.add_table(name)
        table.update(settings)


def _entries(data: str | Path | Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Read the objects, each with the place where it stands."""
    if not isinstance(data, str | Path):
        for number, entry in enumerate(data, start=1):
            yield f"vocab_data, object {number}", entry
        return
    for number, line in enumerate(read_lines(Path(data)), start=1):
        if not line.strip():
            continue
        try:
            entry = read_json(line)
        except ValueError as error:
            raise DataError(f"{data}:{number}: expected a JSON object, got {line!r:.60}; {error}") from error
        yield f"{data}:{number}", entry


def _settings(place: str, settings: Any) -> dict[str, float]:
    if not isinstance(settings, dict) or set(settings) - {"oov_prob"}:
        raise DataError(f'{place}: settings: expected {{"oov_prob": number}}, got {settings!r:.80}')
    return {name: _number(place, name, value) for name, value in settings.items()}


def _checked(place: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Check one word's attributes, and give those that are set."""
    if not isinstance(entry.get("orth"), str) or not entry["orth"]:
        raise DataError(f"{place}: orth: expected the word, got {entry.get('orth')!r:.80}")
    attributes: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in _KNOWN:
            raise DataError(
                f"{place}: a word has no such attribute, got {name!r:.80}{did_you_mean(name, _KNOWN)}"
            )
        if name in ("orth", *_TEXTS) and not isinstance(value, str):
            raise DataError(f"{place}: {name}: expected a text, got {value!r:.80}")
        if name in _FLAGS and not isinstance(value, bool):
            raise DataError(f"{place}: {name}: expected true or false, got {value!r:.80}")
        if name in _NUMBERS:
            value = _number(place, name, value)
        if name in _INTEGERS:
            value = _integer(place, name, value)
        if name not in _DERIVED:
            attributes[name] = value
    return attributes


def _number(place: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{place}: {name}: expected a number, got {value!r:.80}")
    return float(value)


def _integer(place: str, name: str, value: Any) -> int:
    # Clusters come as texts of digits in the files that people have.
    digits = isinstance(value, str) and is_whole_number(value)
    number = int(value) if digits or (isinstance(value, int) and not isinstance(value, bool)) else -1
    if not 0 <= number < 1 << 64:
        raise DataError(f"{place}: {name}: expected a whole number from 0, got {value!r:.80}")
    return number

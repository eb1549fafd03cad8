"""Read attributes of words from a JSONL file, for `[initialize] vocab_data`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.errors import DataError, did_you_mean
from kernel.text.base.json_data import read_json
from kernel.text.base.lines import is_whole_number, read_lines
from kernel.text.vocab.lexeme_table import FLAG_NAMES
from kernel.text.vocab.lookups import Table
from kernel.text.vocab.vocab import Vocab

_TEXTS = ("lower", "norm", "shape", "prefix", "suffix", "lang")
_NUMBERS = ("prob", "sentiment")
_INTEGERS = ("id", "rank", "length", "cluster")
_FLAGS = tuple(sorted(name.lower() for name in FLAG_NAMES))
#: Derived from the other attributes; a value is accepted and ignored.
_DERIVED = ("is_oov",)
_KNOWN = ("orth", *_TEXTS, *_NUMBERS, *_INTEGERS, *_FLAGS, *_DERIVED)


def add_vocab_data(vocab: Vocab, data: str | Path | Iterable[Any]) -> None:
    """Set attributes of words; if any entry is invalid, nothing is set.

    Only `norm`, `prob`, `cluster` and `sentiment` are saved with the vocabulary.

    Args:
        vocab: The vocabulary.
        data: A file with one object per line, `{"orth": "word", "prob": -9.2, "is_stop": true}`, or the objects. One
            may be `{"lang": "en", "settings": {"oov_prob": -20.5}}`.

    Raises:
        DataError: The file cannot be read, or a line is invalid; the message says which.
    """
    words, settings = [], {}
    for where, entry in _entries(data):
        if not isinstance(entry, dict):
            raise DataError(f'{where}: expected an object such as {{"orth": "word"}}, got {entry!r:.80}')
        if "settings" in entry:
            settings.update(_settings(where, entry["settings"]))
        else:
            words.append(_checked(where, entry))
    for attributes in words:
        vocab[attributes.pop("orth")].set_attrs(**attributes)
    if settings:
        lookups, name = vocab.lookups, "lexeme_settings"
        table: Table = lookups.get_table(name) if name in lookups else lookups.add_table(name)
        table.update(settings)


def _entries(data: str | Path | Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Read the objects, each with where it is from."""
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


def _settings(where: str, settings: Any) -> dict[str, float]:
    if not isinstance(settings, dict) or set(settings) - {"oov_prob"}:
        raise DataError(f'{where}: settings: expected {{"oov_prob": number}}, got {settings!r:.80}')
    return {name: _number(where, name, value) for name, value in settings.items()}


def _checked(where: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Check the attributes of one word, and return those to set."""
    if not isinstance(entry.get("orth"), str) or not entry["orth"]:
        raise DataError(f"{where}: orth: expected the word, got {entry.get('orth')!r:.80}")
    attributes: dict[str, Any] = {}
    for name, value in entry.items():
        if name not in _KNOWN:
            raise DataError(
                f"{where}: unknown attribute of a word, got {name!r:.80}{did_you_mean(name, _KNOWN)}"
            )
        if name in ("orth", *_TEXTS) and not isinstance(value, str):
            raise DataError(f"{where}: {name}: expected a string, got {value!r:.80}")
        if name in _FLAGS and not isinstance(value, bool):
            raise DataError(f"{where}: {name}: expected true or false, got {value!r:.80}")
        if name in _NUMBERS:
            value = _number(where, name, value)
        if name in _INTEGERS:
            value = _integer(where, name, value)
        if name not in _DERIVED:
            attributes[name] = value
    return attributes


def _number(where: str, name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f"{where}: {name}: expected a number, got {value!r:.80}")
    return float(value)


def _integer(where: str, name: str, value: Any) -> int:
    # Existing files have clusters as strings of digits.
    digits = isinstance(value, str) and is_whole_number(value)
    number = int(value) if digits or (isinstance(value, int) and not isinstance(value, bool)) else -1
    if not 0 <= number < 1 << 64:
        raise DataError(f"{where}: {name}: expected a non-negative whole number, got {value!r:.80}")
    return number

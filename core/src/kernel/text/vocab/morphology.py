"""Morphological features: `Case=Nom|Number=Sing` as a number, as a dictionary, as a set of features."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError, did_you_mean
from kernel.text.base import attrs, symbols
from kernel.text.base.strings import StringStore

if TYPE_CHECKING:
    from kernel.text.vocab.vocab import Vocab

#: Marks a token that is annotated as having no features.
EMPTY_MORPH = "_"

_FEATURE_SEPARATOR = "|"
_FIELD_SEPARATOR = "="
_VALUE_SEPARATOR = ","


def feats_to_dict(feats: str) -> dict[str, str]:
    """Split features such as `Case=Nom|Number=Sing` into values by field.

    Raises:
        DataError: A feature does not have the form Field=Value.
    """
    if feats in ("", EMPTY_MORPH):
        return {}
    features: dict[str, str] = {}
    for feature in feats.split(_FEATURE_SEPARATOR):
        field, separator, values = feature.partition(_FIELD_SEPARATOR)
        if not (field and separator and values):
            raise DataError(f"morph: expected Field=Value joined by '|', got {feats!r:.80}")
        features[field] = values
    return features


def dict_to_feats(features: Mapping[str, str]) -> str:
    """Return features as text in normal order: sorted by field, and the values of a field sorted."""
    if not isinstance(features, Mapping) or not {str}.issuperset(map(type, (*features, *features.values()))):
        raise DataError(
            f"morph: expected features as text or by field, got {features!r:.60}; write for example 'Number=Sing'"
        )
    in_order = sorted(features.items())
    return _FEATURE_SEPARATOR.join(f"{field}={_sorted_values(values)}" for field, values in in_order)


def _sorted_values(values: str) -> str:
    return _VALUE_SEPARATOR.join(sorted(values.split(_VALUE_SEPARATOR)))


class MorphAnalysis:
    """The features of one token."""

    __slots__ = ("_feats", "key", "vocab")

    def __init__(self, vocab: Vocab, features: str | Mapping[str, str] | None = "") -> None:
        """Create a view of features, adding them to the vocabulary.

        Args:
            vocab: The vocabulary.
            features: The features, as text or by field.
        """
        self._look(vocab, vocab.morphology.add(features))

    @classmethod
    def from_id(cls, vocab: Vocab, key: int) -> MorphAnalysis:
        """Create a view of the features with a number."""
        analysis = cls.__new__(cls)
        analysis._look(vocab, key)
        return analysis

    def _look(self, vocab: Vocab, key: int) -> None:
        self.vocab = vocab
        self.key = key
        feats = vocab.strings[key] if key else ""
        self._feats = "" if feats == EMPTY_MORPH else feats

    def get(self, field: str, default: list[str] | None = None) -> list[str]:
        """Return the values of a field, or the default (an empty list) if the token does not have the field."""
        values = self.to_dict().get(field)
        return (default or []) if values is None else values.split(_VALUE_SEPARATOR)

    def to_dict(self) -> dict[str, str]:
        """Return the values by field."""
        return feats_to_dict(self._feats)

    def to_json(self) -> str:
        """Return the features as text."""
        return self._feats

    def __str__(self) -> str:
        return self._feats

    def __repr__(self) -> str:
        return self._feats

    def __iter__(self) -> Iterator[str]:
        # A field with two values is listed twice.
        for field, values in self.to_dict().items():
            for value in values.split(_VALUE_SEPARATOR):
                yield field + _FIELD_SEPARATOR + value

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, feature: object) -> bool:
        return feature in list(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self._feats == other
        return isinstance(other, MorphAnalysis) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Morphology:
    """The feature bundles of a vocabulary, stored as strings in normal order."""

    EMPTY_MORPH = EMPTY_MORPH
    FEATURE_SEP = _FEATURE_SEPARATOR
    FIELD_SEP = _FIELD_SEPARATOR
    VALUE_SEP = _VALUE_SEPARATOR
    feats_to_dict = staticmethod(feats_to_dict)
    dict_to_feats = staticmethod(dict_to_feats)

    def __init__(self, strings: StringStore) -> None:
        self.strings = strings
        # Only bundles whose normal form is a permanent string.
        self._keys: dict[str | None, int] = {None: 0}

    def __deepcopy__(self, memo: dict[int, Any]) -> Morphology:
        copied = memo[id(self)] = Morphology(deepcopy(self.strings, memo))
        return copied

    def add(self, features: str | Mapping[str, str] | None) -> int:
        """Store a feature bundle.

        Args:
            features: The features, as text or by field; None for a token that is not annotated.

        Returns:
            Its number: 0 for None, and the number of `_` for no features.
        """
        if features is None:
            return 0
        if not isinstance(features, str):
            return self.add(dict_to_feats(features))
        key = self._keys.get(features)
        if key is None:
            normal = self.normalize_features(features)
            key = self.strings.add(normal)
            if self.strings.known([normal]) is not None:
                self._keys[features] = key
        return key

    def add_all(self, bundles: Sequence[str | Mapping[str, str] | None]) -> npt.NDArray[np.uint64]:
        """Store many feature bundles; see `add`.

        Returns:
            Their numbers, in order.
        """
        try:
            return np.fromiter(map(self._keys.__getitem__, bundles), dtype=np.uint64, count=len(bundles))  # type: ignore[arg-type]
        except (KeyError, TypeError):
            return np.fromiter(map(self.add, bundles), dtype=np.uint64, count=len(bundles))

    def get(self, morph: int) -> str:
        """Return the features with a number, as text."""
        feats = self.strings[morph] if morph else ""
        return "" if feats == EMPTY_MORPH else feats

    def normalize_features(self, features: str | Mapping[str, str]) -> str:
        """Return features as text in normal order; `_` for none."""
        by_field = feats_to_dict(features) if isinstance(features, str) else features
        return dict_to_feats(by_field) or EMPTY_MORPH

    def normalize_attrs(self, attrs_by_key: Mapping[int | str, int | str]) -> dict[int | str, int | str]:
        """Normalize attributes: the part of speech to numbers, features to strings with sorted values.

        Raises:
            DataError: The part of speech is unknown.
        """
        normal: dict[int | str, int | str] = {}
        for key, value in attrs_by_key.items():
            name = attrs.NAMES.get(key) or self.strings.as_string(key) if isinstance(key, int) else key
            if name.upper() == "POS":
                normal[attrs.IDS["POS"]] = _pos_number(value)
            else:
                normal[name] = _sorted_values(self.strings.as_string(value))
        return normal


def _pos_number(pos: int | str) -> int:
    if isinstance(pos, int):
        return pos
    if pos.upper() not in symbols.PARTS_OF_SPEECH:
        raise DataError(
            f"morph: unknown part of speech, got {pos!r:.80}{did_you_mean(pos, symbols.PARTS_OF_SPEECH)}"
        )
    return symbols.IDS[pos.upper()]

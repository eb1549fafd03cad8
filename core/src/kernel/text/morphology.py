"""Morphological features: `Case=Nom|Number=Sing` as one number, as a dictionary, as a set of values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kernel.errors import DataError
from kernel.text.strings import StringStore

#: Stands for a token that is annotated and has no features.
EMPTY_MORPH = "_"

_FEATURE_SEPARATOR = "|"
_FIELD_SEPARATOR = "="
_VALUE_SEPARATOR = ","


def feats_to_dict(feats: str) -> dict[str, str]:
    """Take features apart: `Case=Nom|Number=Sing` by field.

    Raises:
        DataError: A feature is not of the form Field=Value.
    """
    if feats in ("", EMPTY_MORPH):
        return {}
    features: dict[str, str] = {}
    for feature in feats.split(_FEATURE_SEPARATOR):
        field, separator, values = feature.partition(_FIELD_SEPARATOR)
        if not (field and separator and values):
            raise DataError(f"morph: expected Field=Value joined by '|', got {feats!r}")
        features[field] = values
    return features


def dict_to_feats(features: Mapping[str, str]) -> str:
    """Write features in their normal order: fields by name, the values of a field by name."""
    in_order = sorted(features.items())
    return _FEATURE_SEPARATOR.join(f"{field}={_sorted_values(values)}" for field, values in in_order)


def _sorted_values(values: str) -> str:
    return _VALUE_SEPARATOR.join(sorted(values.split(_VALUE_SEPARATOR)))


class MorphAnalysis:
    """The features of one token."""

    __slots__ = ("_feats", "key")

    def __init__(self, strings: StringStore, key: int) -> None:
        self.key = key
        self._feats = "" if key == 0 or strings[key] == EMPTY_MORPH else strings[key]

    def get(self, field: str, default: list[str] | None = None) -> list[str]:
        """Values of one field; none where the token does not have it."""
        values = self.to_dict().get(field)
        return (default or []) if values is None else values.split(_VALUE_SEPARATOR)

    def to_dict(self) -> dict[str, str]:
        """Values by field."""
        return feats_to_dict(self._feats)

    def to_json(self) -> str:
        """The features as text."""
        return self._feats

    def __str__(self) -> str:
        return self._feats

    def __repr__(self) -> str:
        return self._feats

    def __iter__(self) -> Iterator[str]:
        return iter(self._feats.split(_FEATURE_SEPARATOR) if self._feats else ())

    def __len__(self) -> int:
        return len(self.to_dict())

    def __contains__(self, feature: object) -> bool:
        return feature in list(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, str):
            return self._feats == other
        return isinstance(other, MorphAnalysis) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Morphology:
    """Numbers of feature bundles, always in their normal order."""

    EMPTY_MORPH = EMPTY_MORPH
    feats_to_dict = staticmethod(feats_to_dict)
    dict_to_feats = staticmethod(dict_to_feats)

    def __init__(self, strings: StringStore) -> None:
        self._strings = strings
        self._keys: dict[str, int] = {}

    def add(self, features: str | Mapping[str, str] | None) -> int:
        """Store a bundle of features.

        Args:
            features: As text or by field; None for a token that is not annotated.

        Returns:
            Its number: 0 for None, that of `_` for no features.
        """
        if features is None:
            return 0
        if not isinstance(features, str):
            return self.add(dict_to_feats(features))
        key = self._keys.get(features)
        if key is None:
            key = self._strings.add(dict_to_feats(feats_to_dict(features)) or EMPTY_MORPH)
            self._keys[features] = key
        return key

    def get(self, key: int) -> MorphAnalysis:
        """The features with a number."""
        return MorphAnalysis(self._strings, key)

"""Morphological features: `Case=Nom|Number=Sing` as one number, as a dictionary, as a set of values."""

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
            raise DataError(f"morph: expected Field=Value joined by '|', got {feats!r:.80}")
        features[field] = values
    return features


def dict_to_feats(features: Mapping[str, str]) -> str:
    """Write features in their normal order: fields by name, the values of a field by name."""
    if not isinstance(features, Mapping) or not {str}.issuperset(map(type, (*features, *features.values()))):
        raise DataError(
            f"morph: expected features as text or by field, got {features!r:.60}; write 'Number=Sing' or so"
        )
    in_order = sorted(features.items())
    return _FEATURE_SEPARATOR.join(f"{field}={_sorted_values(values)}" for field, values in in_order)


def _sorted_values(values: str) -> str:
    return _VALUE_SEPARATOR.join(sorted(values.split(_VALUE_SEPARATOR)))


class MorphAnalysis:
    """The features of one token."""

    __slots__ = ("_feats", "key", "vocab")

    def __init__(self, vocab: Vocab, features: str | Mapping[str, str] | None = "") -> None:
        """Store features and look at them.

        Args:
            vocab: Where they are stored.
            features: As text or by field.
        """
        self._look(vocab, vocab.morphology.add(features))

    @classmethod
    def from_id(cls, vocab: Vocab, key: int) -> MorphAnalysis:
        """Look at the features with a number."""
        analysis = cls.__new__(cls)
        analysis._look(vocab, key)
        return analysis

    def _look(self, vocab: Vocab, key: int) -> None:
        self.vocab = vocab
        self.key = key
        feats = vocab.strings[key] if key else ""
        self._feats = "" if feats == EMPTY_MORPH else feats

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
        # A field with two values comes twice.
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
    """Numbers of feature bundles, always in their normal order."""

    EMPTY_MORPH = EMPTY_MORPH
    FEATURE_SEP = _FEATURE_SEPARATOR
    FIELD_SEP = _FIELD_SEPARATOR
    VALUE_SEP = _VALUE_SEPARATOR
    feats_to_dict = staticmethod(feats_to_dict)
    dict_to_feats = staticmethod(dict_to_feats)

    def __init__(self, strings: StringStore) -> None:
        self.strings = strings
        # Those whose normal form stays in the strings.
        self._keys: dict[str | None, int] = {None: 0}

    def __deepcopy__(self, memo: dict[int, Any]) -> Morphology:
        copied = memo[id(self)] = Morphology(deepcopy(self.strings, memo))
        return copied

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
            normal = self.normalize_features(features)
            key = self.strings.add(normal)
            if self.strings.known([normal]) is not None:
                self._keys[features] = key
        return key

    def add_all(self, bundles: Sequence[str | Mapping[str, str] | None]) -> npt.NDArray[np.uint64]:
        """Store many bundles; see `add`.

        Returns:
            Their numbers, in order.
        """
        try:
            return np.fromiter(map(self._keys.__getitem__, bundles), dtype=np.uint64, count=len(bundles))  # type: ignore[arg-type]
        except (KeyError, TypeError):
            return np.fromiter(map(self.add, bundles), dtype=np.uint64, count=len(bundles))

    def get(self, morph: int) -> str:
        """The features with a number, as text."""
        feats = self.strings[morph] if morph else ""
        return "" if feats == EMPTY_MORPH else feats

    def normalize_features(self, features: str | Mapping[str, str]) -> str:
        """Write features in their normal order, `_` for none."""
        by_field = feats_to_dict(features) if isinstance(features, str) else features
        return dict_to_feats(by_field) or EMPTY_MORPH

    def normalize_attrs(self, attrs_by_key: Mapping[int | str, int | str]) -> dict[int | str, int | str]:
        """Write attributes in one way: the part of speech by numbers, features by texts with their values in order.

        Raises:
            DataError: There is no such part of speech.
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
            f"morph: no such part of speech, got {pos!r:.80}{did_you_mean(pos, symbols.PARTS_OF_SPEECH)}"
        )
    return symbols.IDS[pos.upper()]

"""Named groups of spans that may overlap: `doc.spans["sc"]`."""

from __future__ import annotations

import struct
from collections import UserDict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from kernel.errors import DataError
from kernel.text.base import messages
from kernel.text.base.strings import checked_number
from kernel.text.doc.span import Span

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc


class SpanKey(NamedTuple):
    """A span as numbers."""

    start: int
    end: int
    label: int
    kb_id: int
    id: int


# One serialized span: span id, knowledge base id, label, start and end token, start and end character.
_PACKED = struct.Struct(">QQQllll")
_PACKED_WITHOUT_ID = struct.Struct(">QQllll")


class SpanGroup:
    """A named list of spans of one document."""

    def __init__(
        self, doc: Doc, *, name: str = "", attrs: Mapping[str, Any] | None = None, spans: Iterable[Span] = ()
    ) -> None:
        self.doc = doc
        self.name = name
        self.attrs: dict[str, Any] = dict(attrs or {})
        self._keys: list[SpanKey] = []
        self.extend(spans)

    @property
    def has_overlap(self) -> bool:
        """Whether any two spans overlap."""
        in_order = sorted(self._keys)
        return any(after[0] < before[1] for before, after in pairwise(in_order))

    @property
    def keys(self) -> list[SpanKey]:
        """Start, end, label, knowledge base id and span id of every span."""
        return list(self._keys)

    def append(self, span: Span) -> None:
        """Add a span."""
        _check_of(self.doc, span)
        self._keys.append(_key(span))

    def extend(self, spans_or_span_group: Iterable[Span]) -> None:
        """Add several spans."""
        for span in spans_or_span_group:
            self.append(span)

    def extend_keys(self, keys: Iterable[SpanKey]) -> None:
        """Add spans given by start, end, label, knowledge base id and span id."""
        length = len(self.doc)
        for key in keys:
            if not 0 <= key[0] <= key[1] <= length:
                raise DataError(f"spans: not a slice of a document of {length} tokens, got {key[0]}:{key[1]}")
            self._keys.append(key)

    def replace_keys(self, keys: Iterable[SpanKey]) -> None:
        """Replace all spans."""
        self._keys = []
        self.extend_keys(keys)

    def copy(self, doc: Doc | None = None) -> SpanGroup:
        """Copy the group, optionally for another document with as many tokens."""
        copied = SpanGroup(self.doc if doc is None else doc, name=self.name, attrs=self.attrs)
        copied.extend_keys(self._keys)
        return copied

    def __len__(self) -> int:
        return len(self._keys)

    def __iter__(self) -> Iterator[Span]:
        return (self[i] for i in range(len(self)))

    @overload
    def __getitem__(self, i: int) -> Span: ...
    @overload
    def __getitem__(self, i: slice) -> list[Span]: ...

    def __getitem__(self, i: int | slice) -> Span | list[Span]:
        if isinstance(i, slice):
            return [_span(self.doc, key) for key in self._keys[i]]
        return _span(self.doc, self._keys[i])

    def __setitem__(self, i: int, span: Span) -> None:
        _check_of(self.doc, span)
        self._keys[i] = _key(span)

    def __delitem__(self, i: int) -> None:
        del self._keys[i]

    def __add__(self, spans: Iterable[Span]) -> SpanGroup:
        joined = self.copy()
        joined += spans
        return joined

    def __iadd__(self, spans: Iterable[Span]) -> SpanGroup:
        self.extend(list(spans))
        if isinstance(spans, SpanGroup):
            # If both groups have an attribute, the first group's value wins.
            self.attrs = {**spans.attrs, **self.attrs}
        return self

    def __repr__(self) -> str:
        return repr(list(self))

    def to_bytes(self) -> bytes:
        """Serialize name, attributes and spans."""
        packed = [
            _PACKED.pack(
                span.id, span.kb_id, span.label, span.start, span.end, span.start_char, span.end_char
            )
            for span in self
        ]
        return messages.pack({"name": self.name, "attrs": self.attrs, "spans": packed})

    def from_bytes(self, bytes_data: bytes) -> SpanGroup:
        """Replace name, attributes and spans with those in the output of `to_bytes`.

        Raises:
            DataError: The bytes are damaged or do not fit the document.
        """
        try:
            message = messages.unpack(bytes_data)
            name, attributes = message["name"], message.get("attrs", {})
            keys = [_unpack(packed) for packed in message["spans"]]
        except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
            raise DataError(f"spans: not a span group, {type(error).__name__}") from None
        if not isinstance(name, str) or not isinstance(attributes, dict):
            raise DataError(f"spans: a group needs a name and attributes, got {name!r:.80}")
        self.name = name
        self.attrs = attributes
        self.replace_keys(keys)
        return self


class SpanGroups(UserDict[str, SpanGroup]):
    """The span groups of a document, by name; assigning a list of spans creates a group."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        super().__init__()

    def __setitem__(self, name: str, spans: SpanGroup | Iterable[Span]) -> None:
        if isinstance(spans, SpanGroup):
            if spans.doc is not self.doc:
                raise DataError(
                    f"spans: group {name!r} belongs to another document; copy it with group.copy(doc)"
                )
            self.data[name] = spans
        else:
            self.data[name] = SpanGroup(self.doc, name=name, spans=spans)

    def copy(self, doc: Doc | None = None) -> SpanGroups:
        """Copy the groups, optionally for another document with as many tokens."""
        copied = SpanGroups(self.doc if doc is None else doc)
        for name, group in self.items():
            copied[name] = group.copy(copied.doc)
        return copied

    def to_bytes(self) -> bytes:
        """Serialize every group once, with all its names; no groups become an empty list."""
        names: dict[bytes, list[str]] = {}
        for name, group in self.items():
            names.setdefault(group.to_bytes(), []).append(name)
        return messages.pack(names or [])

    def from_bytes(self, bytes_data: bytes) -> SpanGroups:
        """Replace the groups with those in the output of `to_bytes`.

        Raises:
            DataError: The bytes are damaged or do not fit the document.
        """
        try:
            message = messages.unpack(bytes_data)
        except (ValueError, TypeError) as error:
            raise DataError(f"spans: not span groups, {type(error).__name__}") from None
        self.data = {}
        if not isinstance(message, list | dict):
            raise DataError(f"spans: expected groups by their bytes, got {type(message).__name__}")
        for packed in message:
            group = SpanGroup(self.doc).from_bytes(packed)
            # In the older format, a list, each group has one name.
            names = message[packed] if isinstance(message, dict) else [group.name]
            if not isinstance(names, list):
                raise DataError(f"spans: expected the names of a group, got {names!r:.80}")
            for name in names:
                self.data[str(name)] = group
        return self


def _check_of(doc: Doc, span: Span) -> None:
    if not isinstance(span, Span):
        raise DataError(f"spans: a group holds spans, got {span!r:.60}; use a span such as doc[0:2]")
    if span.doc is not doc:
        raise DataError("spans: a group holds spans of one document, got one of another")


def _key(span: Span) -> SpanKey:
    return SpanKey(span.start, span.end, *map(checked_number, (span.label, span.kb_id, span.id)))


def _span(doc: Doc, key: SpanKey) -> Span:
    start, end, label, kb_id, span_id = key
    return Span(doc, start, end, label=label, kb_id=kb_id, span_id=span_id)


def _unpack(packed: bytes) -> SpanKey:
    if len(packed) == _PACKED_WITHOUT_ID.size:
        kb_id, label, start, end, _, _ = _PACKED_WITHOUT_ID.unpack(packed)
        return SpanKey(start, end, label, kb_id, 0)
    span_id, kb_id, label, start, end, _, _ = _PACKED.unpack(packed)
    return SpanKey(start, end, label, kb_id, span_id)

"""Merge and split tokens of a document, all at once when the block ends.

    with doc.retokenize() as retokenizer:
        retokenizer.merge(doc[0:2], attrs={"LEMMA": "New York"})
        retokenizer.split(doc[3], ["can", "not"], heads=[doc[4], doc[4]])

Merges are applied first, then splits from left to right. The text does not change, so data stored by character offset,
such as extension attributes, stay valid; span groups move with their tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from kernel.errors import DataError
from kernel.text.base import symbols
from kernel.text.base.attrs import attribute_name
from kernel.text.base.moves import Change, Move, moved
from kernel.text.doc.columns import DTYPES, Array
from kernel.text.doc.entities import BEGIN, INSIDE
from kernel.text.doc.span import Span
from kernel.text.doc.token import Token
from kernel.text.vocab.lexeme_table import FLAG_NAMES, LexemeTable

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

Attributes = Mapping[Any, Any]
Head = Token | tuple[Token, int]

_OF_ROOT = ("TAG", "POS", "MORPH", "DEP", "ENT_IOB", "ENT_TYPE")


class _Split(NamedTuple):
    idx: int
    orths: Sequence[str]
    heads: list[tuple[int, int]]
    attrs: dict[str, Sequence[Any]]


class Retokenizer:
    """Collects merges and splits of one document."""

    def __init__(self, doc: Doc) -> None:
        self.doc = doc
        self._merges: dict[tuple[int, int], dict[str, Any]] = {}
        self._splits: list[_Split] = []

    def merge(self, span: Span, attrs: Attributes | None = None) -> None:
        """Merge a span into one token, which gets the annotation of the span's root.

        Args:
            span: The tokens.
            attrs: Attributes of the new token by name or number; extension attributes under `_`.

        Raises:
            DataError: The span is empty, belongs to another document or overlaps one that is merged already, or an
                attribute is unknown.
        """
        if span.doc is not self.doc or not len(span):
            raise DataError(f"retokenize: expected a non-empty span of this document, got {span!r:.80}")
        key = (span.start, span.end)
        if key in self._merges:
            return
        for start, end in self._merges:
            if start < span.end and span.start < end:
                raise DataError(
                    f"retokenize: {span.text!r} overlaps {self.doc[start:end].text!r}, which is merged already; "
                    f"leave one out, for example with util.filter_spans"
                )
        self._merges[key] = _named(attrs or {}, self.doc)

    def split(
        self, token: Token, orths: Sequence[str], heads: Sequence[Head], attrs: Attributes | None = None
    ) -> None:
        """Split a token into several.

        Args:
            token: The token.
            orths: The texts of the new tokens, which joined must equal that of the token.
            heads: The head of each new token: a token, or a split token and the index of its part.
            attrs: For each attribute, its values for the new tokens.

        Raises:
            DataError: The parts do not add up to the token, or there is not one head and one value for each.
        """
        if "".join(orths) != token.text or "" in orths:
            raise DataError(f"retokenize: the parts must add up to {token.text!r}, got {list(orths)!r}")
        if len(heads) != len(orths):
            raise DataError(f"retokenize: {len(heads)} heads for {len(orths)} parts; give one per part")
        named = _named(attrs or {}, self.doc)
        extensions = named.pop("_", None)
        if isinstance(extensions, Mapping):
            named.update({f"._.{name}": values for name, values in extensions.items()})
        elif extensions is not None:
            for name in {name for part in extensions for name in part}:
                named[f"._.{name}"] = [part.get(name) for part in extensions]
        for name, values in named.items():
            if isinstance(values, str) or len(values) != len(orths):
                raise DataError(
                    f"retokenize: {name} needs a value for each of the {len(orths)} parts, got {values!r:.80}"
                )
        offsets = [(head.idx, 0) if isinstance(head, Token) else (head[0].idx, head[1]) for head in heads]
        self._splits.append(_Split(token.idx, list(orths), offsets, named))

    def __enter__(self) -> Retokenizer:
        self._merges, self._splits = {}, []
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            return
        # Protects the words of the new tokens from being forgotten until the document uses them.
        with self.doc.vocab.memory:
            if self._merges:
                _merge(self.doc, dict(sorted(self._merges.items())))
            for split in sorted(self._splits, key=lambda split: split.idx):
                _split(self.doc, split)


def _merge(doc: Doc, merges: dict[tuple[int, int], dict[str, Any]]) -> None:
    """Merge each slice into one token; the slices are in order and do not overlap."""
    spans = [doc[start:end] for start, end in merges]
    roots = [span.root.i for span in spans]
    texts, vectors = [span.text for span in spans], [span.vector for span in spans]
    starts, ends = np.array([*merges]).T
    is_kept = np.ones(len(doc), dtype=bool)
    for start, end in merges:
        is_kept[start + 1 : end] = False
    new_place = np.cumsum(is_kept) - 1
    old_place = np.flatnonzero(is_kept)
    at = new_place[starts]
    columns = {name: values[old_place] for name, values in doc.set_columns.items()}
    for name in _OF_ROOT:
        if name in columns:
            columns[name][at] = doc.column(name)[roots]
    columns["LEX"][at] = doc.vocab.rows(texts)
    columns["SPACY"][at] = doc.column("SPACY")[ends - 1]
    if "LEMMA" in columns:
        columns["LEMMA"][at] = doc.vocab.strings.add_all([span.lemma_ for span in spans])
    if "NORM" in columns:
        columns["NORM"][at] = 0
    if "HEAD" in columns:
        of_token = old_place.copy()
        of_token[at] = roots
        columns["HEAD"] = (new_place[doc.tree.heads[of_token]] - np.arange(len(old_place))).astype(np.int32)
    if "ENT_IOB" in columns:
        _begin_entities(doc, columns, starts, at)
    last = np.append(np.flatnonzero(is_kept)[1:], len(doc)) - 1
    move = tuple(Change(start, end, 1) for start, end in merges)
    _rebuild(doc, columns, move, last)
    for text, vector in zip(texts, vectors, strict=True):
        if doc.vocab.vectors.vectors_length and not doc.vocab.has_vector(text):
            doc.vocab.set_vector(text, vector)
    for i, attrs in zip(at.tolist(), merges.values(), strict=True):
        _annotate(doc[i], attrs)


def _begin_entities(doc: Doc, columns: dict[str, Array], starts: Array, at: Array) -> None:
    """Make merged tokens inside an entity begin one, unless they continue the entity of the token before."""
    iob, types = columns["ENT_IOB"], columns.get("ENT_TYPE", np.zeros(len(columns["LEX"]), dtype=np.uint64))
    old_iob, old_types = doc.column("ENT_IOB"), doc.column("ENT_TYPE")
    for start, i in zip(starts.tolist(), at.tolist(), strict=True):
        if iob[i] in (INSIDE, BEGIN):
            continues = (
                start > 0
                and old_iob[start] == INSIDE
                and types[i] == old_types[start] == old_types[start - 1]
            )
            iob[i] = INSIDE if continues else BEGIN
    before = np.concatenate([[np.uint64(0)], types[:-1]])
    iob[(iob == INSIDE) & ((types != before) | (np.arange(len(iob)) == 0))] = BEGIN


def _split(doc: Doc, split: _Split) -> None:
    """Split the token that starts at a character offset."""
    i, n_more = _token_at(doc, split.idx), len(split.orths) - 1
    heads = [_token_at(doc, idx) for idx, _ in split.heads]
    heads = [head + n_more * (head > i) + part for head, (_, part) in zip(heads, split.heads, strict=True)]
    if not all(0 <= head <= len(doc) - 1 + n_more for head in heads):
        raise DataError(f"retokenize: a part of {doc[i].text!r} has a head outside the document, got {heads}")
    old_place = np.repeat(np.arange(len(doc)), np.where(np.arange(len(doc)) == i, n_more + 1, 1))
    parts = slice(i, i + n_more + 1)
    columns = {name: values[old_place] for name, values in doc.set_columns.items()}
    columns["LEX"][parts] = doc.vocab.rows(split.orths)
    columns["SPACY"][i : i + n_more] = False
    if "LEMMA" in columns and columns["LEMMA"][i]:
        columns["LEMMA"][parts] = doc.vocab.strings.add_all(list(split.orths))
    if "NORM" in columns:
        columns["NORM"][parts] = 0
    if "ENT_IOB" in columns and columns["ENT_IOB"][i] == BEGIN:
        columns["ENT_IOB"][i + 1 : i + n_more + 1] = INSIDE
    if "SENT_START" in columns and columns["SENT_START"][i] == 1:
        columns["SENT_START"][i + 1 : i + n_more + 1] = -1
    new_place = np.arange(len(doc)) + n_more * (np.arange(len(doc)) > i)
    old_heads = doc.tree.heads
    absolute = new_place[old_heads[old_place]]
    absolute[parts] = heads
    if (
        doc.has_column("HEAD")
        or "DEP" in split.attrs
        or (absolute[parts] != np.arange(len(absolute))[parts]).any()
    ):
        columns["HEAD"] = (absolute - np.arange(len(absolute))).astype(np.int32)
    row = np.where((old_place == i), -1, old_place)
    _rebuild(doc, columns, (Change(i, i + 1, n_more + 1),), row)
    for part in range(n_more + 1):
        _annotate(doc[i + part], {name: values[part] for name, values in split.attrs.items()})


def _token_at(doc: Doc, idx: int) -> int:
    i = int(np.searchsorted(doc.offsets, idx))
    if i == len(doc) or doc.offsets[i] != idx:
        raise DataError(
            f"retokenize: no token starts at character {idx} any more; was it merged in the same block?"
        )
    return i


def _rebuild(doc: Doc, columns: dict[str, Array], move: Move, rows: Array) -> None:
    """Replace the columns, and move the tensor and span groups along.

    Args:
        doc: The document.
        columns: The new columns.
        move: Which tokens were merged or split.
        rows: The row of each new token in the old tensor; -1 for zeros.
    """
    groups = [(group.keys, group) for group in doc.spans.values()] if doc.has_spans else []
    tensor = doc.tensor
    if len(tensor) == len(doc) and tensor.size:
        tensor = tensor[rows]
        tensor[rows < 0] = 0
    doc.replace_columns(columns, move)
    doc.tensor = tensor
    for keys, group in groups:
        bounds = (moved(key.start, key.end, move) for key in keys)
        group.replace_keys(
            key._replace(start=start, end=end)
            for key, (start, end) in zip(keys, bounds, strict=True)
            if end > start
        )


def _named(attrs: Attributes, doc: Doc) -> dict[str, Any]:
    """Return attributes by name, from names or numbers; extension attributes, under `_`, must exist."""
    named: dict[str, Any] = {}
    for key, value in attrs.items():
        if key in ("_", symbols.IDS["_"]):
            for name in value if isinstance(value, Mapping) else {n for part in value for n in part}:
                extension = Token.get_extension(name)
                if extension is None:
                    raise DataError(f"Token._.{name}: no such attribute; add it with Token.set_extension")
                if extension.method is not None or (extension.getter and not extension.setter):
                    raise DataError(f"Token._.{name}: is computed and cannot be set while retokenizing")
            named["_"] = value
        else:
            named[attribute_name(key.rstrip("_") if isinstance(key, str) else key)] = value
    return named


def _annotate(token: Token, attrs: Attributes) -> None:
    """Set attributes of a token, or of its word if they are lexical."""
    for name, value in attrs.items():
        if name == "_":
            for extension, extension_value in value.items():
                token._.set(extension, extension_value)
        elif name.startswith("._."):
            token._.set(name[3:], value)
        elif name == "MORPH":
            token.set_morph(token.vocab.strings.as_string(value) if isinstance(value, int) else value)
        elif name in DTYPES:
            number = token.vocab.strings.add(value) if isinstance(value, str) else int(value)
            token.set_annotation(name, number)
        elif name in LexemeTable.COLUMNS or name in FLAG_NAMES:
            token.lex.set_lexical(
                name, token.vocab.strings.add(value) if isinstance(value, str) else int(value)
            )
        else:
            raise DataError(f"retokenize: {name} cannot be set")

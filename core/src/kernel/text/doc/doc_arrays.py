"""Convert documents to and from arrays, and copy slices of documents."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base import attrs, symbols
from kernel.text.doc.columns import DTYPES, Columns, features
from kernel.text.doc.entities import BEGIN, INSIDE, entities, write_entities
from kernel.text.vocab.underscore import is_added

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

_SIGNED = frozenset(("HEAD", "SENT_START", "ENT_IOB"))
_MODES = ("strict", "contract", "expand")


def has_annotation(doc: Doc, name: str, require_complete: bool) -> bool:
    """Return whether an attribute is annotated for some token, or for every token.

    Lexical attributes always are, and in an empty document all attributes are. Heads are as complete as their labels,
    and the first token always starts a sentence.
    """
    if len(doc) == 0 or (name not in DTYPES and name in attrs.IDS) or name in ("NORM", "SPACY"):
        return True
    if name == "SENT_START":
        if doc.has_column("HEAD") or len(doc) == 1:
            return True
        values = doc.column(name)[1:]
    else:
        values = doc.column("DEP" if name == "HEAD" and doc.has_column("DEP") else name)
        if name == "HEAD" and not doc.has_column("HEAD"):
            return False
    return bool(np.all(values != 0)) if require_complete else bool(np.any(values != 0))


def to_array(doc: Doc, names: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Return attributes of all tokens, one column each; IDX is the character offset of a token."""
    if "IDX" not in names:
        return features([doc], names)
    array = np.empty((len(doc), len(names)), dtype=np.uint64)
    others = [name for name in names if name != "IDX"]
    array[:, [i for i, name in enumerate(names) if name != "IDX"]] = features([doc], others)
    array[:, [i for i, name in enumerate(names) if name == "IDX"]] = doc.offsets[:, None]
    return array


def from_array(doc: Columns, names: Sequence[str], array: npt.NDArray[Any]) -> None:
    """Set attributes from unsigned integers, one column each; lexical ones cannot be set and are ignored.

    Raises:
        DataError: The array does not fit the document.
    """
    if array.shape != (len(doc), len(names)):
        raise DataError(
            f"doc: expected an array for {len(doc)} tokens and {len(names)} attributes, got shape {array.shape}"
        )
    values = {name: array[:, i] for i, name in enumerate(names) if name in DTYPES}
    write_columns(doc, {name: as_column(name, column) for name, column in values.items()})


def read_numbers(values: Any, n_tokens: int) -> npt.NDArray[Any]:
    """Read an array or lists with one row per token; a single attribute may have no second axis."""
    array: npt.NDArray[Any] = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    if array.dtype == object:
        # NumPy would turn a list that mixes small and very large integers into floats.
        array = (array % (1 << 64)).astype(np.uint64)
    return array.reshape(n_tokens, -1) if array.ndim < 2 else array


def as_column(name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Convert unsigned integers to the column's type; values of signed columns had wrapped around."""
    if name in _SIGNED and values.dtype == np.uint64:
        values = values.view(np.int64)
    return values.astype(DTYPES[name])


def write_columns(doc: Columns, columns: dict[str, npt.NDArray[Any]]) -> None:
    """Set the columns that contain annotation.

    A column of zeros counts as never set. Heads that are all zero, without labels, are not a tree.
    """
    for name, values in columns.items():
        if name == "HEAD" and not values.any() and not ("DEP" in columns and columns["DEP"].any()):
            doc.drop_column(name)
        elif values.any() or name in ("HEAD", "SPACY"):
            doc.set_column(name, values)
        else:
            doc.drop_column(name)


def distinct_pairs(
    first: npt.NDArray[Any], second: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Find the distinct pairs of two columns; faster than finding distinct rows.

    Returns:
        The first and the second element of each pair, and the index of each token's pair.
    """
    firsts, first_index = np.unique(first, return_inverse=True)
    seconds, second_index = np.unique(second, return_inverse=True)
    width = max(1, len(seconds))
    pairs, pair_index = np.unique(first_index * width + second_index, return_inverse=True)
    return firsts[pairs // width], seconds[pairs % width], pair_index


def cut(doc: Doc, piece: Doc, start: int, copy_user_data: bool) -> Doc:
    """Copy the annotation of a slice into the new document `piece`; see `_cut_heads` for heads outside the slice.

    Spans of span groups inside the slice are always copied; user data of tokens and spans inside it only if asked for.
    """
    end = start + len(piece)
    for name in DTYPES:
        if name not in ("LEX", "SPACY", "HEAD") and doc.has_column(name):
            values = doc.column(name)[start:end].copy()
            if name == "ENT_IOB" and len(values) and values[0] == INSIDE:
                values[0] = BEGIN
            piece.set_column(name, values)
    if doc.has_column("HEAD"):
        heads, labels = _cut_heads(doc, start, end)
        piece.set_column("HEAD", heads)
        piece.set_column("DEP", labels)
    if doc.has_column("ENT_IOB") and len(piece):
        _forget_cut_entities(piece, doc.column("ENT_IOB"), start)
    piece.has_unknown_spaces = doc.has_unknown_spaces
    piece.cats = dict(doc.cats)
    if len(doc.tensor) == len(doc):
        piece.tensor = doc.tensor[start:end].copy()
    for name, group in doc.spans.items() if doc.has_spans else ():
        piece.spans[name] = []
        piece.spans[name].extend_keys(
            key._replace(start=key.start - start, end=key.end - start)
            for key in group.keys
            if start <= key.start and key.end <= end
        )
    if copy_user_data and len(piece):
        first_char, end_char = int(doc.offsets[start]), int(doc.offsets[start]) + len(piece.text)
        piece.user_data.update(_user_data_between(doc, first_char, end_char))
    return piece


def _user_data_between(doc: Doc, first: int, end: int) -> dict[Any, Any]:
    """Copy the document's own user data, and those of tokens and spans between two offsets, relative to the first."""
    user_data: dict[Any, Any] = {}
    for key, value in doc.user_data.items():
        if not is_added(key) or key[2] is None:
            user_data[key] = copy.copy(value)
        elif first <= key[2] and (key[2] if key[3] is None else key[3]) <= end:
            mark, name, start, end_char = key
            moved = (mark, name, start - first, None if end_char is None else end_char - first)
            user_data[moved] = copy.copy(value)
    return user_data


def token_bounds(
    starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], start_idx: int, end_idx: int, mode: str
) -> tuple[int, int] | None:
    """Find the tokens between two character offsets.

    Args:
        starts: Offset at which each token starts.
        ends: Offset at which each token ends.
        start_idx: First character.
        end_idx: The character after the last.
        mode: strict, contract or expand.

    Returns:
        The first token and the token after the last; None if no slice fits.
    """
    if mode not in _MODES:
        raise DataError(f"char_span: alignment_mode must be strict, contract or expand, got {mode!r:.80}")
    if not len(starts) or start_idx < 0 or start_idx >= end_idx or end_idx > ends[-1] + 1:
        return None
    if mode == "expand":
        first = int(np.searchsorted(starts, start_idx, side="right")) - 1
        # The space after a token is not part of it.
        first += int(start_idx == ends[first])
        return first, max(first, int(np.searchsorted(starts, end_idx, side="left")))
    first = int(np.searchsorted(starts, start_idx, side="left"))
    end = int(np.searchsorted(ends, end_idx, side="right"))
    if first >= end:
        return None
    if mode == "strict" and (starts[first] != start_idx or ends[end - 1] != end_idx):
        return None
    return first, end


def _cut_heads(doc: Doc, start: int, end: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return heads, as offsets, and labels of a slice; the tokens of a sentence stay in one tree.

    A token whose head is outside the slice gets the label `dep` and its highest ancestor inside the slice as head. If
    there is no such ancestor, the first such token of a sentence becomes a root, and the head of the others.
    """
    heads = doc.tree.heads
    cut_heads, labels = heads[start:end] - start, doc.column("DEP")[start:end].copy()
    new_root: dict[int, int] = {}
    for i in np.flatnonzero((cut_heads < 0) | (cut_heads >= end - start)).tolist():
        labels[i] = symbols.IDS["dep"]
        above, inside = start + i, -1
        while heads[above] != above:
            above = int(heads[above])
            inside = above - start if start <= above < end else inside
        cut_heads[i] = inside if inside >= 0 else new_root.setdefault(above, i)
    return (cut_heads - np.arange(end - start)).astype(DTYPES["HEAD"]), labels


def _forget_cut_entities(piece: Doc, iob: npt.NDArray[Any], start: int) -> None:
    """Mark entities that were cut off at the edges of the slice as unknown."""
    end = start + len(piece)
    spans = entities(piece)
    cut_off = [span[:2] for span in spans[:1] if span[0] == 0 and iob[start] == INSIDE and start]
    cut_off += [span[:2] for span in spans[-1:] if span[1] == len(piece) and iob[end : end + 1] == INSIDE]
    if cut_off:
        write_entities(piece, [], missing=sorted(set(cut_off)), default="unmodified")


def ragged(firsts: Any, lengths: Any) -> tuple[Any, Any]:
    """List the numbers of several ranges, one range after the other, as the index of the range and the number."""
    range_index = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return range_index, np.arange(len(range_index)) - (before - firsts)[range_index]

"""Documents to and from arrays: what is annotated, all attributes side by side, distinct pairs, slices."""

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
    """Whether an attribute is annotated at some token, or at every one.

    What a word shows by itself always is, and so is everything of an empty document. Heads are as complete as their
    labels, and the first token always starts a sentence.
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
    """Attributes of all tokens, one column each; IDX is where a token starts in the text."""
    if "IDX" not in names:
        return features([doc], names)
    array = np.empty((len(doc), len(names)), dtype=np.uint64)
    plain = [name for name in names if name != "IDX"]
    array[:, [i for i, name in enumerate(names) if name != "IDX"]] = features([doc], plain)
    array[:, [i for i, name in enumerate(names) if name == "IDX"]] = doc.offsets[:, None]
    return array


def from_array(doc: Columns, names: Sequence[str], array: npt.NDArray[Any]) -> None:
    """Set attributes from unsigned numbers, one column each; those of words cannot be set and are passed over.

    Raises:
        DataError: The array does not fit the document.
    """
    if array.shape != (len(doc), len(names)):
        raise DataError(
            f"doc: {len(doc)} tokens with {len(names)} attributes each, got an array {array.shape}"
        )
    values = {name: array[:, i] for i, name in enumerate(names) if name in DTYPES}
    write_columns(doc, {name: as_column(name, column) for name, column in values.items()})


def read_numbers(values: Any, n_tokens: int) -> npt.NDArray[Any]:
    """Read an array, or lists, of one row a token; one attribute may come without a second axis."""
    array: npt.NDArray[Any] = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    if array.dtype == object:
        # NumPy makes floats of a list with numbers of both halves of the range.
        array = (array % (1 << 64)).astype(np.uint64)
    return array.reshape(n_tokens, -1) if array.ndim < 2 else array


def as_column(name: str, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Read unsigned numbers as the column stores them: some are signed and had wrapped around."""
    if name in _SIGNED and values.dtype == np.uint64:
        values = values.view(np.int64)
    return values.astype(DTYPES[name])


def write_columns(doc: Columns, columns: dict[str, npt.NDArray[Any]]) -> None:
    """Set the columns that say something.

    A column of zeros is one that was never set. Heads of zero without labels are no tree.
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
    """Find the distinct pairs of two columns; faster than looking for distinct rows.

    Returns:
        The first and the second of each pair, and which pair each token has.
    """
    firsts, first_place = np.unique(first, return_inverse=True)
    seconds, second_place = np.unique(second, return_inverse=True)
    width = max(1, len(seconds))
    pairs, place = np.unique(first_place * width + second_place, return_inverse=True)
    return firsts[pairs // width], seconds[pairs % width], place


def cut(doc: Doc, piece: Doc, start: int, copy_user_data: bool) -> Doc:
    """Copy annotation into a document made of a slice of another; heads outside it become the token's own.

    Of the user data go along those of tokens and spans that lie within, if wanted; groups of spans do always.
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
    """User data of tokens and spans between two places of the text, counted from the first; and what is no one's."""
    found: dict[Any, Any] = {}
    for key, value in doc.user_data.items():
        if not is_added(key) or key[2] is None:
            found[key] = copy.copy(value)
        elif first <= key[2] and (key[2] if key[3] is None else key[3]) <= end:
            mark, name, start, end_char = key
            moved = (mark, name, start - first, None if end_char is None else end_char - first)
            found[moved] = copy.copy(value)
    return found


def token_bounds(
    starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], start_idx: int, end_idx: int, mode: str
) -> tuple[int, int] | None:
    """Find the tokens between two places of the text.

    Args:
        starts: Where tokens start.
        ends: Where they end.
        start_idx: First character.
        end_idx: Character behind the last.
        mode: strict, contract or expand.

    Returns:
        First token and token behind the last; None where no slice fits.
    """
    if mode not in _MODES:
        raise DataError(f"char_span: alignment_mode must be strict, contract or expand, got {mode!r:.80}")
    if not len(starts) or start_idx < 0 or start_idx >= end_idx or end_idx > ends[-1] + 1:
        return None
    if mode == "expand":
        first = int(np.searchsorted(starts, start_idx, side="right")) - 1
        # The space behind a token is not the token's.
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
    """Give heads, as offsets, and labels of a slice; every token of a sentence stays in one tree.

    A token whose head is outside gets the label `dep`, and as its head the highest token above it that is inside. Where
    there is none, the first such token of a sentence is a root and the head of the others.
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
    """Let nothing be known of tokens whose entity goes on beyond the slice."""
    end = start + len(piece)
    spans = entities(piece)
    cut_off = [span[:2] for span in spans[:1] if span[0] == 0 and iob[start] == INSIDE and start]
    cut_off += [span[:2] for span in spans[-1:] if span[1] == len(piece) and iob[end : end + 1] == INSIDE]
    if cut_off:
        write_entities(piece, [], missing=sorted(set(cut_off)), default="unmodified")


def ragged(firsts: Any, lengths: Any) -> tuple[Any, Any]:
    """List first, first + 1, ... for each of some ranges, one after the other: which range, and the number."""
    which = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return which, np.arange(len(which)) - (before - firsts)[which]

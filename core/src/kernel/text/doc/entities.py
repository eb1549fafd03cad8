"""Entities as columns: ENT_IOB (0 unknown, 1 inside, 2 outside, 3 begin) and ENT_TYPE.

A blocked token, which must not be part of an entity, is marked as the beginning of one without a type.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.doc.columns import Columns

UNKNOWN, INSIDE, OUTSIDE, BEGIN = range(4)

_CODES = {"I": INSIDE, "L": INSIDE, "O": OUTSIDE, "B": BEGIN, "U": BEGIN}
_DEFAULTS = {"missing": UNKNOWN, "outside": OUTSIDE}

#: Key of `doc.user_data` for the confidence of each entity: {(start, end, label): 0 to 1}. Like other user data, it is
#: part of copies, of `to_bytes` and of a DocBin that stores user data, but not of a slice.
SCORES = "ent_scores"

#: Start, end, label, knowledge base id, span id.
EntityKey = tuple[int, int, int, int, int]


class Bounds(NamedTuple):
    """Start and end token of each entity, in order."""

    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]


def entity_bounds(iob: npt.NDArray[np.int8], types: npt.NDArray[np.uint64]) -> Bounds:
    """Find entities in the columns; an inside token that continues nothing begins an entity."""
    inside = ((iob == INSIDE) | (iob == BEGIN)) & (types != 0)
    before = np.concatenate([[False], inside[:-1]])
    types_before = np.concatenate([types[:1], types[:-1]])
    starts = inside & ((iob == BEGIN) | ~before | (types != types_before))
    ends = inside & np.concatenate([starts[1:] | ~inside[1:], [True]])[: len(inside)]
    return Bounds(np.flatnonzero(starts), np.flatnonzero(ends) + 1)


def entities(doc: Columns) -> list[EntityKey]:
    """Return the entities of a document, in order."""
    if not doc.has_column("ENT_IOB"):
        return []
    types = doc.column("ENT_TYPE")
    starts, ends = entity_bounds(doc.column("ENT_IOB"), types)
    columns = (types, doc.column("ENT_KB_ID"), doc.column("ENT_ID"))
    return list(
        zip(starts.tolist(), ends.tolist(), *(column[starts].tolist() for column in columns), strict=True)
    )


def write_entities(
    doc: Columns,
    spans: Sequence[EntityKey],
    *,
    blocked: Sequence[tuple[int, int]] = (),
    missing: Sequence[tuple[int, int]] = (),
    outside: Sequence[tuple[int, int]] = (),
    default: str = "outside",
) -> None:
    """Write entities into the columns.

    Args:
        doc: The document.
        spans: The entities.
        blocked: Slices in which entities must not be set.
        missing: Slices whose annotation is unknown.
        outside: Slices that contain no entity.
        default: How to treat all other tokens: outside, missing or unmodified.

    Raises:
        DataError: Two slices overlap.
    """
    if default not in (*_DEFAULTS, "unmodified"):
        raise DataError(f"doc: default must be outside, missing or unmodified, got {default!r:.80}")
    _check_disjoint(len(doc), [*(span[:2] for span in spans), *blocked, *missing, *outside])
    columns: dict[str, npt.NDArray[Any]] = {
        name: doc.column(name).copy() for name in ("ENT_IOB", "ENT_TYPE", "ENT_KB_ID", "ENT_ID")
    }
    if default in _DEFAULTS:
        for name, column in columns.items():
            column[:] = _DEFAULTS[default] if name == "ENT_IOB" else 0
    for code, slices in ((BEGIN, blocked), (UNKNOWN, missing), (OUTSIDE, outside)):
        for start, end in slices:
            _write(columns, start, end, code, code, (0, 0, 0))
    for start, end, label, kb_id, span_id in spans:
        _write(columns, start, end, BEGIN, INSIDE, (label, kb_id, span_id))
    for name, column in columns.items():
        if name in ("ENT_IOB", "ENT_TYPE") or column.any() or doc.has_column(name):
            doc.set_column(name, column)


def write_tags(doc: Columns, tags: Sequence[str | None]) -> None:
    """Write entities from one tag per token: B-PER, I-PER, O; empty, None, - or ? if unknown.

    An inside tag whose type differs from that of the token before begins an entity.

    Raises:
        DataError: A tag is malformed.
    """
    iob = np.zeros(len(tags), dtype=np.int8)
    types = np.zeros(len(tags), dtype=np.uint64)
    for i, tag in enumerate(tags):
        iob[i], label = _tag_parts(i, tag)
        types[i] = doc.vocab.strings.add(label)
    before = np.concatenate([[UNKNOWN], iob[:-1]])
    types_before = np.concatenate([[0], types[:-1]])
    continues = ((before == INSIDE) | (before == BEGIN)) & (types == types_before)
    iob[(iob == INSIDE) & ~continues] = BEGIN
    doc.set_column("ENT_IOB", iob)
    doc.set_column("ENT_TYPE", types)


def _tag_parts(i: int, tag: str | None) -> tuple[int, str]:
    """Split a tag into code and label; `B-` without a label blocks the token."""
    if tag in (None, "", "-", "?"):
        return UNKNOWN, ""
    code, _, label = str(tag).partition("-")
    has_label = bool(label) or tag == "B-"
    if code not in _CODES or has_label != (code != "O"):
        raise DataError(f"ents: tag {i} must look like B-LABEL, I-LABEL or O, got {tag!r:.80}")
    return _CODES[code], label


def _write(
    columns: dict[str, npt.NDArray[Any]],
    start: int,
    end: int,
    first: int,
    rest: int,
    ids: tuple[int, int, int],
) -> None:
    columns["ENT_IOB"][start] = first
    columns["ENT_IOB"][start + 1 : end] = rest
    for name, value in zip(("ENT_TYPE", "ENT_KB_ID", "ENT_ID"), ids, strict=True):
        columns[name][start:end] = value


def _check_disjoint(length: int, slices: Iterable[tuple[int, int]]) -> None:
    end_before = 0
    for start, end in sorted(slices):
        if not 0 <= start < end <= length:
            raise DataError(f"ents: not a slice of a document of {length} tokens, got {start}:{end}")
        if start < end_before:
            raise DataError(f"ents: token {start} is in two entities; entities must not overlap")
        end_before = end

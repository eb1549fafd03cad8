"""Write annotation, given as one value per token, into the columns of a document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError, did_you_mean
from kernel.text.base import symbols
from kernel.text.base.tree import check_heads
from kernel.text.doc.columns import DTYPES, Columns

_PARTS_OF_SPEECH = frozenset(symbols.PARTS_OF_SPEECH)
_NUMBERS_OF_TAGS: dict[str | None, int] = {
    None: 0,
    "": 0,
    **{tag: symbols.IDS[tag] for tag in _PARTS_OF_SPEECH},
}


def check_length(doc: Columns, what: str, values: Sized) -> None:
    """Check that there is one value per token.

    Raises:
        DataError: There are more or fewer.
    """
    if len(values) != len(doc):
        raise DataError(f"{what}: {len(values)} values for {len(doc)} tokens; give one per token")


def write_strings(doc: Columns, name: str, values: Sequence[str | None]) -> None:
    """Write strings as their numbers; None and the empty string mean no annotation."""
    check_length(doc, name.lower(), values)
    numbers = doc.vocab.strings.known(values)
    if numbers is None:
        _check_strings(name, values)
        numbers = doc.vocab.strings.add_all([value or "" for value in values])
    doc.adopt_columns({name: numbers})


def write_pos(doc: Columns, values: Sequence[str | None]) -> None:
    """Write universal part-of-speech tags.

    Raises:
        DataError: A tag is not one of them.
    """
    check_length(doc, "pos", values)
    try:
        numbers = np.fromiter(map(_NUMBERS_OF_TAGS.__getitem__, values), dtype=np.uint64, count=len(values))
    except (KeyError, TypeError):
        i = next(i for i, value in enumerate(values) if value not in list(_NUMBERS_OF_TAGS))
        near = did_you_mean(str(values[i]), _PARTS_OF_SPEECH)
        raise DataError(f"pos: token {i} needs a universal tag, got {values[i]!r:.80}{near}") from None
    doc.adopt_columns({"POS": numbers})


def write_morphs(doc: Columns, values: Sequence[str | Mapping[str, str] | None]) -> None:
    """Write morphological features, as text or by field; None means no annotation, an empty string no features."""
    check_length(doc, "morphs", values)
    doc.adopt_columns({"MORPH": doc.vocab.morphology.add_all(values)})


def write_heads(
    doc: Columns, heads: Sequence[int] | npt.NDArray[np.int64] | None, deps: Sequence[str | None] | None
) -> None:
    """Write a dependency tree: heads as token indices, and labels.

    Raises:
        DataError: A head is outside the document, or the heads form a cycle.
    """
    if deps is not None:
        write_strings(doc, "DEP", deps)
    if heads is None:
        return
    check_length(doc, "heads", heads)
    indices = np.asarray(heads)
    if indices.size and indices.dtype.kind not in "iu":
        raise DataError(f"heads: expected token indices, got {indices.dtype}")
    indices = indices.astype(np.int64)
    check_heads(indices - np.arange(len(doc)))
    adopt_heads(doc, indices)


def adopt_heads(doc: Columns, heads: npt.NDArray[Any]) -> None:
    """Write heads that are known to be inside the document.

    Raises:
        DataError: They form a cycle.
    """
    doc.adopt_columns({"HEAD": (heads - np.arange(len(heads))).astype(DTYPES["HEAD"])})
    doc.tree.roots  # noqa: B018  (reports a cycle here, not later where the tree is used)


def write_sent_starts(doc: Columns, values: Sequence[bool | int | None]) -> None:
    """Write where sentences start: true or 1, false or -1, None or 0 if unknown."""
    check_length(doc, "sent_starts", values)
    flags = np.asarray(values)
    if flags.dtype == np.bool_:
        doc.adopt_columns({"SENT_START": flags.astype(DTYPES["SENT_START"]) * 2 - 1})
    else:
        doc.set_column("SENT_START", [_sent_start(value) for value in values])


def read_spaces(n_tokens: int, spaces: Sequence[bool] | None) -> npt.NDArray[np.bool_]:
    """Return the spaces as an array; by default a space follows every token.

    Raises:
        DataError: There are more or fewer spaces than tokens.
    """
    if spaces is None:
        return np.ones(n_tokens, dtype=np.bool_)
    if len(spaces) != n_tokens:
        raise DataError(f"spaces: {len(spaces)} values for {n_tokens} words; give one true or false per word")
    return np.asarray(spaces, dtype=np.bool_)


def _sent_start(value: bool | int | None) -> int:
    # False means "does not start", the number 0 "unknown".
    if value is False:
        return -1
    if value is None or value in (-1, 0, 1):
        return int(value or 0)
    raise DataError(f"sent_starts: expected true, false or None, got {value!r:.80}")


def _check_strings(name: str, values: Sequence[Any]) -> None:
    for i, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise DataError(f"{name.lower()}: token {i} needs a string, got {value!r:.80}")

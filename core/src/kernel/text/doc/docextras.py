"""Document data that spaCy's JSON cannot hold, as extra keys, written only when present.

    ents: id                    identifier of an entity
    ents_missing, ents_blocked  slices whose entities are unknown, and slices where none may be set
    sent_starts                 per token: 1, -1, or 0 if unknown; only without a tree
    morphs_missing              tokens whose features are unknown, if those of others are known
    tokens: norm                norm of a token, if some token's differs from its word's
    span_groups                 names and attributes of span groups, by key
    sentiment                   and, if `complete`, has_unknown_spaces, tensor, and user_data (packed, base64)

Without such data the JSON is the same as spaCy's.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.text.base.host_arrays import on_cpu
from kernel.text.doc.docbytes import pack_marked, unpack_marked
from kernel.text.doc.entities import BEGIN, UNKNOWN
from kernel.text.doc.span import Span

if TYPE_CHECKING:
    from kernel.text.doc.doc import Doc

#: The extra top-level keys, except `ents_missing` and `ents_blocked`.
KEYS = (
    "sent_starts",
    "morphs_missing",
    "span_groups",
    "sentiment",
    "has_unknown_spaces",
    "tensor",
    "user_data",
)
_ARRAY = {"dtype", "shape", "values"}
_KINDS = "biuf"


def extras(doc: Doc, *, complete: bool = False) -> dict[str, Any]:
    """Return the extra top-level keys; norms and entity ids are in the entries of tokens and entities.

    Args:
        doc: The document.
        complete: Whether to include data that are rarely set by hand: the tensor, whether spaces are a guess, a
            sentence start that is known for the first token only, and user data.

    Raises:
        DataError: An attribute of a span group, or user data, cannot be serialized.
    """
    data: dict[str, Any] = {
        **_gaps(doc),
        "sent_starts": _sent_starts(doc, complete=complete),
        "morphs_missing": _without_morphs(doc),
        "span_groups": _groups(doc),
        "sentiment": doc.sentiment,
    }
    if complete:
        data["has_unknown_spaces"] = doc.has_unknown_spaces
        if doc.tensor.size:
            data["tensor"] = _array(on_cpu(doc.tensor))
        if doc.user_data:
            # As packed bytes: JSON has no tuples, and the keys of extension attributes are tuples.
            data["user_data"] = b64encode(pack_marked(list(doc.user_data.items()))).decode("ascii")
    return {key: value for key, value in data.items() if value}


def read_extras(doc: Doc, data: Mapping[str, Any]) -> None:
    """Set the extra data on a document that has been read otherwise.

    Raises:
        DataError: The data do not fit the document.
    """
    try:
        _read(doc, data)
    except DataError:
        raise
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError) as error:
        raise DataError(f"doc: not the description of a document, {type(error).__name__}: {error}") from None


def _read(doc: Doc, data: Mapping[str, Any]) -> None:
    if "ents" in data:
        _complete_entities(doc, data)
    if "sent_starts" in data and not doc.has_column("HEAD"):
        doc.set_column("SENT_START", data["sent_starts"])
    if data.get("morphs_missing"):
        morphs = doc.column("MORPH").copy()
        morphs[data["morphs_missing"]] = 0
        doc.set_column("MORPH", morphs)
    _read_norms(doc, [token.get("norm", "") for token in data.get("tokens", ())])
    for key, entry in data.get("span_groups", {}).items():
        group = doc.spans[key]
        group.name = entry.get("name", key)
        group.attrs = {name: _value(value) for name, value in entry.get("attrs", {}).items()}
    doc.sentiment = float(data.get("sentiment", doc.sentiment))
    doc.has_unknown_spaces = bool(data.get("has_unknown_spaces", doc.has_unknown_spaces))
    if "tensor" in data:
        tensor = _value(data["tensor"])
        if not isinstance(tensor, np.ndarray) or tensor.ndim == 0 or len(tensor) not in (0, len(doc)):
            raise DataError(f"doc: the tensor must have a row per token, got {tensor!r:.60}; remove it")
        doc.tensor = tensor
    if "user_data" in data:
        doc.user_data.update(unpack_marked(b64decode(data["user_data"], validate=True)))


def norms(doc: Doc) -> list[str] | None:
    """Return the norms of the tokens if one differs from its word's, else None."""
    if not doc.column("NORM").any():
        return None
    strings = doc.vocab.strings
    return [strings[number] for number in doc.to_array("NORM").tolist()]


def span_at(doc: Doc, what: str, entry: Mapping[str, Any]) -> Span:
    """Return the span at the character offsets of an entry; an empty span may lie between two tokens.

    Raises:
        DataError: The offsets are not those of tokens.
    """
    start, end = entry["start"], entry["end"]
    ids = (entry.get("label", 0), entry.get("kb_id", 0), entry.get("id", 0))
    if start == end and start in (*doc.offsets.tolist(), len(doc.text)):
        i = int(np.searchsorted(doc.offsets, start))
        return Span(doc, i, i, label=ids[0], kb_id=ids[1], span_id=ids[2])
    span = doc.char_span(start, end, ids[0], ids[1], span_id=ids[2])
    if span is None:
        raise DataError(f"doc: the {what} from {start} to {end} does not start and end with tokens")
    return span


def _gaps(doc: Doc) -> dict[str, list[dict[str, int]]]:
    """Find the slices whose entities are unknown, and those where entities are blocked."""
    if not doc.has_annotation("ENT_IOB"):
        return {}
    codes, types = doc.column("ENT_IOB"), doc.column("ENT_TYPE")
    masks = {"ents_missing": codes == UNKNOWN, "ents_blocked": (codes == BEGIN) & (types == 0)}
    return {key: [_offsets(doc, start, end) for start, end in _runs(mask)] for key, mask in masks.items()}


def _runs(mask: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return the start and end of each run of true values."""
    changes = np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8))
    runs: list[list[int]] = np.flatnonzero(changes).reshape(-1, 2).tolist()
    return runs


def _offsets(doc: Doc, start: int, end: int) -> dict[str, int]:
    span = doc[start:end]
    return {"start": span.start_char, "end": span.end_char}


def _complete_entities(doc: Doc, data: Mapping[str, Any]) -> None:
    ids = {(ent["start"], ent["end"]): ent["id"] for ent in data["ents"] if ent.get("id")}
    if ids:
        doc.ents = [_with_id(ent, ids.get((ent.start_char, ent.end_char), "")) for ent in doc.ents]
    gaps = {
        key: [span_at(doc, "gap", entry) for entry in data.get(f"ents_{key}", ())]
        for key in ("missing", "blocked")
    }
    if any(gaps.values()):
        doc.set_ents([], missing=gaps["missing"], blocked=gaps["blocked"], default="unmodified")


def _with_id(ent: Span, span_id: str) -> Span:
    return Span(ent.doc, ent.start, ent.end, label=ent.label, kb_id=ent.kb_id, span_id=span_id)


def _sent_starts(doc: Doc, *, complete: bool) -> list[int]:
    """Return the sentence start of each token if the list of sentences does not determine them."""
    starts: list[int] = [] if doc.has_column("HEAD") else doc.column("SENT_START").tolist()
    if not any(starts[1:]):
        return starts if complete and any(starts) else []
    return starts if 0 in starts or starts[0] != 1 else []


def _without_morphs(doc: Doc) -> list[int]:
    missing: list[int] = np.flatnonzero(doc.column("MORPH") == 0).tolist()
    return missing if len(missing) < len(doc) else []


def _read_norms(doc: Doc, norms: list[str]) -> None:
    if not any(norms):
        return
    strings = doc.vocab.strings
    numbers = strings.add_words(norms)
    numbers[numbers == doc.vocab.lexemes.features(doc.rows, ["NORM"])[:, 0]] = 0
    doc.set_column("NORM", numbers)


def _groups(doc: Doc) -> dict[str, Any]:
    if not doc.has_spans:
        return {}
    entries: dict[str, Any] = {}
    for key, group in doc.spans.items():
        entry = {
            **({"name": group.name} if group.name != key else {}),
            **({"attrs": _attributes(key, group.attrs)} if group.attrs else {}),
        }
        if entry:
            entries[key] = entry
    return entries


def _attributes(key: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    plain = {
        name: _array(value) if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS else value
        for name, value in attributes.items()
    }
    try:
        json.dumps(plain)
    except (TypeError, ValueError) as error:
        raise DataError(f"spans[{key!r}].attrs: JSON cannot hold them, {error}; remove them") from None
    return plain


def _array(values: npt.NDArray[Any]) -> dict[str, Any]:
    return {"dtype": values.dtype.str, "shape": list(values.shape), "values": values.reshape(-1).tolist()}


def _value(data: Any) -> Any:
    if not (isinstance(data, Mapping) and set(data) == _ARRAY):
        return data
    dtype = np.dtype(data["dtype"])
    if dtype.kind not in _KINDS:
        raise DataError(f"doc: an array must hold numbers, got dtype {data['dtype']!r}")
    return np.array(data["values"], dtype=dtype).reshape(data["shape"])

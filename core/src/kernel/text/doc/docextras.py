"""What a document carries and spaCy's description of it has no place for; it stands beside it, where there is any.

    ents: id                    of an entity
    ents_missing, ents_blocked  places of which nothing is known, and where no entity may be
    sent_starts                 1, -1, or 0 where it is not known; without a tree, one a token
    morphs_missing              tokens without features, where others are known to have none
    tokens: norm                where a token has another than its word
    span_groups                 names and attributes of groups of spans, by key
    sentiment, and where all is asked for has_unknown_spaces, tensor, and user_data, packed, in base 64

The keys come out only where they say something, so that a description without them is spaCy's.
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

#: The keys of what is told beside the description, but for the gaps of entities.
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
    """Describe what stands beside; norms and ids of entities are the tokens' and the entities'.

    Args:
        doc: The document.
        complete: Whether to describe what nobody set by hand as well, or hardly: the tensor, that spaces are a guess,
            that the first token alone is known to start a sentence, and user data.

    Raises:
        DataError: An attribute of a group of spans, or user data, cannot be written.
    """
    found: dict[str, Any] = {
        **_gaps(doc),
        "sent_starts": _sent_starts(doc, complete=complete),
        "morphs_missing": _without_morphs(doc),
        "span_groups": _groups(doc),
        "sentiment": doc.sentiment,
    }
    if complete:
        found["has_unknown_spaces"] = doc.has_unknown_spaces
        if doc.tensor.size:
            found["tensor"] = _array(on_cpu(doc.tensor))
        if doc.user_data:
            # As packed bytes: JSON has no tuples, which all keys of added attributes are.
            found["user_data"] = b64encode(pack_marked(list(doc.user_data.items()))).decode("ascii")
    return {key: value for key, value in found.items() if value}


def read_extras(doc: Doc, data: Mapping[str, Any]) -> None:
    """Give a document, which has everything else, what a description tells beside.

    Raises:
        DataError: It does not fit the document.
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
    for key, told in data.get("span_groups", {}).items():
        group = doc.spans[key]
        group.name = told.get("name", key)
        group.attrs = {name: _value(value) for name, value in told.get("attrs", {}).items()}
    doc.sentiment = float(data.get("sentiment", doc.sentiment))
    doc.has_unknown_spaces = bool(data.get("has_unknown_spaces", doc.has_unknown_spaces))
    if "tensor" in data:
        tensor = _value(data["tensor"])
        if not isinstance(tensor, np.ndarray) or tensor.ndim == 0 or len(tensor) not in (0, len(doc)):
            raise DataError(f"doc: the tensor must be a row a token, got {tensor!r:.60}; leave it out")
        doc.tensor = tensor
    if "user_data" in data:
        doc.user_data.update(unpack_marked(b64decode(data["user_data"], validate=True)))


def norms(doc: Doc) -> list[str] | None:
    """Norms of the tokens, where one has another than its word."""
    if not doc.column("NORM").any():
        return None
    strings = doc.vocab.strings
    return [strings[number] for number in doc.to_array("NORM").tolist()]


def found_span(doc: Doc, what: str, place: Mapping[str, Any]) -> Span:
    """The span of a place in characters; nothing, between two tokens, is one too.

    Raises:
        DataError: No tokens make it.
    """
    start, end = place["start"], place["end"]
    ids = (place.get("label", 0), place.get("kb_id", 0), place.get("id", 0))
    if start == end and start in (*doc.offsets.tolist(), len(doc.text)):
        i = int(np.searchsorted(doc.offsets, start))
        return Span(doc, i, i, label=ids[0], kb_id=ids[1], span_id=ids[2])
    span = doc.char_span(start, end, ids[0], ids[1], span_id=ids[2])
    if span is None:
        raise DataError(f"doc: no tokens make the {what} from {start} to {end}")
    return span


def _gaps(doc: Doc) -> dict[str, list[dict[str, int]]]:
    """Find the places of which nothing is known, and those where no entity may be."""
    if not doc.has_annotation("ENT_IOB"):
        return {}
    codes, types = doc.column("ENT_IOB"), doc.column("ENT_TYPE")
    chosen = {"ents_missing": codes == UNKNOWN, "ents_blocked": (codes == BEGIN) & (types == 0)}
    return {key: [_place(doc, start, end) for start, end in _runs(is_one)] for key, is_one in chosen.items()}


def _runs(is_one: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Slices of tokens that are chosen and stand together."""
    changes = np.diff(np.concatenate([[False], is_one, [False]]).astype(np.int8))
    runs: list[list[int]] = np.flatnonzero(changes).reshape(-1, 2).tolist()
    return runs


def _place(doc: Doc, start: int, end: int) -> dict[str, int]:
    span = doc[start:end]
    return {"start": span.start_char, "end": span.end_char}


def _complete_entities(doc: Doc, data: Mapping[str, Any]) -> None:
    ids = {(ent["start"], ent["end"]): ent["id"] for ent in data["ents"] if ent.get("id")}
    if ids:
        doc.ents = [_with_id(ent, ids.get((ent.start_char, ent.end_char), "")) for ent in doc.ents]
    gaps = {
        key: [found_span(doc, "gap", place) for place in data.get(f"ents_{key}", ())]
        for key in ("missing", "blocked")
    }
    if any(gaps.values()):
        doc.set_ents([], missing=gaps["missing"], blocked=gaps["blocked"], default="unmodified")


def _with_id(ent: Span, span_id: str) -> Span:
    return Span(ent.doc, ent.start, ent.end, label=ent.label, kb_id=ent.kb_id, span_id=span_id)


def _sent_starts(doc: Doc, *, complete: bool) -> list[int]:
    """Tell each token's, where the sentences alone would not: nothing is known of some, or the first is none."""
    starts: list[int] = [] if doc.has_column("HEAD") else doc.column("SENT_START").tolist()
    if not any(starts[1:]):
        return starts if complete and any(starts) else []
    return starts if 0 in starts or starts[0] != 1 else []


def _without_morphs(doc: Doc) -> list[int]:
    missing: list[int] = np.flatnonzero(doc.column("MORPH") == 0).tolist()
    return missing if len(missing) < len(doc) else []


def _read_norms(doc: Doc, given: list[str]) -> None:
    if not any(given):
        return
    strings = doc.vocab.strings
    numbers = strings.add_words(given)
    numbers[numbers == doc.vocab.lexemes.features(doc.rows, ["NORM"])[:, 0]] = 0
    doc.set_column("NORM", numbers)


def _groups(doc: Doc) -> dict[str, Any]:
    if not doc.has_spans:
        return {}
    told: dict[str, Any] = {}
    for key, group in doc.spans.items():
        entry = {
            **({"name": group.name} if group.name != key else {}),
            **({"attrs": _attributes(key, group.attrs)} if group.attrs else {}),
        }
        if entry:
            told[key] = entry
    return told


def _attributes(key: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    described = {
        name: _array(value) if isinstance(value, np.ndarray) and value.dtype.kind in _KINDS else value
        for name, value in attributes.items()
    }
    try:
        json.dumps(described)
    except (TypeError, ValueError) as error:
        raise DataError(f"spans[{key!r}].attrs: JSON cannot hold them, {error}; leave them out") from None
    return described


def _array(values: npt.NDArray[Any]) -> dict[str, Any]:
    return {"dtype": values.dtype.str, "shape": list(values.shape), "values": values.reshape(-1).tolist()}


def _value(told: Any) -> Any:
    if not (isinstance(told, Mapping) and set(told) == _ARRAY):
        return told
    dtype = np.dtype(told["dtype"])
    if dtype.kind not in _KINDS:
        raise DataError(f"doc: an array holds numbers, got dtype {told['dtype']!r}")
    return np.array(told["values"], dtype=dtype).reshape(told["shape"])

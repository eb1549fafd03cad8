"""Convert entities between tags, token ranges and character offsets.

BILUO tags say which part of an entity a token is: `B`egin, `I`n, `L`ast, `U`nit (the only one), `O`ut; a label follows
after a hyphen. `-`, `?`, an empty string or None mean unknown. IOB is the same without L and U.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span

_log = logging.getLogger(__name__)

MISSING = "-"
_UNKNOWN = (MISSING, "?", "", None)
_HOW_TO_OVERLAP = "a token can be in only one entity; give overlapping annotations as `spans`"


class Entity(NamedTuple):
    """An entity as a range of tokens; `end` is the last token, not the one after it."""

    label: str
    start: int
    end: int


def iob_to_biluo(tags: Iterable[str | None]) -> list[str]:
    """Convert IOB tags to BILUO tags.

    An `I-X` that continues nothing begins an entity, as in IOB1; tags that are already BILUO are accepted.
    """
    parts = [_split(tag, i) for i, tag in enumerate(tags)]
    biluo = []
    for i, (prefix, label) in enumerate(parts):
        if prefix in ("O", MISSING):
            biluo.append(prefix)
            continue
        follows = parts[i + 1] if i + 1 < len(parts) else ("O", "")
        starts = prefix in ("B", "U") or not _continues(parts[i - 1] if i else ("O", ""), label)
        ends = prefix in ("L", "U") or follows[0] not in ("I", "L") or follows[1] != label
        letter = {(True, True): "U", (True, False): "B", (False, True): "L", (False, False): "I"}[
            starts, ends
        ]
        biluo.append(f"{letter}-{label}")
    return biluo


def biluo_to_iob(tags: Iterable[str]) -> list[str]:
    """Convert BILUO tags to IOB tags; unknown tags are unchanged."""
    letters = {"U": "B", "L": "I"}
    return [letters[tag[0]] + tag[1:] if tag[1:2] == "-" and tag[0] in letters else tag for tag in tags]


def tags_to_entities(tags: Iterable[str | None]) -> list[Entity]:
    """Convert BILUO tags to entities.

    Raises:
        DataError: A tag is malformed, or the tags do not form whole entities.
    """
    entities = []
    current: tuple[str, int] | None = None
    n_tags = 0
    for i, tag in enumerate(tags):
        n_tags += 1
        prefix, label = _split(tag, i)
        if prefix in ("I", "L"):
            if current is None or current[0] != label:
                raise DataError(_no_sequence(i, tag, f"needs a B-{label} before it"))
        elif current is not None:
            raise DataError(_no_sequence(current[1], f"B-{current[0]}", "needs an L tag after it"))
        if prefix == "U":
            entities.append(Entity(label, i, i))
        elif prefix == "B":
            current = (label, i)
        elif prefix == "L" and current is not None:
            entities.append(Entity(label, current[1], i))
            current = None
    if current is not None:
        why = f"needs an L tag before the end at {n_tags}"
        raise DataError(_no_sequence(current[1], f"B-{current[0]}", why))
    return entities


def entities_to_tags(n_tokens: int, entities: Iterable[Entity], *, outside: str = "O") -> list[str]:
    """Convert entities to BILUO tags.

    Args:
        n_tokens: The number of tags.
        entities: Entities that do not overlap.
        outside: The tag of tokens outside all entities.
    """
    tags = [outside] * n_tokens
    for label, start, end in entities:
        if start == end:
            tags[start] = f"U-{label}"
            continue
        tags[start], tags[end] = f"B-{label}", f"L-{label}"
        tags[start + 1 : end] = [f"I-{label}"] * (end - start - 1)
    return tags


def offsets_to_biluo_tags(
    doc: Doc, entities: Iterable[tuple[int, int, str | int]], missing: str = "O"
) -> list[str]:
    """Convert entities given by character offsets to one BILUO tag per token.

    If an entity does not begin and end where tokens do, its tokens get `-`, and a warning is logged.

    Args:
        doc: The document.
        entities: Start character, character after the last, label; further values are ignored.
        missing: The tag of tokens outside all entities.

    Raises:
        DataError: Two entities overlap.
    """
    starts, ends = token_bounds(doc)
    tags = [missing] * len(doc)
    for start_char, end_char, label_or_id in _in_order(entities):
        label = doc.vocab.strings[label_or_id] if isinstance(label_or_id, int) else label_or_id
        first = int(np.searchsorted(ends, start_char, side="right"))
        after = int(np.searchsorted(starts, end_char, side="left"))
        n_covered = max(0, after - first)
        if not label:
            # An empty label means that there is no entity.
            within = (starts >= start_char) & (starts < end_char)
            tags[:] = ["O" if inside else tag for tag, inside in zip(tags, within.tolist(), strict=True)]
        elif n_covered and starts[first] == start_char and ends[after - 1] == end_char:
            tags[first:after] = entities_to_tags(n_covered, [Entity(label, 0, n_covered - 1)])
        else:
            tags[first:after] = [MISSING] * n_covered
            offsets = (start_char, end_char, label)
            _log.warning("entities: %r does not begin and end where tokens do, in %r", offsets, doc.text[:80])
    return tags


def _in_order(entities: Iterable[tuple[int, int, str | int]]) -> list[tuple[int, int, str | int]]:
    ordered = sorted((entity[:3] for entity in entities), key=lambda entity: entity[:2])
    for one, two in pairwise(ordered):
        if two[0] < one[1]:
            raise DataError(f"entities: two overlap, got {one!r:.80} and {two!r}; {_HOW_TO_OVERLAP}")
    return ordered


def biluo_tags_to_spans(doc: Doc, tags: Iterable[str | None]) -> list[Span]:
    """Convert BILUO tags to spans of a document, for `doc.ents`."""
    entities = tags_to_entities(_one_per_token(doc, tags))
    return [Span(doc, entity.start, entity.end + 1, label=entity.label) for entity in entities]


def biluo_tags_to_offsets(doc: Doc, tags: Iterable[str | None]) -> list[tuple[int, int, str]]:
    """Convert BILUO tags to character offsets: start, end (exclusive), label."""
    starts, ends = token_bounds(doc)
    entities = tags_to_entities(_one_per_token(doc, tags))
    return [(int(starts[e.start]), int(ends[e.end]), e.label) for e in entities]


def split_bilu_label(label: str) -> tuple[str, str]:
    """Split a tag: `B-PER` into `B` and `PER`.

    Raises:
        DataError: It has no label.
    """
    prefix, dash, rest = label.partition("-")
    if not dash:
        raise DataError(f"entities: a tag with a label looks like B-PERSON, got {label!r:.80}")
    return prefix, rest


def remove_bilu_prefix(label: str) -> str:
    """Return the label of a tag: `PER` for `B-PER`."""
    return split_bilu_label(label)[1]


def token_bounds(doc: Doc) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the character offsets at which each token starts and ends."""
    starts = doc.offsets
    return starts, np.append(starts[1:], len(doc.text))[: len(doc)] - doc.column("SPACY")


def _one_per_token(doc: Doc, tags: Iterable[str | None]) -> Sequence[str | None]:
    tag_list = list(tags)
    if len(tag_list) != len(doc):
        raise DataError(f"entities: {len(tag_list)} tags for {len(doc)} tokens; give one tag per token")
    return tag_list


def _split(tag: str | None, index: int) -> tuple[str, str]:
    if tag in _UNKNOWN or tag is None:
        return MISSING, ""
    if tag == "O":
        return "O", ""
    prefix, dash, label = tag.partition("-")
    if prefix not in ("B", "I", "L", "U") or not dash:
        raise DataError(
            f"entities: tag {index} is not a BILUO or IOB tag, got {tag!r:.80}; write O, - or for example B-PERSON"
        )
    return prefix, label


def _continues(before: tuple[str, str], label: str) -> bool:
    return before[0] in ("B", "I") and before[1] == label


def _no_sequence(index: int, tag: str | None, why: str) -> str:
    return f"entities: tag {index} {why}, got {tag!r:.80}; write whole entities (B I L or U), or - if unknown"

"""Write gold entities, given as tags or character offsets, into a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.doc.entities import write_tags
from kernel.text.gold.iob import iob_to_biluo, offsets_to_biluo_tags, tags_to_entities, token_bounds


def set_entities(doc: Doc, entities: Any) -> None:
    """Write entities given as tags (BILUO or IOB) or as (start, end, label[, kb_id]) in characters.

    Raises:
        DataError: They overlap, the tags do not form whole entities, or there is not one tag per token.
    """
    if isinstance(entities, (str, bytes)) or not isinstance(entities, Iterable):
        raise DataError(
            f"entities: expected a list of tags or of (start, end, label), got {entities!r:.60}; write a list"
        )
    items = list(entities)
    if any(isinstance(item, (tuple, list)) for item in items):
        _set_offsets(doc, items)
    elif items:
        set_entity_tags(doc, items)
    else:
        set_entity_tags(doc, ["O"] * len(doc))


def set_entity_tags(doc: Doc, tags: Sequence[str | None]) -> None:
    """Write entities given as one tag per token, BILUO or IOB; `-` or None if unknown."""
    if len(tags) != len(doc):
        raise DataError(f"entities: {len(tags)} tags for {len(doc)} tokens; give one tag per token")
    is_biluo = any(tag is not None and tag[:2] in ("L-", "U-") for tag in tags)
    biluo = tags if is_biluo else iob_to_biluo(tags)
    tags_to_entities(biluo)
    write_tags(doc, biluo)


def add_links(doc: Doc, links: Mapping[tuple[int, int], Mapping[str, float]]) -> None:
    """Write the knowledge base id of each entity: the candidate with probability 1.

    Raises:
        DataError: No entity has exactly these offsets, or several candidates have probability 1.
    """
    kb_ids = doc.column("ENT_KB_ID").copy()
    entity_at = {(ent.start_char, ent.end_char): ent for ent in doc.ents}
    for offsets, probabilities in links.items():
        ent = entity_at.get((offsets[0], offsets[1]))
        if ent is None:
            raise DataError(
                f"links: no entity has exactly these offsets, got {offsets!r:.80}; add it to `entities`"
            )
        certain = [kb_id for kb_id, probability in probabilities.items() if probability == 1.0]
        if len(certain) > 1:
            raise DataError(
                f"links: at most one candidate can be right for {offsets!r}, got {certain!r:.80}; give one 1.0"
            )
        kb_ids[ent.start : ent.end] = doc.vocab.strings.add(certain[0]) if certain else 0
    doc.set_column("ENT_KB_ID", kb_ids)


def check_place(key: str, entry: Sequence[Any], n_numbers: int) -> None:
    """Check that an entry is whole numbers followed by labels or ids: strings, or numbers of a string store.

    Raises:
        DataError: It is something else.
    """
    numbers, names = entry[:n_numbers], entry[n_numbers:]
    are_numbers = all(isinstance(number, int | np.integer) for number in numbers)
    are_names = all(
        name is None or isinstance(name, str) or (isinstance(name, int) and 0 <= name < 1 << 64)
        for name in names
    )
    if len(numbers) < n_numbers or not are_numbers or not are_names:
        raise DataError(
            f"{key}: expected (start, end, label), got {entry!r:.80}; write two numbers and a string"
        )


def _set_offsets(doc: Doc, entities: list[Any]) -> None:
    for entity in entities:
        if not isinstance(entity, (tuple, list)) or len(entity) not in (3, 4):
            raise DataError(
                f"entities: expected (start, end, label) or (start, end, label, kb_id), got {entity!r:.80}; "
                f"do not mix them with tags"
            )
        check_place("entities", entity, 2)
    set_entity_tags(doc, offsets_to_biluo_tags(doc, entities))
    linked = {(start, end): {kb_id: 1.0} for start, end, _, *kb_ids in entities for kb_id in kb_ids if kb_id}
    if linked:
        starts, ends = token_bounds(doc)
        whole = set(starts.tolist()), set(ends.tolist())
        add_links(doc, {at: link for at, link in linked.items() if at[0] in whole[0] and at[1] in whole[1]})

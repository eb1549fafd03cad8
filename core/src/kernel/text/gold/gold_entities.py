"""Gold entities, as people write them, put into a document."""

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
        DataError: They overlap, or the tags do not make whole entities or are not one a token.
    """
    if isinstance(entities, (str, bytes)) or not isinstance(entities, Iterable):
        raise DataError(
            f"entities: expected a list of tags or of (start, end, label), got {entities!r:.60}; write a list"
        )
    given = list(entities)
    if any(isinstance(entity, (tuple, list)) for entity in given):
        _set_offsets(doc, given)
    elif given:
        set_entity_tags(doc, given)
    else:
        set_entity_tags(doc, ["O"] * len(doc))


def set_entity_tags(doc: Doc, tags: Sequence[str | None]) -> None:
    """Write entities given as one tag for every token: BILUO or IOB; `-` or None where nothing is known."""
    if len(tags) != len(doc):
        raise DataError(f"entities: {len(tags)} tags for {len(doc)} tokens; give one tag for each token")
    is_biluo = any(tag is not None and tag[:2] in ("L-", "U-") for tag in tags)
    biluo = tags if is_biluo else iob_to_biluo(tags)
    tags_to_entities(biluo)
    write_tags(doc, biluo)


def add_links(doc: Doc, links: Mapping[tuple[int, int], Mapping[str, float]]) -> None:
    """Write which entry of a knowledge base each entity stands for: the one with probability 1.

    Raises:
        DataError: No entity covers just these characters, or several entries are certain.
    """
    kb_ids = doc.column("ENT_KB_ID").copy()
    entity_at = {(ent.start_char, ent.end_char): ent for ent in doc.ents}
    for place, probabilities in links.items():
        ent = entity_at.get((place[0], place[1]))
        if ent is None:
            raise DataError(
                f"links: no entity covers just these characters, got {place!r:.80}; give it in `entities` too"
            )
        certain = [kb_id for kb_id, probability in probabilities.items() if probability == 1.0]
        if len(certain) > 1:
            raise DataError(
                f"links: at most one entry is right for {place!r}, got {certain!r:.80}; give one 1.0"
            )
        kb_ids[ent.start : ent.end] = doc.vocab.strings.add(certain[0]) if certain else 0
    doc.set_column("ENT_KB_ID", kb_ids)


def check_place(key: str, place: Sequence[Any], n_numbers: int) -> None:
    """See that a place is whole numbers, and behind them names: texts, or numbers of a string store.

    Raises:
        DataError: It is something else.
    """
    numbers, names = place[:n_numbers], place[n_numbers:]
    are_numbers = all(isinstance(number, int | np.integer) for number in numbers)
    are_names = all(
        name is None or isinstance(name, str) or (isinstance(name, int) and 0 <= name < 1 << 64)
        for name in names
    )
    if len(numbers) < n_numbers or not are_numbers or not are_names:
        raise DataError(f"{key}: expected (start, end, label), got {place!r:.80}; write numbers and a text")


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

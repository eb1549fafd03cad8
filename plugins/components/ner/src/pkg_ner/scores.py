"""Write entity scores to documents, where `ent.score` reads them.

Axes as in `confidence`, and
    D   documents
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from kernel.text.doc.entities import SCORES, UNKNOWN
from kernel.tokens import Doc
from pkg_ner.biluo import BiluoStates
from pkg_ner.confidence import ScoredEntities

Label = TypeVar("Label", int, str)


@dataclass(frozen=True)
class Recognized:
    """The predictions for a batch.

    Attributes:
        states: Final states.
        entities: Their entities.
        scores_E: The score of each entity, 0 to 1.
    """

    states: BiluoStates
    entities: ScoredEntities
    scores_E: Any


def by_document(
    bounds: Any, entities: ScoredEntities, scores_E: Any, labels: Sequence[Label]
) -> Iterator[Iterator[tuple[tuple[int, int, Label], float]]]:
    """Yield, for each document, pairs of (start, end, label) and score.

    Args:
        bounds: First token of each document, and the number of tokens; (D + 1).
        entities: Entities, in order of their first tokens.
        scores_E: The score of each entity.
        labels: The key or text of each label.
    """
    cuts = entities.first_E.searchsorted(bounds).tolist()
    names = [labels[number] for number in entities.label_E.tolist()]
    for offset, start, end in zip(bounds.tolist(), cuts, cuts[1:], strict=False):
        first = (entities.first_E[start:end] - offset).tolist()
        stop = (entities.last_E[start:end] - offset + 1).tolist()
        keys = zip(first, stop, names[start:end], strict=True)
        yield zip(keys, scores_E[start:end].tolist(), strict=True)


def write_scores(docs: Sequence[Doc], entities: ScoredEntities, scores_E: Any, keys_L: Sequence[int]) -> None:
    """Add the scores of entities to documents; scores of other components' entities are kept."""
    bounds = np.cumsum([0, *(len(doc) for doc in docs)])
    for doc, table in zip(docs, by_document(bounds, entities, scores_E, keys_L), strict=True):
        # A new dict, because copies of the document share the old one.
        scores = {**doc.user_data.get(SCORES, {}), **dict(table)}
        if scores:
            doc.user_data[SCORES] = scores


def bare(doc: Doc) -> Doc:
    """Copy a document without the entities that have a score, as it was before they were predicted."""
    copy = doc.copy()
    predicted = [ent for ent in doc.ents if ent.score is not None]
    if predicted:
        iob, types = doc.column("ENT_IOB").copy(), doc.column("ENT_TYPE").copy()
        for ent in predicted:
            iob[ent.start : ent.end], types[ent.start : ent.end] = UNKNOWN, 0
        copy.set_column("ENT_IOB", iob)
        copy.set_column("ENT_TYPE", types)
    return copy

"""Base noun phrases of English: a noun in a nominal place with everything to its left that belongs to it.

The labels of the dependencies are those of English pipelines trained on OntoNotes (ClearNLP's style).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kernel.errors import DataError

_NOMINAL = ("NOUN", "PROPN", "PRON")
_PLACES = ("ROOT", "appos", "attr", "dative", "dobj", "nsubj", "nsubjpass", "oprd", "pcomp", "pobj")


def noun_chunks(doclike: Any) -> Iterator[tuple[int, int, int]]:
    """Find the base noun phrases of a document or span; none lies in another.

    Args:
        doclike: The document or span.

    Yields:
        First token, token behind the last, number of the label NP.

    Raises:
        DataError: The document is not parsed.
    """
    doc = doclike.doc
    if not doc.has_annotation("DEP"):
        raise DataError("noun_chunks: the document has no dependencies; add a parser to the pipeline")
    strings = doc.vocab.strings
    label, conjunct = strings.add("NP"), strings["conj"]
    nominal, places = {strings[tag] for tag in _NOMINAL}, {strings[place] for place in _PLACES}
    pos, deps = doc.column("POS").tolist(), doc.column("DEP").tolist()
    heads, left_edges = doc.tree.heads.tolist(), doc.tree.edges[0].tolist()
    last = -1
    for i in range(getattr(doclike, "start", 0), getattr(doclike, "end", len(doc))):
        if pos[i] not in nominal or left_edges[i] <= last:
            continue
        first = i
        # What is coordinated stands in the place of the first of its kind.
        while deps[first] == conjunct and heads[first] < first:
            first = heads[first]
        if deps[first] in places:
            last = i
            yield left_edges[i], i + 1, label

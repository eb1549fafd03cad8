"""Base noun phrases of English: a noun in a nominal place with everything to its left that belongs to it.

The labels of the dependencies are those of English pipelines trained on OntoNotes (ClearNLP's style).
"""

from __future__ import annotations

from pkg_english.chunk_rules import ChunkRule, NounChunkFinder

_PLACES = ("ROOT", "appos", "attr", "dative", "dobj", "nsubj", "nsubjpass", "oprd", "pcomp", "pobj")

noun_chunks = NounChunkFinder(ChunkRule(_PLACES), ChunkRule(_PLACES, conjuncts=True))

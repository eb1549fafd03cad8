"""Base noun phrases by Universal Dependencies, for families of languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pkg_english.chunk_rules import (
    NOUNS,
    ChunkRule,
    NounChunkFinder,
    ParsedDoc,
    left_edge_but,
    nearest,
    right_edge,
    search_input,
)

_PLACES = ("ROOT", "appos", "nmod", "nsubj", "nsubj:pass", "obj", "obl", "pcomp")
_JAPANESE_PLACES = ("ROOT", "appos", "nmod", "nsubj", "obj", "obl")
_OF_ONE_NAME = ("compound", "fixed", "flat")


def romance(
    *, places: tuple[str, ...] = (), names: tuple[str, ...] = (), determiners: tuple[str, ...] = ()
) -> NounChunkFinder:
    """Noun phrases without their preposition, with the adjectives or the rest of the name that follow at once.

    Args:
        places: More labels of nominal places.
        names: More labels of what makes one name or one expression with the noun.
        determiners: Labels of determiners that may stand behind the noun.
    """
    everywhere = (*_PLACES, *places)
    extents = {
        "amod": right_edge,
        **dict.fromkeys(determiners, _determiner),
        **dict.fromkeys((*_OF_ONE_NAME, *names), _whole_phrase),
    }
    return NounChunkFinder(
        ChunkRule(everywhere, before=left_edge_but("ADP"), behind=nearest(extents)),
        ChunkRule(everywhere, conjuncts=True, before=left_edge_but("CCONJ")),
    )


def scandinavian(*places: str) -> NounChunkFinder:
    """Noun phrases with everything that depends on the noun.

    Args:
        places: Labels of nominal places.
    """
    return NounChunkFinder(
        ChunkRule(places, behind=right_edge), ChunkRule(places, conjuncts=True, behind=right_edge)
    )


def japanese(doclike: Any) -> Iterator[tuple[int, int, int]]:
    """Noun phrases without their particles, each up to its noun; a predicate and what follows it there end the phrase.

    Args:
        doclike: The document or span.

    Yields:
        First token, token behind the last, number of the label NP.

    Raises:
        DataError: The document is not parsed.
    """
    parse, tokens, label = search_input(doclike)
    begun, used = 0, set[int]()
    for i in tokens:
        if i in used or i < begun or parse.pos[i] not in NOUNS or parse.deps[i] not in _JAPANESE_PLACES:
            continue
        yield next(j for j in range(max(begun, parse.first[i]), i + 1) if j not in used), i + 1, label
        begun = i + 1
        used.update(range(begun, parse.last[i] + 1))
        head = parse.heads[i]
        if parse.pos[head] == "VERB":
            used.update((head, *parse.behind(head)))


def _determiner(parse: ParsedDoc, i: int) -> int:
    # A relative pronoun has the label, too.
    return i if parse.pos[i] == "DET" else parse.heads[i]


def _whole_phrase(parse: ParsedDoc, i: int) -> int:
    return parse.last[parse.heads[i]]

"""Contractions as one token each: `de` and `os` become `dos`.

The token takes form and spacing from the line of the contraction; tags and lemmas of its words are joined,
their features united; its place in the tree and its part of speech are those of the word highest in the tree.
"""

from __future__ import annotations

from pkg_conllu.parse import NO_HEAD, UNSET, ConlluSentence, Contraction


def merge_contractions(sentence: ConlluSentence) -> ConlluSentence:
    """Write every contraction of a sentence as one token."""
    if not sentence.contractions:
        return sentence
    tops = {span.start: _top(sentence.heads, span) for span in sentence.contractions}
    spans = {span.start: span for span in sentence.contractions}
    # Which word each new token keeps, and which new token each old word ended up in.
    kept: list[int] = []
    new_place: list[int] = []
    word = 0
    while word < len(sentence.words):
        end = spans[word].end if word in spans else word + 1
        new_place += [len(kept)] * (end - word)
        kept.append(tops.get(word, word))
        word = end

    merged = ConlluSentence(
        words=[sentence.words[i] for i in kept],
        lemmas=[sentence.lemmas[i] for i in kept],
        upos=[sentence.upos[i] for i in kept],
        xpos=[sentence.xpos[i] for i in kept],
        feats=[sentence.feats[i] for i in kept],
        heads=[NO_HEAD if sentence.heads[i] == NO_HEAD else new_place[sentence.heads[i]] for i in kept],
        deps=[sentence.deps[i] for i in kept],
        misc=[sentence.misc[i] for i in kept],
        lines=[sentence.lines[i] for i in kept],
        text=sentence.text,
        starts_document=sentence.starts_document,
    )
    for span in sentence.contractions:
        _write_contraction(merged, new_place[span.start], sentence, span)
    return merged


def space_contractions(sentence: ConlluSentence) -> ConlluSentence:
    """Keep the words of contractions apart: no space inside, the contraction's own spacing at the end."""
    for span in sentence.contractions:
        for i in range(span.start, span.end - 1):
            sentence.misc[i] = _with_spacing(sentence.misc[i], "SpaceAfter=No")
        sentence.misc[span.end - 1] = _with_spacing(sentence.misc[span.end - 1], span.misc)
    return sentence


def _write_contraction(
    merged: ConlluSentence, place: int, sentence: ConlluSentence, span: Contraction
) -> None:
    inside = slice(span.start, span.end)
    tags = [
        upos if xpos == UNSET else xpos
        for upos, xpos in zip(sentence.upos[inside], sentence.xpos[inside], strict=True)
    ]
    merged.words[place] = span.form
    merged.misc[place] = _with_spacing(merged.misc[place], span.misc)
    merged.lemmas[place] = " ".join(sentence.lemmas[inside])
    merged.xpos[place] = "_".join(tags)
    merged.feats[place] = _unite(sentence.feats[inside])


def _top(heads: list[int], span: Contraction) -> int:
    """Find the word of a range that is nearest to the root; the first of several."""
    depths = {word: _depth(heads, word) for word in range(span.start, span.end)}
    return min(depths, key=depths.__getitem__)


def _depth(heads: list[int], word: int) -> int:
    depth = 0
    while heads[word] not in (NO_HEAD, word):
        word = heads[word]
        depth += 1
    return depth


def _unite(feats: list[str]) -> str:
    values: dict[str, set[str]] = {}
    for written in feats:
        for feature in written.split("|") if written != UNSET else ():
            name, _, value = feature.partition("=")
            values.setdefault(name, set()).update(value.split(","))
    united = [f"{name}={','.join(sorted(values[name]))}" for name in sorted(values)]
    return "|".join(united) or UNSET


def _with_spacing(misc: str, spacing_misc: str) -> str:
    kept = [item for item in misc.split("|") if item != UNSET and not item.startswith("SpaceAfter=")]
    spacing = [item for item in spacing_misc.split("|") if item.startswith("SpaceAfter=")]
    return "|".join(kept + spacing) or UNSET

"""Merge the words of contractions into one token, or keep them apart: `de` and `os`, or `dos`.

A merged token takes form and spacing from the line of the contraction; the tags and lemmas of its words are joined and
their features united; its head, label and part of speech are those of the word highest in the tree.
"""

from __future__ import annotations

from pkg_conllu.parse import NO_HEAD, UNSET, ConlluSentence, Contraction


def merge_contractions(sentence: ConlluSentence) -> ConlluSentence:
    """Merge every contraction of a sentence into one token."""
    if not sentence.contractions:
        return sentence
    tops = {span.start: _top(sentence.heads, span) for span in sentence.contractions}
    spans = {span.start: span for span in sentence.contractions}
    # The word from which each new token takes its annotation, and the new token of each old word.
    sources: list[int] = []
    token_of_word: list[int] = []
    word = 0
    while word < len(sentence.words):
        end = spans[word].end if word in spans else word + 1
        token_of_word += [len(sources)] * (end - word)
        sources.append(tops.get(word, word))
        word = end

    merged = ConlluSentence(
        words=[sentence.words[i] for i in sources],
        lemmas=[sentence.lemmas[i] for i in sources],
        upos=[sentence.upos[i] for i in sources],
        xpos=[sentence.xpos[i] for i in sources],
        feats=[sentence.feats[i] for i in sources],
        heads=[
            NO_HEAD if sentence.heads[i] == NO_HEAD else token_of_word[sentence.heads[i]] for i in sources
        ],
        deps=[sentence.deps[i] for i in sources],
        misc=[sentence.misc[i] for i in sources],
        lines=[sentence.lines[i] for i in sources],
        text=sentence.text,
        starts_document=sentence.starts_document,
    )
    for span in sentence.contractions:
        _write_contraction(merged, token_of_word[span.start], sentence, span)
    return merged


def space_contractions(sentence: ConlluSentence) -> ConlluSentence:
    """Set the spacing of the words of contractions: none between them, that of the contraction after the last."""
    for span in sentence.contractions:
        for i in range(span.start, span.end - 1):
            sentence.misc[i] = _with_spacing(sentence.misc[i], "SpaceAfter=No")
        sentence.misc[span.end - 1] = _with_spacing(sentence.misc[span.end - 1], span.misc)
    return sentence


def _write_contraction(
    merged: ConlluSentence, token: int, sentence: ConlluSentence, span: Contraction
) -> None:
    inside = slice(span.start, span.end)
    tags = [
        upos if xpos == UNSET else xpos
        for upos, xpos in zip(sentence.upos[inside], sentence.xpos[inside], strict=True)
    ]
    merged.words[token] = span.form
    merged.misc[token] = _with_spacing(merged.misc[token], span.misc)
    merged.lemmas[token] = " ".join(sentence.lemmas[inside])
    merged.xpos[token] = "_".join(tags)
    merged.feats[token] = _unite(sentence.feats[inside])


def _top(heads: list[int], span: Contraction) -> int:
    """Return the first of the words of a range that are nearest to the root."""
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
    for text in feats:
        for feature in text.split("|") if text != UNSET else ():
            name, _, value = feature.partition("=")
            values.setdefault(name, set()).update(value.split(","))
    united = [f"{name}={','.join(sorted(values[name]))}" for name in sorted(values)]
    return "|".join(united) or UNSET


def _with_spacing(misc: str, spacing_misc: str) -> str:
    others = [item for item in misc.split("|") if item != UNSET and not item.startswith("SpaceAfter=")]
    spacing = [item for item in spacing_misc.split("|") if item.startswith("SpaceAfter=")]
    return "|".join(others + spacing) or UNSET

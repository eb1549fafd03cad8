"""Convert CoNLL-U sentences to documents with gold annotation."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from kernel.convert.readable_text import Refuse, refuse_or_raise
from kernel.errors import DataError, did_you_mean
from kernel.text.base.lines import read_lines
from kernel.text.base.symbols import PARTS_OF_SPEECH
from kernel.text.gold.gold_entities import set_entity_tags
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_conllu.contractions import merge_contractions, space_contractions
from pkg_conllu.parse import N_COLUMNS, NO_HEAD, UNSET, ConlluSentence, has_space_after, read_sentences

T = TypeVar("T")

#: An entity tag in the last column: `NE=B-PER`, `name=B-PER`, `NER=O`, or the bare tag.
_ENTITY = re.compile(r"(?:^|\|)(?:(?:name|NER?)=)?((?:[BILU]-[^|\s]+)|O)(?=\||$)")


def convert(
    path: Path,
    *,
    n_sents: int = 1,
    merge_subtokens: bool = False,
    morphology: bool = False,
    ner_map: Mapping[str, str] | None = None,
    lang: str = "",
    vocab: Vocab | None = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a CoNLL-U file as documents, one at a time.

    Spaces come from `SpaceAfter=No`, or from `# text` for a sentence without it. A missing language-specific tag is
    replaced by the universal one. Entities are read from MISC, if the file has any.

    Args:
        path: The file, plain or compressed with gzip.
        n_sents: Sentences per document; 0 joins all up to the next comment `# newdoc`.
        merge_subtokens: Merge a contraction (`2-3`) into one token; otherwise its words are separate tokens.
        morphology: Append the features to the tag, `NN__Number=Sing`.
        ner_map: Maps entity labels to the labels to write instead; an empty string drops the entity.
        lang: Language code.
        vocab: The vocabulary of the documents; None creates one.
        refuse: Called for malformed sentences and documents, which are then skipped; None raises at the first.

    Yields:
        The documents.

    Raises:
        DataError: The file cannot be read or a line is malformed: `file:line: what`.
    """
    vocab = vocab if vocab is not None else Vocab(lang=lang)
    has_entities = _has_entities(path)
    write_contractions = merge_contractions if merge_subtokens else space_contractions
    for group in _groups(map(write_contractions, read_sentences(path, refuse)), n_sents):
        try:
            yield _document(path, vocab, group, morphology, (ner_map or {}) if has_entities else None)
        except DataError as error:
            refuse_or_raise(error, "\n".join(" ".join(sentence.words) for sentence in group), refuse)


def recognises(head: list[str]) -> bool:
    """Return whether the first lines of a file are CoNLL-U: ten columns, the first a number."""
    rows = [line.split("\t") for line in head if line.strip() and not line.startswith("#")]
    return bool(rows) and all(len(row) == N_COLUMNS and row[0][:1].isdecimal() for row in rows)


convert.recognises = recognises  # type: ignore[attr-defined]


def _groups(sentences: Iterable[ConlluSentence], n_sents: int) -> Iterator[list[ConlluSentence]]:
    group: list[ConlluSentence] = []
    for sentence in sentences:
        is_full = len(group) == n_sents if n_sents else sentence.starts_document
        if group and is_full:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def _document(
    path: Path, vocab: Vocab, group: list[ConlluSentence], morphology: bool, ner_map: Mapping[str, str] | None
) -> Doc:
    try:
        doc = Doc(
            vocab,
            words=_joined(group, lambda sentence: sentence.words),
            spaces=_joined(group, _spaces),
            tags=_joined(group, _tags),
            pos=["" if upos == UNSET else upos for sentence in group for upos in sentence.upos],
            morphs=_joined(group, lambda sentence: sentence.feats),
            lemmas=_joined(group, lambda sentence: sentence.lemmas),
        )
    except DataError:
        _find_mistake(path, vocab, group)
        raise
    doc.set_column(
        "SENT_START", [1 if i == 0 else -1 for sentence in group for i in range(len(sentence.words))]
    )
    if any(head != NO_HEAD for sentence in group for head in sentence.heads):
        # In a document, a word that is its own head and has no label counts as a word without a head.
        offsets = [head - i if head != NO_HEAD else 0 for s in group for i, head in enumerate(s.heads)]
        doc.set_column("HEAD", offsets)
        doc.set_column("DEP", vocab.strings.add_all(_joined(group, _deps)))
    if morphology:
        doc.set_column("TAG", vocab.strings.add_all(_tags_with_feats(doc)))
    if ner_map is not None:
        set_entity_tags(doc, [tag for sentence in group for tag in _entity_tags(sentence, ner_map)])
    return doc


def _joined(group: list[ConlluSentence], values_of: Callable[[ConlluSentence], Sequence[T]]) -> list[T]:
    return [value for sentence in group for value in values_of(sentence)]


def _spaces(sentence: ConlluSentence) -> list[bool]:
    spaces = [has_space_after(misc) for misc in sentence.misc]
    if sentence.text is None or not all(spaces[:-1]) or " ".join(sentence.words) == sentence.text:
        return spaces
    return _spaces_in_text(sentence.words, sentence.text) or spaces


def _spaces_in_text(words: list[str], text: str) -> list[bool] | None:
    """Return the spacing of the words in the raw text, or None if the words do not make up the text."""
    spaces = []
    rest = text
    for word in words:
        if not rest.startswith(word):
            return None
        after = rest[len(word) :]
        rest = after.lstrip()
        spaces.append(rest != after)
    return None if rest else [*spaces[:-1], True]


def _tags(sentence: ConlluSentence) -> list[str]:
    tags = [u if x == UNSET else x for x, u in zip(sentence.xpos, sentence.upos, strict=True)]
    return ["" if tag == UNSET else tag for tag in tags]


def _find_mistake(path: Path, vocab: Vocab, group: list[ConlluSentence]) -> None:
    """Raise DataError for the first word with an invalid part of speech or features."""
    for sentence in group:
        for number, upos, feats in zip(sentence.lines, sentence.upos, sentence.feats, strict=True):
            if upos != UNSET and upos not in PARTS_OF_SPEECH:
                advice = did_you_mean(upos, PARTS_OF_SPEECH) or "; write _ for none"
                expected = "column 4: expected a universal part of speech"
                raise DataError(
                    expected, where=f"{path}:{number}", got=f"{upos!r:.80}", advice=advice
                ) from None
            try:
                vocab.morphology.add(feats)
            except DataError:
                expected = "column 6: expected features, Name=Value joined by |"
                raise DataError(
                    expected, where=f"{path}:{number}", got=f"{feats!r:.80}", advice="write _ for none"
                ) from None


def _deps(sentence: ConlluSentence) -> list[str]:
    names = {"root": "ROOT", UNSET: ""}
    return [names.get(dep, dep) for dep in sentence.deps]


def _tags_with_feats(doc: Doc) -> list[str]:
    strings = doc.vocab.strings
    pairs = zip(doc.column("TAG").tolist(), doc.column("MORPH").tolist(), strict=True)
    parts = ((strings[tag], strings[feats]) for tag, feats in pairs)
    return [tag if feats == UNSET else f"{tag}__{feats}" for tag, feats in parts]


def _has_entities(path: Path) -> bool:
    return any(
        _ENTITY.search(line.rsplit("\t", 1)[-1])
        for line in read_lines(path)
        if not line.startswith("#") and not line.endswith("\t_")
    )


def _entity_tags(sentence: ConlluSentence, ner_map: Mapping[str, str]) -> list[str]:
    tags = []
    for misc in sentence.misc:
        match = _ENTITY.search(misc)
        prefix, _, label = match[1].partition("-") if match else ("O", "", "")
        label = ner_map.get(label, label)
        tags.append(f"{prefix}-{label}" if label else "O")
    return tags

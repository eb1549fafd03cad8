"""Sentences to documents with gold annotation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from kernel.errors import DataError, did_you_mean
from kernel.text.doc import Doc
from kernel.text.gold_entities import set_entity_tags
from kernel.text.symbols import IDS, PARTS_OF_SPEECH
from kernel.text.vocab import Vocab
from pkg_conllu.contractions import merge_contractions, space_contractions
from pkg_conllu.parse import NO_HEAD, UNSET, Sentence, has_space_after, read_lines, read_sentences

_POS_IDS = {name: IDS[name] for name in PARTS_OF_SPEECH} | {UNSET: 0}

#: An entity tag among the values of the last column: `NE=B-PER`, `name=B-PER`, `NER=O`, or the bare tag.
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
) -> Iterator[Doc]:
    """Read a CoNLL-U file as documents, one at a time.

    Spaces follow `SpaceAfter=No`, or `# text` where a sentence has none of those. A universal tag stands in
    for a language's own tag that is missing. Entities are read from MISC, where the file has any.

    Args:
        path: The file, plain or compressed with gzip.
        n_sents: Sentences in a document; 0: all up to the next comment `# newdoc`.
        merge_subtokens: Write a contraction (`2-3`) as one token; else its words stay apart.
        morphology: Append the features to the tag, `NN__Number=Sing`.
        ner_map: Entity labels to the labels to write instead; an empty string drops the entity.
        lang: Code of the language.
        vocab: Where the documents' words are stored; a new one unless given.

    Raises:
        DataError: The file cannot be read or a line is malformed: `file:line: what`.
    """
    vocab = vocab if vocab is not None else Vocab(lang=lang)
    has_entities = _has_entities(path)
    write_contractions = merge_contractions if merge_subtokens else space_contractions
    for group in _groups(map(write_contractions, read_sentences(path)), n_sents):
        yield _document(path, vocab, group, morphology, (ner_map or {}) if has_entities else None)


def _groups(sentences: Iterable[Sentence], n_sents: int) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    for sentence in sentences:
        is_full = len(group) == n_sents if n_sents else sentence.starts_document
        if group and is_full:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def _document(
    path: Path, vocab: Vocab, group: list[Sentence], morphology: bool, ner_map: Mapping[str, str] | None
) -> Doc:
    words = [word for sentence in group for word in sentence.words]
    spaces = [space for sentence in group for space in _spaces(sentence)]
    doc = Doc.from_rows(vocab, vocab.rows(words), np.array(spaces, dtype=bool))
    strings = vocab.strings
    feats = np.array([key for sentence in group for key in _morphs(path, vocab, sentence)], dtype=np.uint64)
    doc.set_column("TAG", strings.add_all([tag for sentence in group for tag in _tags(sentence)]))
    doc.set_column(
        "POS", np.array([pos for sentence in group for pos in _pos(path, sentence)], dtype=np.uint64)
    )
    doc.set_column("MORPH", feats)
    doc.set_column("LEMMA", strings.add_all([lemma for sentence in group for lemma in sentence.lemmas]))
    doc.set_column("DEP", strings.add_all([dep for sentence in group for dep in _deps(sentence)]))
    heads = [head - i for sentence in group for i, head in enumerate(_whole_heads(sentence))]
    doc.set_column("HEAD", np.array(heads, dtype=np.int32))
    starts = np.full(len(words), -1, dtype=np.int8)
    starts[np.cumsum([0, *(len(sentence.words) for sentence in group[:-1])])] = 1
    doc.set_column("SENT_START", starts)
    if morphology:
        tags = [
            _with_feats(strings[int(t)], strings[int(f)])
            for t, f in zip(doc.column("TAG"), feats, strict=True)
        ]
        doc.set_column("TAG", strings.add_all(tags))
    if ner_map is not None:
        set_entity_tags(doc, [tag for sentence in group for tag in _entity_tags(sentence, ner_map)])
    return doc


def _spaces(sentence: Sentence) -> list[bool]:
    spaces = [has_space_after(misc) for misc in sentence.misc]
    if sentence.text is None or not all(spaces[:-1]) or " ".join(sentence.words) == sentence.text:
        return spaces
    return _spaces_in_text(sentence.words, sentence.text) or spaces


def _spaces_in_text(words: list[str], text: str) -> list[bool] | None:
    """Read the spacing off the raw text, unless the text is not made of the words."""
    spaces = []
    rest = text
    for word in words:
        if not rest.startswith(word):
            return None
        after = rest[len(word) :]
        rest = after.lstrip()
        spaces.append(rest != after)
    return None if rest else [*spaces[:-1], True]


def _tags(sentence: Sentence) -> list[str]:
    tags = [u if x == UNSET else x for x, u in zip(sentence.xpos, sentence.upos, strict=True)]
    return ["" if tag == UNSET else tag for tag in tags]


def _pos(path: Path, sentence: Sentence) -> list[int]:
    try:
        return [_POS_IDS[upos] for upos in sentence.upos]
    except KeyError:
        wrong = next(i for i, upos in enumerate(sentence.upos) if upos not in _POS_IDS)
        raise DataError(
            f"{path}:{sentence.lines[wrong]}: column 4 holds a universal part of speech, "
            f"got {sentence.upos[wrong]!r}{did_you_mean(sentence.upos[wrong], PARTS_OF_SPEECH)}"
        ) from None


def _morphs(path: Path, vocab: Vocab, sentence: Sentence) -> list[int]:
    keys = []
    for number, feats in zip(sentence.lines, sentence.feats, strict=True):
        try:
            keys.append(vocab.morphology.add(feats))
        except DataError:
            wanted = "column 6 holds features, Name=Value joined by |"
            raise DataError(
                f"{path}:{number}: {wanted}, got {feats!r}; write _ where there are none"
            ) from None
    return keys


def _deps(sentence: Sentence) -> list[str]:
    names = {"root": "ROOT", UNSET: ""}
    return [names.get(dep, dep) for dep in sentence.deps]


def _whole_heads(sentence: Sentence) -> list[int]:
    """Give words without a head themselves as their head, which is how a document says it."""
    return [i if head == NO_HEAD else head for i, head in enumerate(sentence.heads)]


def _with_feats(tag: str, feats: str) -> str:
    return tag if feats == UNSET else f"{tag}__{feats}"


def _has_entities(path: Path) -> bool:
    return any(
        _ENTITY.search(line.rsplit("\t", 1)[-1])
        for line in read_lines(path)
        if not line.startswith("#") and not line.endswith("\t_")
    )


def _entity_tags(sentence: Sentence, ner_map: Mapping[str, str]) -> list[str]:
    tags = []
    for misc in sentence.misc:
        found = _ENTITY.search(misc)
        prefix, _, label = found[1].partition("-") if found else ("O", "", "")
        label = ner_map.get(label, label)
        tags.append(f"{prefix}-{label}" if label else "O")
    return tags

"""Convert sentences with entity tags to documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from kernel.convert.readable_text import Refuse
from kernel.text.gold.gold_entities import set_entity_tags
from kernel.tokens import Doc
from kernel.training import iob_to_biluo
from kernel.vocab import Vocab
from pkg_iob.parse import TaggedSentence, read_sentences, recognises
from pkg_iob.segments import segmented


def convert(
    path: Path,
    *,
    n_sents: int = 1,
    ner_map: Mapping[str, str] | None = None,
    lang: str = "",
    seg_sents: bool = False,
    base: Any = None,
    vocab: Vocab | None = None,
    refuse: Refuse | None = None,
) -> Iterator[Doc]:
    """Read a file of words and entity tags as documents, one at a time.

    Tags may be IOB, IOB2 or BILUO, or `-` for a missing annotation. An `I-` that continues no entity begins one.

    Args:
        path: The file, plain or compressed with gzip.
        n_sents: Sentences per document; 0 joins all up to the next line `-DOCSTART-` or `# newdoc`.
        ner_map: Maps entity labels to the labels to write instead; an empty string drops the entity.
        lang: Language code.
        seg_sents: Split sentences after `.`, `!`, `?` and similar marks if the file has no blank lines between them.
        base: With `seg_sents`, a pipeline that splits sentences instead.
        vocab: The vocabulary of the documents; None creates one.
        refuse: Called for malformed sentences, which are then skipped; None raises at the first.

    Yields:
        The documents.

    Raises:
        DataError: The file cannot be read or a line is malformed: `file:line: what`.
    """
    vocab = vocab if vocab is not None else Vocab(lang=lang)
    sentences = read_sentences(path, refuse)
    for group in _groups(segmented(sentences, base) if seg_sents else sentences, n_sents):
        yield _document(vocab, group, ner_map or {})


convert.recognises = recognises  # type: ignore[attr-defined]


def _groups(sentences: Iterable[TaggedSentence], n_sents: int) -> Iterator[list[TaggedSentence]]:
    group: list[TaggedSentence] = []
    for sentence in sentences:
        is_full = len(group) == n_sents if n_sents else sentence.starts_document
        if group and is_full:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def _document(vocab: Vocab, group: list[TaggedSentence], ner_map: Mapping[str, str]) -> Doc:
    pos = [tag for sentence in group for tag in sentence.pos]
    doc = Doc(
        vocab,
        words=[word for sentence in group for word in sentence.words],
        spaces=_spaces(group),
        tags=pos if any(pos) else None,
    )
    doc.set_column(
        "SENT_START", [1 if i == 0 else -1 for sentence in group for i in range(len(sentence.words))]
    )
    # Convert tags sentence by sentence: an I- at the start of a sentence does not continue the one before.
    tags = [tag for sentence in group for tag in iob_to_biluo(_mapped(tag, ner_map) for tag in sentence.tags)]
    set_entity_tags(doc, tags)
    return doc


def _mapped(tag: str, ner_map: Mapping[str, str]) -> str:
    prefix, dash, label = tag.partition("-")
    if not label:
        return tag
    label = ner_map.get(label, label)
    return f"{prefix}{dash}{label}" if label else "O"


def _spaces(group: list[TaggedSentence]) -> list[bool] | None:
    """Return the spacing by the raw texts; None, for unknown, unless the words make up all of them."""
    spaces: list[bool] = []
    for sentence in group:
        rest = sentence.text or ""
        for word in sentence.words:
            if not rest.startswith(word):
                return None
            after = rest[len(word) :]
            rest = after.lstrip()
            spaces.append(rest != after)
        if rest:
            return None
        spaces[-1] = True
    return spaces

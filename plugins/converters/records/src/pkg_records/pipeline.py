"""Who makes the tokens of a text that has none."""

from __future__ import annotations

from typing import Any

from kernel import blank
from kernel.vocab import Vocab
from pkg_records.record import MakeDoc

_ANY_LANGUAGE = "xx"


def tokenizing(nlp: Any, lang: str, vocab: Vocab | None) -> tuple[MakeDoc, Vocab]:
    """Give the function that makes documents of texts, and their vocabulary.

    Args:
        nlp: The pipeline to use; None makes one.
        lang: Its language, if so.
        vocab: Its vocabulary, if so; a new one unless given.
    """
    if nlp is None:
        nlp = blank(lang or _ANY_LANGUAGE, vocab=True if vocab is None else vocab)
    return nlp.make_doc, nlp.vocab

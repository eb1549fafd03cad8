"""The tokenizer of texts without tokens."""

from __future__ import annotations

from typing import Any

from kernel import blank
from kernel.vocab import Vocab
from pkg_records.record import MakeDoc

_ANY_LANGUAGE = "xx"


def tokenizing(nlp: Any, lang: str, vocab: Vocab | None) -> tuple[MakeDoc, Vocab]:
    """Return the function that creates documents from texts, and their vocabulary.

    Args:
        nlp: The pipeline to use; None creates a blank one.
        lang: Language code of the blank pipeline; "" for a language-independent one.
        vocab: Vocabulary of the blank pipeline; None creates one.
    """
    if nlp is None:
        nlp = blank(lang or _ANY_LANGUAGE, vocab=True if vocab is None else vocab)
    return nlp.make_doc, nlp.vocab

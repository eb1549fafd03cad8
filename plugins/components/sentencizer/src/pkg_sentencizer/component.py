"""The `sentencizer` component: a sentence ends at a mark such as ".", and the next word begins the next sentence.

Axes
    N   tokens of a document
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from kernel.contracts import factory
from kernel.pipeline import Component
from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from pkg_sentencizer.marks import sentence_marks


def senter_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score sentences as `sents_p`, `sents_r` and `sents_f`, 0 to 1."""

    def has_sents(doc: Doc) -> bool:
        return doc.has_annotation("SENT_START")

    def sents(doc: Doc, attr: str) -> list[Any]:
        return list(doc.sents) if has_sents(doc) else []

    return Scorer.score_spans(
        examples, "sents", getter=sents, has_annotation=has_sents, labeled=False, **kwargs
    )


def senter_scorer() -> Callable[..., dict[str, Any]]:
    """Return the scorer of sentences: precision, recall and F-score."""
    return senter_score


@factory(
    "sentencizer",
    assigns=["token.is_sent_start", "doc.sents"],
    default_config={
        "punct_chars": None,
        "overwrite": False,
        "scorer": {"@scorers": "kernel.senter_scorer.v1"},
    },
    default_score_weights={"sents_f": 1.0, "sents_p": 0.0, "sents_r": 0.0},
)
def sentencizer(
    nlp: Any,
    name: str,
    punct_chars: list[str] | None,
    overwrite: bool,
    scorer: Callable[..., dict[str, Any]] | None,
) -> Sentencizer:
    """Find sentence starts by punctuation.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        punct_chars: The tokens that end a sentence; null for the sentence-final marks of all scripts.
        overwrite: Whether to replace existing sentence starts.
        scorer: Computes scores from examples; null for none.
    """
    return Sentencizer(nlp.vocab, name, punct_chars=punct_chars, overwrite=overwrite, scorer=scorer)


class Sentencizer(Component):
    """Sets `token.is_sent_start`; needs no training."""

    def __init__(
        self,
        vocab: Any,
        name: str = "sentencizer",
        *,
        punct_chars: Iterable[str] | None = None,
        overwrite: bool = False,
        scorer: Callable[..., dict[str, Any]] | None = senter_score,
    ) -> None:
        super().__init__(name)
        self.punct_chars = set(sentence_marks() if punct_chars is None else punct_chars)
        self.overwrite = overwrite
        self.scorer = scorer
        self._marks = np.array([vocab.strings.add(mark) for mark in self.punct_chars], dtype=np.uint64)

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Find the sentence starts of each document, bool (N)."""
        return [self._starts(doc) for doc in docs]

    def _starts(self, doc: Doc) -> Any:
        orth_N, is_punct_N = doc.to_array(["ORTH", "IS_PUNCT"]).T
        is_mark_N = np.isin(orth_N, self._marks)
        words = np.flatnonzero(~is_mark_N & (is_punct_N == 0))
        # A word begins a sentence if there is a mark between it and the previous word.
        n_marks = np.cumsum(is_mark_N)[words]
        is_start_N = np.zeros(len(doc), dtype=bool)
        is_start_N[words] = np.diff(n_marks, prepend=0) > 0
        is_start_N[:1] = True
        return is_start_N

    def set_annotations(self, docs: Sequence[Doc], predictions: Sequence[Any]) -> None:
        """Write sentence starts; existing ones are kept unless `overwrite`, and documents with heads are left alone."""
        for doc, is_start_N in zip(docs, predictions, strict=True):
            if not len(doc) or doc.has_column("HEAD"):
                continue
            new_N = np.where(is_start_N, 1, -1)
            old_N = doc.column("SENT_START")
            doc.set_column("SENT_START", new_N if self.overwrite else np.where(old_N != 0, old_N, new_N))

"""The scorer of a whole pipeline, and the scoring functions that components use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.contracts.capabilities import offers_score
from kernel.pipeline.scoring.category_scores import score_cats
from kernel.pipeline.scoring.link_scores import score_links
from kernel.pipeline.scoring.span_scores import get_ner_prf as get_ner_prf
from kernel.pipeline.scoring.span_scores import score_spans
from kernel.pipeline.scoring.token_scores import MISSING_VALUES as MISSING_VALUES
from kernel.pipeline.scoring.token_scores import score_token_attr, score_token_attr_per_feat
from kernel.pipeline.scoring.tree_scores import score_deps
from kernel.text.base.measures import PRFScore as PRFScore
from kernel.text.base.measures import ROCAUCScore as ROCAUCScore
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example
from kernel.text.gold.tokenization_score import score_tokenization

_IGNORED_DEPS = ("p", "punct")


class Scorer:
    """Scores a pipeline's predictions against gold annotation.

    The static methods are called by the `score` methods of components; the names of the scores are those
    used in `[training.score_weights]`.
    """

    score_tokenization = staticmethod(score_tokenization)
    score_token_attr = staticmethod(score_token_attr)
    score_token_attr_per_feat = staticmethod(score_token_attr_per_feat)
    score_spans = staticmethod(score_spans)
    score_deps = staticmethod(score_deps)
    score_cats = staticmethod(score_cats)
    score_links = staticmethod(score_links)

    def __init__(self, nlp: Any = None, **cfg: Any) -> None:
        """Create a scorer.

        Args:
            nlp: The pipeline whose components determine what is scored; without one, all annotation of documents
                is scored.
            cfg: Options passed to every component's `score`.
        """
        self.nlp = nlp
        self.cfg = cfg

    def score(self, examples: Iterable[Example], *, per_component: bool = False) -> dict[str, Any]:
        """Score predictions.

        Args:
            examples: Predictions with gold annotation.
            per_component: Whether to group scores by component name.

        Returns:
            Scores between 0 and 1 by name; None if there was nothing to score.
        """
        listed = list(examples)
        tokenizer = getattr(self.nlp, "tokenizer", None)
        score = tokenizer.score if offers_score(tokenizer) else score_tokenization
        parts: dict[str, dict[str, Any]] = {"tokenizer": dict(score(listed, **self.cfg))}
        if self.nlp is None:
            parts["doc"] = _score_documents(listed)
        else:
            for name, component in self.nlp.pipeline:
                if offers_score(component):
                    parts[name] = dict(component.score(listed, **self.cfg))
        if per_component:
            return parts
        return {key: value for scores in parts.values() for key, value in scores.items()}


def _score_documents(examples: list[Example]) -> dict[str, Any]:
    """Score all annotation of documents, under the score names of the standard components."""
    labels = {label for eg in examples for doc in (eg.predicted, eg.reference) for label in doc.cats}
    return {
        **score_spans(examples, "sents", getter=_sentences, has_annotation=_has_sentences, labeled=False),
        **score_token_attr(examples, "tag"),
        **score_token_attr(examples, "pos"),
        **score_token_attr(examples, "morph"),
        **score_token_attr_per_feat(examples, "morph"),
        **score_deps(examples, "dep", ignore_labels=_IGNORED_DEPS),
        **get_ner_prf(examples),
        **score_cats(examples, "cats", labels=labels, multi_label=False),
    }


def _has_sentences(doc: Doc) -> bool:
    return doc.has_annotation("SENT_START")


def _sentences(doc: Doc, attr: str) -> list[Span]:
    return list(doc.sents) if _has_sentences(doc) else []

"""The `textcat_multilabel` component: any number of labels for each document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from thinc.api import Model

from kernel.contracts import Loss, factory
from kernel.limits import Share
from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from kernel.vocab import Vocab
from pkg_textcat.component import TextCategorizer
from pkg_textcat.defaults import DEFAULT_SCORE_WEIGHTS, default_model


def textcat_multilabel_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score categories that are not exclusive; `cats_score` is the macro-averaged area under the ROC curve."""
    return Scorer.score_cats(examples, "cats", **{**kwargs, "multi_label": True})


def textcat_multilabel_scorer() -> Callable[..., dict[str, Any]]:
    """Return the scorer of categories that are not exclusive."""
    return textcat_multilabel_score


@factory(
    "textcat_multilabel",
    assigns=["doc.cats"],
    default_config={
        "threshold": 0.5,
        "model": default_model(exclusive=False),
        "scorer": {"@scorers": "kernel.textcat_multilabel_scorer.v1"},
    },
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def textcat_multilabel(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    threshold: Share,
    scorer: Callable[..., dict[str, Any]] | None,
    loss: Loss | None = None,
) -> MultiLabelTextCategorizer:
    """Predict for each of several labels whether it applies to a document.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to scores (documents, labels).
        threshold: The probability from which the scorer counts a label as predicted.
        scorer: Computes scores from examples; null for none.
        loss: Compares probabilities with the gold categories; null for binary cross-entropy of each label.
    """
    component = MultiLabelTextCategorizer(nlp.vocab, model, name, threshold=threshold, scorer=scorer)
    component.use_loss(loss)
    return component


class MultiLabelTextCategorizer(TextCategorizer):
    """Predicts `doc.cats`: the probability of each label, independently of the others."""

    is_exclusive = False

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str = "textcat_multilabel",
        *,
        threshold: float = 0.5,
        scorer: Callable[..., dict[str, Any]] | None = textcat_multilabel_score,
    ) -> None:
        super().__init__(vocab, model, name, threshold=threshold, scorer=scorer)

    def initialize(  # type: ignore[override]
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set the labels, from the examples or from `labels`, and initialize the model.

        Args:
            get_examples: Returns the training examples; called several times.
            nlp: The pipeline.
            labels: The labels, in order; None takes them from the examples.

        Raises:
            DataError: There are no examples, no labels, or a document with invalid categories.
        """
        self._take_labels(get_examples, labels)
        self._shape_model(get_examples)

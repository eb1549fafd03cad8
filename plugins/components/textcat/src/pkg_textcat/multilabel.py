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
    """Score categories of which several may hold; `cats_score` is the macro area under the ROC curve."""
    return Scorer.score_cats(examples, "cats", **{**kwargs, "multi_label": True})


def textcat_multilabel_scorer() -> Callable[..., dict[str, Any]]:
    """Give the scorer of categories of which several may hold."""
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
    """Say of each of several labels whether it holds for a document.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Documents to scores (documents, labels).
        threshold: The probability from which scores count a label as predicted.
        scorer: Computes scores from examples; null for none.
        loss: Compares probabilities with the truth; null for cross-entropy of each label by itself.
    """
    component = MultiLabelTextCategorizer(nlp.vocab, model, name, threshold=threshold, scorer=scorer)
    component.use_loss(loss)
    return component


class MultiLabelTextCategorizer(TextCategorizer):
    """Predicts `doc.cats`: the probability of each label, whatever the others are."""

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
        """Take the labels from the examples, or as given, and give the model its shapes.

        Args:
            get_examples: Gives the training examples; read several times.
            nlp: The pipeline.
            labels: The labels, in order; from the examples when None.

        Raises:
            DataError: There is no example, no label, or a document that cannot be learnt from.
        """
        self._take_labels(get_examples, labels)
        self._shape_model(get_examples)

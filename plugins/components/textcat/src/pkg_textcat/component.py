"""The `textcat` component: one label for each document."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from thinc.api import Model, Optimizer, set_dropout_rate

from kernel.contracts import Loss, factory
from kernel.errors import DataError
from kernel.limits import Share
from kernel.pipeline import TrainableComponent
from kernel.pipeline.components.trainable import check_loss
from kernel.pipeline.optim.finite import check_scores
from kernel.pipeline.optim.losses import LabelLoss
from kernel.pipeline.run.tape import remembering
from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from kernel.util import minibatch
from kernel.vocab import Vocab
from pkg_textcat.defaults import DEFAULT_SCORE_WEIGHTS, default_model
from pkg_textcat.gold import GoldCategories, check_cats, read_gold

logger = logging.getLogger(__name__)

#: Number of documents to count at a time.
_AT_A_TIME = 1000


def textcat_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score exclusive categories; `cats_score` is the macro F-score, or the F-score of the positive label."""
    return Scorer.score_cats(examples, "cats", **{**kwargs, "multi_label": False})


def textcat_scorer() -> Callable[..., dict[str, Any]]:
    """Return the scorer of exclusive categories."""
    return textcat_score


@factory(
    "textcat",
    assigns=["doc.cats"],
    default_config={
        "threshold": 0.0,
        "model": default_model(exclusive=True),
        "scorer": {"@scorers": "kernel.textcat_scorer.v1"},
    },
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def textcat(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    threshold: Share,
    scorer: Callable[..., dict[str, Any]] | None,
    loss: Loss | None = None,
) -> TextCategorizer:
    """Predict which one of several labels applies to each document.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to scores (documents, labels).
        threshold: Has no effect, since the best label counts, however low its score; as in spaCy.
        scorer: Computes scores from examples; null for none.
        loss: Compares probabilities with the gold categories; null for cross-entropy.
    """
    component = TextCategorizer(nlp.vocab, model, name, threshold=threshold, scorer=scorer)
    component.use_loss(loss)
    return component


class TextCategorizer(TrainableComponent):
    """Predicts `doc.cats`: the probabilities of labels of which exactly one applies."""

    wants = "category"
    #: Whether exactly one label applies.
    is_exclusive = True
    _own_loss: LabelLoss | None = None

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str = "textcat",
        *,
        threshold: float = 0.0,
        scorer: Callable[..., dict[str, Any]] | None = textcat_score,
    ) -> None:
        super().__init__(
            vocab,
            model,
            name,
            scorer=scorer,
            labels=[],
            threshold=threshold,
            positive_label=None,
        )
        self.rehearsal_model: Model[Any, Any] | None = None
        self._unknown: set[str] = set()
        if not self.is_exclusive and model.attrs.get("multi_label") is False:
            logger.warning(
                "%s: its model predicts a single label; set exclusive_classes = false, or use textcat", name
            )

    def use_loss(self, loss: Loss | None) -> None:
        """Set the loss to train with; None for cross-entropy.

        Raises:
            ConfigError: The loss is for exclusive labels and the component is not, or the other way round.
        """
        self._own_loss = None if loss is None else LabelLoss(loss, self.name, exclusive=self.is_exclusive)

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        """Write the probability of each label to `doc.cats`."""
        labels = self.labels
        for doc, scores in zip(docs, self.model.ops.to_numpy(predictions).tolist(), strict=True):
            doc.cats.update(zip(labels, scores, strict=True))

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Predict the probabilities of the labels, (documents, labels).

        Raises:
            NotFinite: A probability is nan or inf.
        """
        scores_BL = self.model.predict(list(docs))
        check_scores(self.model.ops, self.name, docs, scores_BL, scores_BL)
        return scores_BL

    def get_loss(self, examples: Sequence[Example], scores: Any) -> tuple[float, Any]:
        """Compare probabilities with the gold categories.

        With exclusive labels, a document that has the correct label makes all labels it leaves out wrong; a document
        without a correct label teaches only the labels that it marks as wrong.

        Args:
            examples: The documents.
            scores: The probabilities, (documents, labels).

        Returns:
            The mean squared error, and probability - target, which is the gradient of the cross-entropy by the scores
            before the activation; or the loss and gradient of the loss from the config.

        Raises:
            DataError: The categories of a document are invalid; the message quotes the document.
        """
        check_cats(self.name, examples, is_exclusive=self.is_exclusive)
        gold = self._gold(examples)
        for label in sorted(gold.unknown - self._unknown):
            logger.warning(
                "%s: unknown category %r in the gold annotation; it teaches nothing", self.name, label
            )
        self._unknown |= gold.unknown
        truth_BL, known_BL = self.model.ops.asarray(gold.truth_BL), self.model.ops.asarray(gold.known_BL)
        if self._own_loss is not None:
            return self._own_loss(scores, truth_BL, self.labels, known_BL)
        d_scores_BL = scores - truth_BL
        d_scores_BL *= known_BL
        return float((d_scores_BL**2).mean()), d_scores_BL

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
        positive_label: str | None = None,
    ) -> None:
        """Set the labels, from the examples or from `labels`, and initialize the model.

        Args:
            get_examples: Returns the training examples; called several times.
            nlp: The pipeline.
            labels: The labels, in order; None takes them from the examples.
            positive_label: The one of two labels whose F-score is the main score.

        Raises:
            DataError: There are no examples, fewer than two labels, or a document with invalid categories, or the
                positive label is not one of exactly two labels.
        """
        self._take_labels(get_examples, labels)
        if len(self.labels) < 2:
            raise DataError(
                f"{self.name}: expected at least two labels, got {list(self.labels)}; "
                "check the corpus, or use textcat_multilabel"
            )
        if positive_label is not None and (positive_label not in self.labels or len(self.labels) != 2):
            raise DataError(
                f"{self.name}: positive_label: expected one of exactly two labels, got {positive_label!r} of "
                f"{list(self.labels)}; leave it out, or name one of two labels"
            )
        self.cfg["positive_label"] = positive_label
        self._shape_model(get_examples)

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score examples whose predicted documents this component has annotated."""
        if self.scorer is None:
            return {}
        options = {"labels": self.labels, "threshold": self.cfg["threshold"]}
        if self.is_exclusive:
            options["positive_label"] = self.cfg["positive_label"]
        return self.scorer(examples, **options | kwargs)

    def rehearse(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Update the model to predict as it did when training was resumed, ignoring gold categories and later labels.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: Applies the gradients; None leaves them in the model.
            losses: The loss is added here: the sum of squares of the differences in probability.

        Returns:
            The losses; unchanged if `nlp.resume_training` was not called.
        """
        losses = {} if losses is None else losses
        docs = [eg.predicted for eg in examples]
        if self.rehearsal_model is None:
            return losses
        losses.setdefault(self.name, 0.0)
        if not any(len(doc) for doc in docs):
            return losses
        with remembering():
            target_BL = self.rehearsal_model.predict(docs)
        set_dropout_rate(self.model, drop)
        scores_BL, backprop = self.model.begin_update(docs)
        d_scores_BL = self.model.ops.alloc2f(*scores_BL.shape)
        n_labels = target_BL.shape[1]
        d_scores_BL[:, :n_labels] = scores_BL[:, :n_labels] - target_BL
        loss = float((d_scores_BL**2).sum())
        check_loss(self.name, loss)
        backprop(d_scores_BL)
        losses[self.name] += loss
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def _take_labels(
        self, get_examples: Callable[[], Iterable[Example]], labels: Iterable[str] | None
    ) -> None:
        """Check the categories of the examples and add `labels`, or the labels of the examples if None."""
        check_cats(self.name, get_examples(), is_exclusive=self.is_exclusive)
        if labels is None:
            labels = sorted({label for eg in get_examples() for label in eg.reference.cats})
        for label in labels:
            self.add_label(label)
        if not self.labels:
            raise DataError(
                f"{self.name}: no document of the training data has a {self.wants}; "
                "check the corpus, or remove the component from the pipeline"
            )

    def _shape_model(self, get_examples: Callable[[], Iterable[Example]]) -> None:
        sample = [eg.predicted for eg in self.sample(get_examples)]
        self.model.initialize(X=sample, Y=self.model.ops.alloc2f(len(sample), len(self.labels)))
        for node in self.model.walk():
            if "read_categories" in node.attrs:
                batches = minibatch(get_examples(), _AT_A_TIME)
                read = (([eg.predicted for eg in batch], self._gold(batch)) for batch in batches)
                node.attrs["read_categories"](node, read)

    def _gold(self, examples: Sequence[Example]) -> GoldCategories:
        """Read the categories of documents; with exclusive labels, a correct one makes all others wrong."""
        gold = read_gold(examples, self.labels)
        if self.is_exclusive:
            gold.known_BL[gold.truth_BL.any(axis=1)] = 1.0
        return gold

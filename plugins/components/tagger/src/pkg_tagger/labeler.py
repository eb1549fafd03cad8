"""The base class of components that assign one label to each token."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Optimizer, set_dropout_rate

from kernel.contracts import Loss
from kernel.errors import ConfigError
from kernel.pipeline import TrainableComponent
from kernel.pipeline.components.trainable import check_loss
from kernel.pipeline.optim.finite import check_scores
from kernel.pipeline.optim.losses import LabelLoss
from kernel.pipeline.run.tape import remembering
from kernel.tokens import Doc
from kernel.training import Example
from pkg_tagger.loss import best_labels, chosen_loss, label_loss
from pkg_tok2vec.numerics import Cut


class TokenLabeler(TrainableComponent):
    """Assigns one label to each token; subclasses define where labels are read from and written to."""

    #: A copy of the model from when training was resumed, the target of `rehearse`; None before.
    rehearsal_model: Any = None
    _own_loss: LabelLoss | None = None

    def use_loss(self, loss: Loss | None) -> None:
        """Set the loss to train with; None for the default.

        Raises:
            ConfigError: `label_smoothing`, a setting of the default loss, is set as well.
        """
        if loss is not None and self.cfg["label_smoothing"]:
            raise ConfigError(
                f"label_smoothing: expected 0 together with a loss, got {self.cfg['label_smoothing']}; "
                f"set it in [components.{self.name}.loss]"
            )
        self._own_loss = None if loss is None else LabelLoss(loss, self.name)

    def compare(self, scores: Sequence[Any], gold_N: Any, negated_N: Any | None = None) -> tuple[float, Any]:
        """Compute the loss and its gradient from the index of each token's gold label; see `label_loss`."""
        if self._own_loss is not None:
            return chosen_loss(self.model.ops, self._own_loss, scores, gold_N, negated_N, self.labels)
        smoothing = self.cfg["label_smoothing"]
        return label_loss(self.model.ops, scores, gold_N, negated_N, smoothing=smoothing)

    def find_labels(self, get_examples: Callable[[], Iterable[Example]]) -> list[str]:
        """Return the labels of the examples in a fixed order."""
        raise NotImplementedError

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Predict the best label of each token; return one int64 array of label indices per document.

        Raises:
            NotFinite: A score is nan or inf.
        """
        if not any(len(doc) for doc in docs):
            return [np.zeros(0, dtype=np.int64) for _ in docs]
        predict_labels = self.model.attrs.get("predict_labels")
        if predict_labels is None:
            scores = self.model.predict(list(docs))
            check_scores(self.model.ops, self.name, docs, scores)
            return best_labels(self.model.ops, scores)
        best_N = self.model.ops.to_numpy(predict_labels(self.model, list(docs), self.name))
        return Cut(best_N, [len(doc) for doc in docs])

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Set the labels, from the examples or from `labels`, and initialize the model.

        Args:
            get_examples: Returns the training examples; called twice.
            nlp: The pipeline.
            labels: The labels, in order; None takes them from the examples.

        Raises:
            DataError: There are no examples, or no labels.
        """
        sample = [eg.predicted for eg in self.sample(get_examples)]
        for label in self.find_labels(get_examples) if labels is None else labels:
            self.add_label(label)
        self.check_labels(self.labels)
        n_labels = len(self.labels)
        self.model.initialize(X=sample, Y=[self.model.ops.alloc2f(len(doc), n_labels) for doc in sample])

    def rehearse(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Update the model to predict as it did when training was resumed; the gold labels are not used.

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
        if self.rehearsal_model is None or not any(len(doc) for doc in docs):
            return losses
        losses.setdefault(self.name, 0.0)
        with remembering():
            # In training mode the model returns probabilities; its gradient is not used.
            set_dropout_rate(self.rehearsal_model, 0.0)
            targets, _ = self.rehearsal_model.begin_update(docs)
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update(docs)
        d_scores = []
        for X, target in zip(scores, targets, strict=True):
            # Labels added since get no gradient.
            d_X = self.model.ops.alloc2f(*X.shape)
            d_X[:, : target.shape[1]] = X[:, : target.shape[1]] - target
            d_scores.append(d_X)
        loss = float(sum((d_X * d_X).sum() for d_X in d_scores))
        check_loss(self.name, loss)
        backprop(d_scores)
        losses[self.name] += loss
        if sgd is not None:
            self.finish_update(sgd)
        return losses

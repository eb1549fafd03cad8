"""What components that give each token one label have in common."""

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
    """Gives each token one of its labels; a subclass says where labels come from and where they go."""

    #: The model as it was when training was resumed, which `rehearse` keeps to; None before that.
    rehearsal_model: Any = None
    _own_loss: LabelLoss | None = None

    def use_loss(self, loss: Loss | None) -> None:
        """Learn by the loss of the config in place of the usual one; None is the usual one.

        Raises:
            ConfigError: `label_smoothing` is given too, which is a setting of the usual one.
        """
        if loss is not None and self.cfg["label_smoothing"]:
            raise ConfigError(
                f"label_smoothing: a setting of the usual loss, got "
                f"{self.cfg['label_smoothing']} beside a loss; give it to [components.{self.name}.loss]"
            )
        self._own_loss = None if loss is None else LabelLoss(loss, self.name)

    def compare(self, scores: Sequence[Any], gold_N: Any, negated_N: Any | None = None) -> tuple[float, Any]:
        """Compare probabilities with the index of each token's gold label; see `label_loss`."""
        if self._own_loss is not None:
            return chosen_loss(self.model.ops, self._own_loss, scores, gold_N, negated_N, self.labels)
        smoothing = self.cfg["label_smoothing"]
        return label_loss(self.model.ops, scores, gold_N, negated_N, smoothing=smoothing)

    def find_labels(self, get_examples: Callable[[], Iterable[Example]]) -> list[str]:
        """List the labels of the examples in a fixed order."""
        raise NotImplementedError

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Find the best label of each token: one int64 array of label indices per document.

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
        """Take the labels from the examples, or as given, and give the model its shapes.

        Args:
            get_examples: Gives the training examples; read twice.
            nlp: The pipeline.
            labels: The labels, in order; from the examples when None.

        Raises:
            DataError: There is no example, or no label.
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
        """Learn to score labels as when training was resumed; the gold labels of the examples play no part.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: Applies the gradients; None leaves them in the model.
            losses: Where the loss is added: the sum of squares of the difference in probability.

        Returns:
            The losses; as they were where `nlp.resume_training` was not called.
        """
        losses = {} if losses is None else losses
        docs = [eg.predicted for eg in examples]
        if self.rehearsal_model is None or not any(len(doc) for doc in docs):
            return losses
        losses.setdefault(self.name, 0.0)
        with remembering():
            # Probabilities come of a model that trains; its gradient is not asked for.
            set_dropout_rate(self.rehearsal_model, 0.0)
            wanted, _ = self.rehearsal_model.begin_update(docs)
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update(docs)
        d_scores = []
        for X, target in zip(scores, wanted, strict=True):
            # Labels that were added since are left alone.
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

"""What components that give each token one label have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from kernel.contracts import Loss
from kernel.errors import ConfigError
from kernel.pipeline.losses import LabelLoss
from kernel.pipeline.trainable import TrainableComponent
from kernel.text.doc import Doc
from kernel.text.example import Example
from pkg_tagger.loss import best_labels, chosen_loss, label_loss
from pkg_tok2vec.numerics import Cut


class TokenLabeler(TrainableComponent):
    """Gives each token one of its labels; a subclass says where labels come from and where they go."""

    _own_loss: LabelLoss | None = None

    def use_loss(self, loss: Loss | None) -> None:
        """Learn by the loss of the config in place of the usual one; None is the usual one.

        Raises:
            ConfigError: `label_smoothing` is given too, which is a setting of the usual one.
        """
        if loss is not None and self.cfg["label_smoothing"]:
            raise ConfigError(
                f"[components.{self.name}] label_smoothing: a setting of the usual loss, got "
                f"{self.cfg['label_smoothing']} beside a loss; give it to [components.{self.name}.loss]"
            )
        self._own_loss = None if loss is None else LabelLoss(loss, self.name)

    def compare(self, scores: Sequence[Any], gold_N: Any, negated_N: Any | None = None) -> tuple[float, Any]:
        """Compare probabilities with the index of each token's gold label; see `label_loss`."""
        if self._own_loss is not None:
            return chosen_loss(self._own_loss, scores, gold_N, negated_N, self.labels)
        smoothing = self.cfg["label_smoothing"]
        return label_loss(self.model.ops, scores, gold_N, negated_N, smoothing=smoothing)

    def find_labels(self, get_examples: Callable[[], Iterable[Example]]) -> list[str]:
        """List the labels of the examples in a fixed order."""
        raise NotImplementedError

    def predict(self, docs: Sequence[Doc]) -> list[Any]:
        """Find the best label of each token: one int64 array of label indices per document."""
        if not any(len(doc) for doc in docs):
            return [np.zeros(0, dtype=np.int64) for _ in docs]
        predict_labels = self.model.attrs.get("predict_labels")
        if predict_labels is None:
            return best_labels(self.model.ops, self.model.predict(list(docs)))
        best_N = self.model.ops.to_numpy(predict_labels(self.model, list(docs)))
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

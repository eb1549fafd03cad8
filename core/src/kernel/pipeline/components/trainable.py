"""The base class of trainable components: prediction, training and saving."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any

import srsly
from thinc.api import Adam, Model, Optimizer, set_dropout_rate

from kernel.contracts.capabilities import attrs_of
from kernel.errors import CheckpointError, DataError, ModelError, NotFinite
from kernel.pipeline.components.component import Component
from kernel.pipeline.components.params import swapped_params
from kernel.pipeline.optim.lazy_rows import stepping
from kernel.pipeline.saving.weights import load_model, model_from_bytes, model_to_bytes, save_model
from kernel.text.base import messages
from kernel.text.base.json_data import read_json
from kernel.text.base.shapes import check_shape
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab

#: Number of examples from which a model infers its shapes.
SAMPLE_SIZE = 10

_CFG_FILE = "cfg.json"
_MODEL_FILE = "model.safetensors"


def check_loss(name: str, loss: float) -> None:
    """Check that a loss is finite, before it reaches the parameters.

    Args:
        name: The component's name.
        loss: The loss.

    Raises:
        NotFinite: It is nan or infinite.
    """
    if not math.isfinite(loss):
        raise NotFinite(f"{name}: the loss is {loss}; lower training.optimizer.learn_rate, or check the data")


class TrainableComponent(Component):
    """A component that learns from examples.

    A subclass implements `set_annotations` and `get_loss`, also `predict` if the model's output is not the
    prediction, and `initialize` if it has labels.

    Attributes:
        vocab: The pipeline's vocabulary.
        model: A Thinc model that takes a list of documents.
        name: Its name in the pipeline, also the name of its loss.
        cfg: Plain settings that are saved with it, including `labels`.
    """

    is_trainable = True

    #: What the training data must contain, for error messages.
    wants = "label"

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Any, Any],
        name: str = "component",
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
        **cfg: Any,
    ) -> None:
        super().__init__(name)
        self.vocab = vocab
        self.model = model
        self.scorer = scorer
        self.cfg: dict[str, Any] = cfg
        self._label_set: tuple[list[str], set[str]] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that it can predict, in the order of the model's output."""
        return tuple(self.cfg.get("labels", ()))

    @property
    def label_data(self) -> Any:
        """The labels for `initialize(labels=...)`; None if it has none."""
        return list(self.labels) if "labels" in self.cfg else None

    @property
    def n_outputs(self) -> int | None:
        """Number of outputs that the model must have; None if the labels do not determine it."""
        return len(self.labels) if self.is_resizable and "labels" in self.cfg else None

    @property
    def is_resizable(self) -> bool:
        """Whether labels can be added to a model that has been initialized."""
        return "resize_output" in attrs_of(self.model)

    def add_label(self, label: str) -> int:
        """Add a label.

        Returns:
            1, or 0 if it existed already.

        Raises:
            ModelError: It is not a string, or the output of the model is already fixed.
        """
        if not isinstance(label, str):
            raise ModelError(f"{self.name}: expected a label as str, got {label!r}")
        labels = self._labels_as_set()
        if label in labels:
            return 0
        if self.model.has_dim("nO"):
            if not self.is_resizable:
                raise ModelError(
                    f"{self.name}: no label can be added to a model with a fixed output, got {label!r}; "
                    "add all labels before initialize()"
                )
            attrs_of(self.model)["resize_output"](self.model, len(labels) + 1)
        self.cfg["labels"].append(label)
        labels.add(label)
        self.vocab.strings.add(label)
        return 1

    def _labels_as_set(self) -> set[str]:
        """Return the labels as a set that is kept up to date, so that adding many labels is fast."""
        labels = self.cfg.get("labels")
        if (
            self._label_set is None
            or self._label_set[0] is not labels
            or len(self._label_set[1]) != len(labels)
        ):
            self.cfg["labels"] = list(self.labels)  # a copy, because labels are appended in place
            self._label_set = (self.cfg["labels"], set(self.labels))
        return self._label_set[1]

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Run the model on a batch, without changing anything."""
        return self.model.predict(docs)

    def get_loss(self, examples: Sequence[Example], scores: Any) -> tuple[float, Any]:
        """Compute the loss of the model's output against the gold standard.

        Returns:
            The loss, and its gradient in the structure of `scores`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no get_loss()")

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Iterable[str] | None = None,
    ) -> None:
        """Infer the model's shapes and initialize its parameters.

        Args:
            get_examples: Returns the training examples; may be called several times.
            nlp: The pipeline.
            labels: The labels, in order; None to collect them from the data, which a subclass must implement.
        """
        for label in labels or ():
            self.add_label(label)
        sample = self.sample(get_examples)
        self.model.initialize(X=[eg.predicted for eg in sample])

    def sample(self, get_examples: Callable[[], Iterable[Example]]) -> list[Example]:
        """Return the first few examples, from which a model infers its shapes.

        First calls the attribute `read_corpus` of each layer that has one, with the layer and all documents.

        Raises:
            DataError: There are no examples.
        """
        sample = list(islice(get_examples(), SAMPLE_SIZE))
        if not sample:
            raise DataError(
                f"{self.name}: initialize() needs at least one example, got none; check the corpus"
            )
        for node in self.model.walk():
            if "read_corpus" in attrs_of(node):
                attrs_of(node)["read_corpus"](node, (eg.predicted for eg in get_examples()))
        return sample

    def check_labels(self, labels: Collection[str]) -> None:
        """Check that labels were found in the training data.

        Raises:
            DataError: None were found.
        """
        if not labels:
            raise DataError(
                f"{self.name}: no token of the training data has a {self.wants}; "
                "check the corpus, or remove the component from the pipeline"
            )

    def update(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch of examples.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: The optimizer; None keeps the gradients in the model.
            losses: The component adds its loss here, under its name.

        Returns:
            The losses.
        """
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        if not any(len(eg.predicted) for eg in examples):
            return losses
        set_dropout_rate(self.model, drop)
        scores, backprop = self.model.begin_update([eg.predicted for eg in examples])
        loss, d_scores = self.get_loss(examples, scores)
        check_loss(self.name, loss)
        backprop(d_scores)
        losses[self.name] += float(loss)
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def rehearse(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Train against forgetting what the model has learnt; by default does nothing."""
        return {} if losses is None else losses

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Calibrate the confidence of predictions, without changing the predictions; by default does nothing.

        Called at every evaluation during training, before the pipeline is saved.

        Args:
            examples: The dev corpus, with predicted documents annotated by the whole pipeline; not changed.
        """

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the gradients that updates have accumulated in the model."""
        with stepping():
            self.model.finish_update(sgd)

    def create_optimizer(self) -> Optimizer:
        """Create an optimizer with default settings."""
        return Adam()

    def use_params(self, params: Mapping[tuple[int, str], Any]) -> AbstractContextManager[None]:
        """Replace parameters inside a `with` block, for example by an optimizer's averages."""
        return swapped_params([self.model], params)

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save settings and weights to a folder.

        Args:
            path: The folder; created if missing.
            exclude: What to leave out: `"cfg"`, `"model"`.
        """
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if "cfg" not in exclude:
            srsly.write_json(folder / _CFG_FILE, self.cfg)
        if "model" not in exclude:
            save_model(self.model, folder / _MODEL_FILE)

    def from_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> TrainableComponent:
        """Load settings and weights from a folder.

        Raises:
            CheckpointError: A file is missing or damaged.
            ModelError: The weights belong to another model.
        """
        folder = Path(path)
        if "cfg" not in exclude:
            try:
                self._restore_cfg(read_json((folder / _CFG_FILE).read_bytes()))
            except (OSError, ValueError) as error:
                raise CheckpointError(
                    f"{folder / _CFG_FILE}: the settings of {self.name!r} cannot be read, {error}; "
                    "restore the file or save the pipeline again"
                ) from error
        if "model" not in exclude:
            load_model(self.model, folder / _MODEL_FILE)
        if not {"cfg", "model"} & set(exclude):
            self._check_outputs(str(folder / _MODEL_FILE))
        return self

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize settings and weights, as `to_disk` saves them."""
        parts: dict[str, Any] = {}
        if "cfg" not in exclude:
            parts["cfg"] = srsly.json_dumps(self.cfg)
        if "model" not in exclude:
            parts["model"] = model_to_bytes(self.model)
        return messages.pack(parts)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> TrainableComponent:
        """Load what `to_bytes` returned."""
        try:
            parts = messages.unpack(bytes_data)
            check_shape(parts, {"cfg?": (str, bytes), "model?": bytes})
            if "cfg" in parts and "cfg" not in exclude:
                self._restore_cfg(read_json(parts["cfg"]))
        except ValueError as error:
            raise CheckpointError(
                f"{self.name}: expected the output of to_bytes(), got {len(bytes_data)} bytes ({error}); write it again"
            ) from error
        if "model" in parts and "model" not in exclude:
            model_from_bytes(self.model, parts["model"], source=self.name)
            if "cfg" not in exclude:
                self._check_outputs(self.name)
        return self

    def _check_outputs(self, source: str) -> None:
        """Check that a loaded model has one output per label."""
        n_scores = self.model.maybe_get_dim("nO") if "nO" in self.model.dim_names else None
        nodes = self.model.walk()
        if not all(node.has_param(name) for node in nodes for name in node.param_names):
            return  # It was never initialized.
        if self.n_outputs is not None and n_scores not in (None, self.n_outputs):
            raise ModelError(
                f"{source}: the output of {self.model.name} does not fit {_CFG_FILE}, expected {self.n_outputs} "
                f"scores, one for each label or action, got {n_scores}; restore both files or save the pipeline again"
            )

    def _restore_cfg(self, cfg: Any) -> None:
        if not isinstance(cfg, dict) or not isinstance(cfg.get("labels", []), list):
            raise ValueError(f"expected an object with a list of labels, got {cfg!r:.60}")
        labels = cfg.get("labels", [])
        if not all(isinstance(label, str) for label in labels) or len(set(labels)) < len(labels):
            raise ValueError(f"expected distinct strings as labels, got {labels!r:.60}")
        for name, value in cfg.items():
            if not _fits(self.cfg.get(name), value):
                raise ValueError(
                    f"{name}: expected a value of the same type as {self.cfg[name]!r:.40}, got {value!r:.60}"
                )
        self.cfg.update(cfg)
        for label in self.labels:
            self.vocab.strings.add(label)


def _fits(setting: Any, value: Any) -> bool:
    """Return whether a saved value has the type of the setting that it replaces."""
    if isinstance(setting, bool):
        return isinstance(value, bool)
    if isinstance(setting, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if isinstance(setting, str):
        return value is None or isinstance(value, str)
    return not isinstance(setting, list) or isinstance(value, list)

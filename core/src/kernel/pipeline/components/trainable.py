"""The component with a model: predict, learn, save."""

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

#: How many examples a model sees to infer its shapes.
SAMPLE_SIZE = 10

_CFG_FILE = "cfg.json"
_MODEL_FILE = "model.safetensors"


def check_loss(name: str, loss: float) -> None:
    """Stop before a loss that is no number reaches the parameters.

    Args:
        name: Of the component whose loss it is.
        loss: The loss.

    Raises:
        NotFinite: It is nan or infinite.
    """
    if not math.isfinite(loss):
        raise NotFinite(f"{name}: the loss is {loss}; lower training.optimizer.learn_rate, or check the data")


class TrainableComponent(Component):
    """A component that learns from examples.

    A subclass implements `set_annotations` and `get_loss`; `predict` too where the model's output is not the
    prediction; `initialize` where it has labels.

    Attributes:
        vocab: The pipeline's vocabulary.
        model: A Thinc model from a list of documents.
        name: Its name in the pipeline, and of its loss.
        cfg: Plain settings saved with it, among them `labels`.
    """

    is_trainable = True

    #: What an error calls that which the training data lack.
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
        """The labels that it can give, in the order of the model's output."""
        return tuple(self.cfg.get("labels", ()))

    @property
    def label_data(self) -> Any:
        """The labels as `initialize(labels=...)` takes them; None: it has none."""
        return list(self.labels) if "labels" in self.cfg else None

    @property
    def n_outputs(self) -> int | None:
        """How many scores the model must give; None: its labels do not say."""
        return len(self.labels) if self.is_resizable and "labels" in self.cfg else None

    @property
    def is_resizable(self) -> bool:
        """Whether labels can be added to a model that has been initialized."""
        return "resize_output" in attrs_of(self.model)

    def add_label(self, label: str) -> int:
        """Add a label.

        Returns:
            1, or 0 when it was there.

        Raises:
            ModelError: It is no text, or the model has its shape already and cannot grow.
        """
        if not isinstance(label, str):
            raise ModelError(f"{self.name}: expected a label as str, got {label!r}")
        known = self._known()
        if label in known:
            return 0
        if self.model.has_dim("nO"):
            if not self.is_resizable:
                raise ModelError(
                    f"{self.name}: no label can be added to a model with a fixed output, got {label!r}; "
                    "add all labels before initialize()"
                )
            attrs_of(self.model)["resize_output"](self.model, len(known) + 1)
        self.cfg["labels"].append(label)
        known.add(label)
        self.vocab.strings.add(label)
        return 1

    def _known(self) -> set[str]:
        """Give the labels as a set that grows with them, so that many can be added."""
        held = self.cfg.get("labels")
        if self._label_set is None or self._label_set[0] is not held or len(self._label_set[1]) != len(held):
            self.cfg["labels"] = list(self.labels)  # its own: it is added to in place
            self._label_set = (self.cfg["labels"], set(self.labels))
        return self._label_set[1]

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Run the model over a batch, changing nothing."""
        return self.model.predict(docs)

    def get_loss(self, examples: Sequence[Example], scores: Any) -> tuple[float, Any]:
        """Compare the model's output with the gold standard.

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
        """Give the model its shapes and its first parameters.

        Args:
            get_examples: Gives the training examples; may be called several times.
            nlp: The pipeline.
            labels: The labels, in order; from the data when None, which needs a subclass that knows where.
        """
        for label in labels or ():
            self.add_label(label)
        sample = self.sample(get_examples)
        self.model.initialize(X=[eg.predicted for eg in sample])

    def sample(self, get_examples: Callable[[], Iterable[Example]]) -> list[Example]:
        """Take the first few examples, for a model to infer its shapes from.

        Layers that have an attribute `read_corpus` are shown all of them first: it is called with the layer and the
        documents.

        Raises:
            DataError: There is none.
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
        """Raise unless the training data gave labels.

        Raises:
            DataError: They gave none.
        """
        if not labels:
            raise DataError(
                f"{self.name}: no token of the training data has a {self.wants}; "
                "check the corpus, or take the component out of the pipeline"
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
            sgd: Applies the gradients; None leaves them in the model.
            losses: Where this component's loss is added under its name.

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
        """Learn not to forget what the model knew; a component that cannot leaves the losses as they are."""
        return {} if losses is None else losses

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Learn how sure predictions may be, without changing what is predicted; most components need not.

        A training calls this at every evaluation, before what it has then is saved.

        Args:
            examples: The dev corpus, its predicted documents annotated by the whole pipeline; they stay as they are.
        """

    def finish_update(self, sgd: Optimizer) -> None:
        """Apply the gradients that updates have left in the model."""
        with stepping():
            self.model.finish_update(sgd)

    def create_optimizer(self) -> Optimizer:
        """Make an optimizer with the usual settings."""
        return Adam()

    def use_params(self, params: Mapping[tuple[int, str], Any]) -> AbstractContextManager[None]:
        """Run a block with other parameters, such as an optimizer's averages."""
        return swapped_params([self.model], params)

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Write settings and weights into a folder.

        Args:
            path: The folder; made where it is missing.
            exclude: `"cfg"`, `"model"`: what to leave out.
        """
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if "cfg" not in exclude:
            srsly.write_json(folder / _CFG_FILE, self.cfg)
        if "model" not in exclude:
            save_model(self.model, folder / _MODEL_FILE)

    def from_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> TrainableComponent:
        """Read settings and weights from a folder.

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
        """Give settings and weights as bytes; they hold what `to_disk` writes."""
        parts: dict[str, Any] = {}
        if "cfg" not in exclude:
            parts["cfg"] = srsly.json_dumps(self.cfg)
        if "model" not in exclude:
            parts["model"] = model_to_bytes(self.model)
        return messages.pack(parts)

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> TrainableComponent:
        """Read what `to_bytes` gave."""
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
        """Raise unless the model that was loaded gives one score for each label."""
        held = self.model.maybe_get_dim("nO") if "nO" in self.model.dim_names else None
        nodes = self.model.walk()
        if not all(node.has_param(name) for node in nodes for name in node.param_names):
            return  # It has learnt nothing yet.
        if self.n_outputs is not None and held not in (None, self.n_outputs):
            raise ModelError(
                f"{source}: the output of {self.model.name} does not fit {_CFG_FILE}, expected {self.n_outputs} "
                f"scores, one for each label or action, got {held}; restore both files or save the pipeline again"
            )

    def _restore_cfg(self, cfg: Any) -> None:
        if not isinstance(cfg, dict) or not isinstance(cfg.get("labels", []), list):
            raise ValueError(f"expected an object with a list of labels, got {cfg!r:.60}")
        labels = cfg.get("labels", [])
        if not all(isinstance(label, str) for label in labels) or len(set(labels)) < len(labels):
            raise ValueError(f"expected labels that are distinct texts, got {labels!r:.60}")
        for name, value in cfg.items():
            if not _fits(self.cfg.get(name), value):
                raise ValueError(
                    f"{name}: expected a value such as {self.cfg[name]!r:.40}, got {value!r:.60}"
                )
        self.cfg.update(cfg)
        for label in self.labels:
            self.vocab.strings.add(label)


def _fits(held: Any, value: Any) -> bool:
    """Whether a saved setting is of the kind of the one that it replaces."""
    if isinstance(held, bool):
        return isinstance(value, bool)
    if isinstance(held, int | float):
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if isinstance(held, str):
        return value is None or isinstance(value, str)
    return not isinstance(held, list) or isinstance(value, list)

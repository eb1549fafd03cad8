"""Base class of the parser and the entity recogniser: a transition system and a model that scores its actions."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model, Optimizer, set_dropout_rate

from kernel.errors import ModelError
from kernel.pipeline import TrainableComponent
from kernel.pipeline.components.trainable import check_loss
from kernel.pipeline.optim.losses import LabelLoss
from kernel.pipeline.run.tape import remembering
from kernel.tokens import Doc
from kernel.training import Example
from kernel.vocab import Vocab
from pkg_transitions import beam, greedy
from pkg_transitions.beam import Beams
from pkg_transitions.learn import Judge, by_oracle, by_teacher, learn
from pkg_transitions.parts import parts
from pkg_transitions.step import StepModel
from pkg_transitions.system import TransitionSystem

#: The loss, and the gradient to pass to the model's backprop; None if there was nothing to learn from.
Learnt = tuple[float, Any]


class TransitionComponent(TrainableComponent):
    """Annotate documents by a transition system, a batch at a time.

    Attributes:
        system: The transition system; its actions are saved as `moves` with the settings.
        rehearsal_model: A copy of the model from when training was resumed, the target of `rehearse`; None before.
        own_loss: The loss set in the config, for steps judged by the gold annotation; None for cross-entropy.
    """

    own_loss: LabelLoss | None = None

    def __init__(
        self,
        vocab: Vocab,
        model: Model[Any, Any],
        name: str,
        system: TransitionSystem,
        *,
        scorer: Callable[..., dict[str, Any]] | None = None,
        update_with_oracle_cut_size: int = 100,
        moves: Any = None,
        **cfg: Any,
    ) -> None:
        super().__init__(
            vocab, model, name, scorer=scorer, update_with_oracle_cut_size=update_with_oracle_cut_size, **cfg
        )
        self.system = system
        self.rehearsal_model: Model[Any, Any] | None = None
        if moves is not None:
            self._take_moves(moves)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that the component can assign."""
        return self.system.labels

    @property
    def n_outputs(self) -> int | None:
        """The number of scores that the model must return: one per action."""
        return self.system.n_actions

    @property
    def label_data(self) -> Any:
        """The moves, in the form that `initialize(labels=...)` takes."""
        return self.system.to_json()

    @property
    def move_names(self) -> list[str]:
        """The names of all actions, in the order of the model's output."""
        return list(self.system.names)

    def add_label(self, label: str) -> int:
        """Add a label; an initialized model is enlarged and keeps what it has learnt.

        Returns:
            1 if the label was added, 0 if it was already present.

        Raises:
            ModelError: The label is not a str.
        """
        if not isinstance(label, str):
            raise ModelError(f"{self.name}: expected a label as str, got {label!r}")
        if not self.system.add_label(label):
            return 0
        self.vocab.strings.add(label)
        self._fit_output()
        return 1

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save the settings, including the moves, and the model to a folder."""
        self._note_moves()
        super().to_disk(path, exclude=exclude)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Return the settings, including the moves, and the model as bytes."""
        self._note_moves()
        return super().to_bytes(exclude=exclude)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Any = None,
    ) -> None:
        """Set the actions, from the examples or from `labels`, and initialize the model.

        Args:
            get_examples: Returns the training examples; called twice.
            nlp: The pipeline.
            labels: The moves, in the form of `label_data`; None takes them from the examples.

        Raises:
            DataError: There are no examples, or none with the annotation.
            ModelError: `labels` are not valid moves.
        """
        sample = [eg.predicted for eg in self.sample(get_examples)]
        if labels is None:
            self.system.learn_actions(get_examples())
        else:
            self._take_moves(labels)
        self.check_labels(self.labels)
        self._note_moves()
        self._fit_output()
        self.model.initialize(X=sample)

    def predict(self, docs: Sequence[Doc]) -> Any:
        """Predict a batch and return the final states, for `set_annotations`."""
        return self.walk(docs)

    def walk(self, docs: Sequence[Doc]) -> Any:
        """Walk over a batch greedily and return the final states."""
        states = self.system.start(docs)
        if not len(states):
            return states
        step_model = self.scored(docs)
        # Documents of similar length finish together, so that few steps run for only a few documents.
        order_D = np.argsort([-len(doc) for doc in docs], kind="stable")
        for docs_K, part in parts(step_model, docs, order_D):
            greedy.predict(part, self.system, states.keep(docs_K))
        return states

    def scored(self, docs: Sequence[Doc]) -> StepModel:
        """Return the step model, which scores the actions of a batch.

        Raises:
            NotFinite: A score may be nan or inf.
        """
        step_model: StepModel = self.model.predict(list(docs))
        step_model.check(self.name, docs)
        return step_model

    def beam_parse(
        self, docs: Sequence[Doc], *, beam_width: int | None = None, beam_density: float | None = None
    ) -> Beams:
        """Search a batch for the most probable sequences of actions, without changing the documents.

        Args:
            docs: The batch.
            beam_width: Maximum number of hypotheses per document; None uses the component's setting, or 16.
            beam_density: Drop hypotheses whose probability is below this share of the best one's, 0 to 1; None uses
                the component's setting, or 0.
        """
        width = self.cfg.get("beam_width", 16) if beam_width is None else beam_width
        density = self.cfg.get("beam_density", 0.0) if beam_density is None else beam_density
        return self.search(self.scored(docs), docs, width, density)

    def search(self, step_model: StepModel, docs: Sequence[Doc], width: int, density: float) -> Beams:
        """Search like `beam_parse`, with a step model already computed for the documents."""
        states, beams = self.system.start(docs, copies=width), []
        for docs_K, part in parts(step_model, docs, np.arange(len(docs))):
            own = states.keep(np.arange(docs_K[0] * width, (docs_K[-1] + 1) * width))
            beams.append(beam.search(part, self.system, own, width, density))
        return Beams.joined(beams, width)

    def best_states(self, docs: Sequence[Doc], beams: Beams) -> Any:
        """Return the final states of the best hypotheses."""
        states = self.system.start(docs)
        beam.replay(self.system, states, beams)
        return states

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        """Write the annotation of the final states to the documents."""
        self.system.write(docs, predictions)

    def update(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Update from a batch of examples; the loss is the sum of squares of the gradient of the action scores."""
        losses = {} if losses is None else losses
        losses.setdefault(self.name, 0.0)
        gold = self.system.gold(examples)
        pieces = self.system.pieces(gold, self.cfg["update_with_oracle_cut_size"])
        if not len(pieces):
            return losses
        docs = [eg.predicted for eg in examples]
        losses[self.name] += self._learn(
            docs, drop, lambda step_model: self.learn_from(step_model, docs, pieces, gold)
        )
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
        """Update the model to predict as it did when training was resumed; the gold annotation is not used.

        Each step compares the action probabilities with those of the rehearsal model.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: Applies the gradients; None leaves them in the model.
            losses: The loss is added here: the sum of squares of the gradient of the action scores.

        Returns:
            The losses; unchanged if `nlp.resume_training` was not called.
        """
        losses = {} if losses is None else losses
        if self.rehearsal_model is None:
            return losses
        losses.setdefault(self.name, 0.0)
        docs = [eg.predicted for eg in examples]
        if not any(len(doc) for doc in docs):
            return losses
        with remembering():
            teacher: StepModel = self.rehearsal_model.predict(docs)
            teacher.check(self.name, docs)
            judge = by_teacher(self.system, teacher)
        states = self.system.start(docs)
        losses[self.name] += self._learn(
            docs, drop, lambda step_model: self.follow(step_model, states, judge)
        )
        if sgd is not None:
            self.finish_update(sgd)
        return losses

    def learn_from(self, step_model: StepModel, docs: Sequence[Doc], pieces: Any, gold: Any) -> Learnt:
        """Learn from pieces of documents: follow the model's best actions, judged by the gold annotation."""
        return self.follow(
            step_model, self.system.start(docs, pieces), by_oracle(self.system, gold, self.own_loss)
        )

    def follow(self, step_model: StepModel, states: Any, judge: Judge) -> Learnt:
        """Follow the model's best actions and judge each step."""
        return learn(step_model, self.system, states, judge)

    def _learn(self, docs: Sequence[Doc], drop: float, walk: Callable[[StepModel], Learnt]) -> float:
        """Accumulate the gradients of a training walk in the model and return the loss."""
        set_dropout_rate(self.model, drop)
        step_model, backprop = self.model.begin_update(list(docs))
        step_model.check(self.name, docs)
        loss, d_table = walk(step_model)
        check_loss(self.name, loss)
        if d_table is not None:
            backprop(d_table)
        return loss

    def _fit_output(self) -> None:
        """Resize the model's output to one score per action."""
        n_actions = self.system.n_actions
        if not self.model.has_dim("nO"):
            self.model.set_dim("nO", n_actions)
        elif self.model.get_dim("nO") != n_actions:
            self.model.attrs["resize_output"](self.model, n_actions)

    def _take_moves(self, moves: Any) -> None:
        try:
            self.system.from_json(moves)
        except (ValueError, TypeError, KeyError) as error:
            raise ModelError(
                f"{self.name}: expected moves, got {moves!r:.60} ({error}); "
                "pass the label_data of a trained component"
            ) from error
        self._note_moves()

    def _note_moves(self) -> None:
        """Copy the moves, if there are any, to the settings, which are saved."""
        self.cfg["moves"] = self.system.to_json() if self.labels else None
        for label in self.labels:
            self.vocab.strings.add(label)

    def _restore_cfg(self, cfg: Any) -> None:
        super()._restore_cfg(cfg)
        # A component that was saved before it was initialized has no moves.
        if self.cfg.get("moves") is not None:
            self._take_moves(self.cfg["moves"])

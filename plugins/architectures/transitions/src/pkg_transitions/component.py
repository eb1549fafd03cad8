"""What the parser and the entity recogniser have in common: a transition system and a model that scores its actions."""

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

#: The loss, and the gradient that the model's backprop takes; None where nothing was learnt.
Learnt = tuple[float, Any]


class TransitionComponent(TrainableComponent):
    """Annotates documents by walking over them, a batch at a time.

    Attributes:
        system: The actions and what they do; saved as `moves` with the settings.
        rehearsal_model: The model as it was when training was resumed, which `rehearse` keeps to; None before that.
        own_loss: The loss of the config, for steps that are judged by the gold annotation; None for cross-entropy.
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
        """The labels that it can give."""
        return self.system.labels

    @property
    def n_outputs(self) -> int | None:
        """How many scores the model must give: one for each action."""
        return self.system.n_actions

    @property
    def label_data(self) -> Any:
        """The moves as `initialize(labels=...)` takes them."""
        return self.system.to_json()

    @property
    def move_names(self) -> list[str]:
        """The names of all actions, in the order of the model's output."""
        return list(self.system.names)

    def add_label(self, label: str) -> int:
        """Add a label; a model that has its shape already grows and keeps what it has learnt.

        Returns:
            1, or 0 when it was there.
        """
        if not isinstance(label, str):
            raise ModelError(f"{self.name}: expected a label as str, got {label!r}")
        if not self.system.add_label(label):
            return 0
        self.vocab.strings.add(label)
        self._fit_output()
        return 1

    def to_disk(self, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
        """Save the settings, with the moves, and the model into a folder."""
        self._note_moves()
        super().to_disk(path, exclude=exclude)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Give the settings, with the moves, and the model as bytes."""
        self._note_moves()
        return super().to_bytes(exclude=exclude)

    def initialize(
        self,
        get_examples: Callable[[], Iterable[Example]],
        *,
        nlp: Any = None,
        labels: Any = None,
    ) -> None:
        """Take the actions from the examples, or as given, and give the model its shapes.

        Args:
            get_examples: Gives the training examples; read twice.
            nlp: The pipeline.
            labels: The moves, as `label_data` gives them; from the examples when None.

        Raises:
            DataError: There is no example, or no annotation.
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
        """Walk over a batch; gives what `set_annotations` takes."""
        return self.walk(docs)

    def walk(self, docs: Sequence[Doc]) -> Any:
        """Walk over a batch, greedily; gives the final states."""
        states = self.system.start(docs)
        if not len(states):
            return states
        step_model = self.scored(docs)
        # Documents of like length are ready at the same time, so that no step is taken for a few of them alone.
        order_D = np.argsort([-len(doc) for doc in docs], kind="stable")
        for docs_K, part in parts(step_model, docs, order_D):
            greedy.predict(part, self.system, states.keep(docs_K))
        return states

    def scored(self, docs: Sequence[Doc]) -> StepModel:
        """Give the model that scores the actions of a batch.

        Raises:
            NotFinite: A score may be nan or inf.
        """
        step_model: StepModel = self.model.predict(list(docs))
        step_model.check(self.name, docs)
        return step_model

    def beam_parse(
        self, docs: Sequence[Doc], *, beam_width: int | None = None, beam_density: float | None = None
    ) -> Beams:
        """Search a batch for the most probable sequences of actions, changing nothing.

        Args:
            docs: The batch.
            beam_width: How many hypotheses a document may have; the component's own when None, 16 where it has none.
            beam_density: Hypotheses less probable than this share of the best one's probability are dropped, 0 to 1;
                the component's own when None.
        """
        width = self.cfg.get("beam_width", 16) if beam_width is None else beam_width
        density = self.cfg.get("beam_density", 0.0) if beam_density is None else beam_density
        return self.search(self.scored(docs), docs, width, density)

    def search(self, step_model: StepModel, docs: Sequence[Doc], width: int, density: float) -> Beams:
        """Do what `beam_parse` does, with a model that has seen the documents."""
        states, found = self.system.start(docs, copies=width), []
        for docs_K, part in parts(step_model, docs, np.arange(len(docs))):
            own = states.keep(np.arange(docs_K[0] * width, (docs_K[-1] + 1) * width))
            found.append(beam.search(part, self.system, own, width, density))
        return Beams.joined(found, width)

    def best_states(self, docs: Sequence[Doc], beams: Beams) -> Any:
        """Give the final states of the best hypotheses."""
        states = self.system.start(docs)
        beam.replay(self.system, states, beams)
        return states

    def set_annotations(self, docs: Sequence[Doc], predictions: Any) -> None:
        """Write what the final states have found."""
        self.system.write(docs, predictions)

    def update(
        self,
        examples: Sequence[Example],
        *,
        drop: float = 0.0,
        sgd: Optimizer | None = None,
        losses: dict[str, float] | None = None,
    ) -> dict[str, float]:
        """Learn from a batch of examples; the loss is the sum of squares of the gradient of the actions' scores."""
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
        """Learn to act as when training was resumed; the gold annotation of the examples plays no part.

        Each step compares the probabilities of the actions with those of the model as it was then.

        Args:
            examples: The batch.
            drop: The share of features to drop, 0 to 1.
            sgd: Applies the gradients; None leaves them in the model.
            losses: Where the loss is added: the sum of squares of the gradient of the actions' scores.

        Returns:
            The losses; as they were where `nlp.resume_training` was not called.
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
        """Learn from pieces of documents: where the model's own best actions lead, by the gold annotation."""
        return self.follow(
            step_model, self.system.start(docs, pieces), by_oracle(self.system, gold, self.own_loss)
        )

    def follow(self, step_model: StepModel, states: Any, judge: Judge) -> Learnt:
        """Follow the best actions of a batch, each step being judged."""
        return learn(step_model, self.system, states, judge)

    def _learn(self, docs: Sequence[Doc], drop: float, way: Callable[[StepModel], Learnt]) -> float:
        """Leave the gradients of a walk in the model and give the loss."""
        set_dropout_rate(self.model, drop)
        step_model, backprop = self.model.begin_update(list(docs))
        step_model.check(self.name, docs)
        loss, d_table = way(step_model)
        check_loss(self.name, loss)
        if d_table is not None:
            backprop(d_table)
        return loss

    def _fit_output(self) -> None:
        """Give the model one output for each action."""
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
                f"{self.name}: these are no moves, got {moves!r:.60} ({error}); "
                "give what label_data of a trained component gives"
            ) from error
        self._note_moves()

    def _note_moves(self) -> None:
        """Keep the moves, if it has learnt or been given any, among the settings, which are saved."""
        self.cfg["moves"] = self.system.to_json() if self.labels else None
        for label in self.labels:
            self.vocab.strings.add(label)

    def _restore_cfg(self, cfg: Any) -> None:
        super()._restore_cfg(cfg)
        # One that was saved before it had learnt anything has none.
        if self.cfg.get("moves") is not None:
            self._take_moves(self.cfg["moves"])

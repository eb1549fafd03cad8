"""The component that searches with a beam, and learns from its searches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.errors import ConfigAddress, ConfigError
from kernel.tokens import Doc
from pkg_transitions import violation
from pkg_transitions.component import Learnt, TransitionComponent
from pkg_transitions.step import StepModel

#: Hypotheses of a document at most: each takes memory for every token.
WIDEST = 10_000


class BeamComponent(TransitionComponent):
    """What makes a transition component search: to be named before it among the bases.

    Args:
        beam_width: How many hypotheses a document may have; 1 walks greedily.
        beam_density: Hypotheses less probable than this share of the best one's probability are dropped, 0 to 1.
        beam_update_prob: How probable it is that a batch is learnt from by searching, 0 to 1; the others are learnt
            from step by step, as without a beam.
    """

    def __init__(
        self, *args: Any, beam_width: int, beam_density: float, beam_update_prob: float, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.update(beam_width=beam_width, beam_density=beam_density, beam_update_prob=beam_update_prob)
        self._check_beam()

    def _check_beam(self) -> None:
        """Raise unless the settings of the beam are in their ranges."""
        width = self.cfg["beam_width"]
        if not isinstance(width, int) or not 1 <= width <= WIDEST:
            where = ConfigAddress(f"components.{self.name}", "beam_width")
            raise ConfigError(f"expected a positive int up to {WIDEST}", where=where, got=repr(width))
        for key in ("beam_density", "beam_update_prob"):
            if not 0.0 <= self.cfg[key] <= 1.0:
                where = ConfigAddress(f"components.{self.name}", key)
                raise ConfigError("expected a number from 0 to 1", where=where, got=repr(self.cfg[key]))

    def _restore_cfg(self, cfg: Any) -> None:
        super()._restore_cfg(cfg)
        self._check_beam()

    def walk(self, docs: Sequence[Doc]) -> Any:
        """Search a batch; gives the final states of the best hypotheses."""
        if self.cfg["beam_width"] == 1:
            return super().walk(docs)
        return self.best_states(docs, self.beam_parse(docs))

    def learn_from(self, step_model: StepModel, docs: Sequence[Doc], pieces: Any, gold: Any) -> Learnt:
        """Learn from pieces of documents, by searching or step by step, as chance has it."""
        width = self.cfg["beam_width"]
        # From the random state that training is seeded with, as dropout.
        if width == 1 or np.random.random() >= self.cfg["beam_update_prob"]:
            return super().learn_from(step_model, docs, pieces, gold)
        states = self.system.start(docs, np.concatenate([pieces, pieces]), copies=width)
        return violation.learn(step_model, self.system, states, gold, width, self.cfg["beam_density"])

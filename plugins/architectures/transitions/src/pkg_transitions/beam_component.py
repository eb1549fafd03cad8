"""A component mixin for beam search in prediction and training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kernel.errors import ConfigAddress, ConfigError
from kernel.tokens import Doc
from pkg_transitions import violation
from pkg_transitions.component import Learnt, TransitionComponent
from pkg_transitions.step import StepModel

#: Maximum number of hypotheses per document: each takes memory for every token.
WIDEST = 10_000


class BeamComponent(TransitionComponent):
    """Mixin that adds beam search to a transition component; list it before that component among the bases.

    Args:
        beam_width: Maximum number of hypotheses per document; 1 predicts greedily.
        beam_density: Drop hypotheses whose probability is below this share of the best one's, 0 to 1.
        beam_update_prob: Probability that a batch is learnt from by beam search, 0 to 1; otherwise it is learnt from
            step by step, as without a beam.
    """

    def __init__(
        self, *args: Any, beam_width: int, beam_density: float, beam_update_prob: float, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.cfg.update(beam_width=beam_width, beam_density=beam_density, beam_update_prob=beam_update_prob)
        self._check_beam()

    def _check_beam(self) -> None:
        """Raise ConfigError unless the beam settings are in their ranges."""
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
        """Search a batch and return the final states of the best hypotheses."""
        if self.cfg["beam_width"] == 1:
            return super().walk(docs)
        return self.best_states(docs, self.beam_parse(docs))

    def learn_from(self, step_model: StepModel, docs: Sequence[Doc], pieces: Any, gold: Any) -> Learnt:
        """Learn from pieces of documents: by beam search with probability `beam_update_prob`, else step by step."""
        width = self.cfg["beam_width"]
        # Drawn from the seeded random state of training, like dropout.
        if width == 1 or np.random.random() >= self.cfg["beam_update_prob"]:
            return super().learn_from(step_model, docs, pieces, gold)
        states = self.system.start(docs, np.concatenate([pieces, pieces]), copies=width)
        return violation.learn(step_model, self.system, states, gold, width, self.cfg["beam_density"])

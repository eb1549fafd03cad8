"""The confidence of predicted entities.

It is the product of the probabilities of the entity's actions, each conditional on those before it. With beam search it
also includes the probability that no other entity is open at its first token; the product is then the probability of
all sequences of actions with the entity, not only of those that were kept in the beam.

Axes
    E   predicted entities, in order
    S   states: one for each token of an entity
    A   actions
    N   tokens of the batch
    G   documents
    K   hypotheses of a document
    R   steps of a beam, one per token: the same as N

Source: Guo et al. 2017, On Calibration of Modern Neural Networks, for dividing scores by a temperature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pkg_ner.biluo import MOVES, NONE, Biluo, BiluoStates
from pkg_transitions.beam import Beams, log_probabilities
from pkg_transitions.step import StepModel

#: Number of states to score together.
_CHUNK = 4096
_BEGIN, _, _LAST, _UNIT = range(len(MOVES))


@dataclass(frozen=True)
class ScoredEntities:
    """Entities as first and last token of the batch, and index of the label."""

    first_E: Any
    last_E: Any
    label_E: Any


@dataclass(frozen=True)
class Evidence:
    """The data from which entity scores are computed: the scores of the actions at their tokens.

    Attributes:
        entities: The entities.
        scores_SA, valid_SA: Score and validity of each action at each token of an entity.
        action_S: The action taken at the token.
        entity_S: The entity of the token.
        free_E: The probability that no other entity is open at the entity's first token; 1 without beam search.
    """

    entities: ScoredEntities
    scores_SA: Any
    valid_SA: Any
    action_S: Any
    entity_S: Any
    free_E: Any

    def scores(self, temperature: float) -> Any:
        """Return the product of the probabilities of each entity's actions, float64 (E).

        Args:
            temperature: Above 1 flattens the distribution over actions, below 1 sharpens it.
        """
        log_p_SA = log_probabilities(self.scores_SA / temperature, self.valid_SA)
        log_p_S = log_p_SA[np.arange(len(self.action_S)), self.action_S]
        return self.free_E * np.exp(np.bincount(self.entity_S, log_p_S, len(self.free_E)))


def find_evidence(step_model: StepModel, system: Biluo, states: BiluoStates) -> Evidence:
    """Score the actions at the tokens of predicted entities again, to compute their confidence.

    Args:
        step_model: The step model of the batch.
        system: The transition system.
        states: Final states.
    """
    actions_N = states.actions_N
    label_N, move_N = np.divmod(actions_N - 1, len(MOVES))
    is_in_N = actions_N > 0
    begins_N = is_in_N & ((move_N == _BEGIN) | (move_N == _UNIT))
    token_S = is_in_N.nonzero()[0]
    first_N = np.maximum.accumulate(np.where(begins_N, np.arange(len(actions_N)), NONE))
    open_S = np.where(begins_N[token_S], NONE, first_N[token_S]).astype(np.int32)
    before_S = np.where(begins_N[token_S], NONE, label_N[token_S]).astype(np.int32)
    position_S = token_S.astype(np.int32)
    inside = BiluoStates(position_S, position_S + 1, open_S, before_S, states.limits, actions_N)
    chunks = [inside.keep(slice(i, i + _CHUNK)) for i in range(0, len(inside), _CHUNK)]
    scores = [step_model.ops.to_numpy(step_model.predict(system.features(chunk))) for chunk in chunks]
    first_E, last_E = begins_N.nonzero()[0], (is_in_N & (move_N >= _LAST)).nonzero()[0]
    return Evidence(
        ScoredEntities(first_E, last_E, label_N[first_E]),
        np.concatenate([np.zeros((0, system.n_actions), np.float32), *scores]),
        system.valid(inside),
        actions_N[token_S],
        np.cumsum(begins_N)[token_S] - 1,
        np.ones(len(first_E)),
    )


def beam_scores(beams: Beams) -> tuple[ScoredEntities, Any]:
    """Return the entities of all hypotheses, with the sum of the probabilities of the hypotheses that contain them.

    Args:
        beams: The search result for whole documents.

    Returns:
        The entities in order of their first tokens, and their probabilities (E).
    """
    p_GK = beams.probabilities()
    actions_KR = beams.actions_RK.T
    label_KR, move_KR = np.divmod(actions_KR - 1, len(MOVES))
    is_in_KR = actions_KR > 0
    # In each row, the first token of every entity is followed by its last.
    hypothesis, first = (is_in_KR & ((move_KR == _BEGIN) | (move_KR == _UNIT))).nonzero()
    last = (is_in_KR & (move_KR >= _LAST)).nonzero()[1]
    keys, which = np.unique(
        np.stack([first, last, label_KR[hypothesis, first]], axis=1), axis=0, return_inverse=True
    )
    group = np.cumsum(beams.steps_G).searchsorted(first, side="right")
    p_E = np.bincount(which.reshape(-1), p_GK[group, hypothesis], len(keys))
    # Sums of probabilities may exceed 1 by rounding.
    return ScoredEntities(*keys.T), np.minimum(p_E, 1.0)


def free_tokens(beams: Beams) -> Any:
    """Return the probability that no entity that began earlier is still open at each token, float64 (N)."""
    entities, p_E = beam_scores(beams)
    n_tokens = len(beams.actions_RK)
    change = np.bincount(entities.first_E + 1, p_E, n_tokens + 2)
    change -= np.bincount(entities.last_E + 1, p_E, n_tokens + 2)
    return np.clip(1.0 - np.cumsum(change)[:n_tokens], 0.0, 1.0)

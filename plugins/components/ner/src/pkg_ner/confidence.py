"""How sure the recogniser is of each entity that it predicts.

That is the product of the probabilities of the entity's actions, each given those before it. A beam also tells how
probable it is that the entity can begin where it does, with no other one running into it; then the product is the
probability of all sequences of actions that hold the entity, not only of those that the beam had room for.

Axes
    E   entities that are predicted, in order
    S   states: one for each token of an entity
    A   actions
    N   tokens of the batch
    G   documents
    K   hypotheses of a document
    R   steps of a beam, one a token: the same as N

Source: Guo et al. 2017, On Calibration of Modern Neural Networks, for dividing scores by a temperature.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from pkg_ner.biluo import MOVES, NONE, Biluo, BiluoStates
from pkg_transitions.beam import Beams, log_probabilities
from pkg_transitions.step import StepModel

#: BiluoStates whose actions are scored together.
_CHUNK = 4096
_BEGIN, _, _LAST, _UNIT = range(len(MOVES))


@dataclass(frozen=True)
class ScoredEntities:
    """Entities as first and last token of the batch, and number of the label."""

    first_E: Any
    last_E: Any
    label_E: Any


@dataclass(frozen=True)
class Evidence:
    """What tells how sure entities are: the scores of the actions that make them up.

    Attributes:
        entities: Where they are.
        scores_SA, valid_SA: Of each action at each token of an entity.
        action_S: The action that was done there.
        entity_S: The entity that the token is in.
        free_E: The probability that no other entity runs into its first token, as far as is known.
    """

    entities: ScoredEntities
    scores_SA: Any
    valid_SA: Any
    action_S: Any
    entity_S: Any
    free_E: Any

    def scores(self, temperature: float) -> Any:
        """Multiply the probabilities of each entity's actions, float64 (E).

        Args:
            temperature: Above 1 makes them less sure, below 1 surer.
        """
        log_p_SA = log_probabilities(self.scores_SA / temperature, self.valid_SA)
        log_p_S = log_p_SA[np.arange(len(self.action_S)), self.action_S]
        return self.free_E * np.exp(np.bincount(self.entity_S, log_p_S, len(self.free_E)))


def find_evidence(step_model: StepModel, system: Biluo, states: BiluoStates) -> Evidence:
    """Score the actions of predicted entities once more; all others are of no interest.

    Args:
        step_model: Of the batch.
        system: The actions.
        states: Whose walk is over.
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
    inside = BiluoStates(position_S, position_S + 1, open_S, before_S, states.board, actions_N)
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
    """Find the entities of all hypotheses, and add up the probabilities of those that hold them.

    Args:
        beams: Of documents, all of whose tokens were walked over.

    Returns:
        The entities in order of their first tokens, and their probabilities (E).
    """
    p_GK = beams.probabilities()
    actions_KR = beams.actions_RK.T
    label_KR, move_KR = np.divmod(actions_KR - 1, len(MOVES))
    is_in_KR = actions_KR > 0
    # Row by row, the first token of every entity is followed by its last.
    place, first = (is_in_KR & ((move_KR == _BEGIN) | (move_KR == _UNIT))).nonzero()
    last = (is_in_KR & (move_KR >= _LAST)).nonzero()[1]
    keys, which = np.unique(
        np.stack([first, last, label_KR[place, first]], axis=1), axis=0, return_inverse=True
    )
    group = np.cumsum(beams.steps_G).searchsorted(first, side="right")
    p_E = np.bincount(which.reshape(-1), p_GK[group, place], len(keys))
    # Sums of probabilities may exceed 1 by rounding.
    return ScoredEntities(*keys.T), np.minimum(p_E, 1.0)


def free_tokens(beams: Beams) -> Any:
    """Give the probability that no entity runs into each token from before, float64 (N)."""
    entities, p_E = beam_scores(beams)
    n_tokens = len(beams.actions_RK)
    change = np.bincount(entities.first_E + 1, p_E, n_tokens + 2)
    change -= np.bincount(entities.last_E + 1, p_E, n_tokens + 2)
    return np.clip(1.0 - np.cumsum(change)[:n_tokens], 0.0, 1.0)

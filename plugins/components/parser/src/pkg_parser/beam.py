"""The `beam_parser` component: a parser that searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from kernel.contracts import factory
from kernel.limits import BeamWidth, Count, Share
from kernel.tokens import Doc
from pkg_parser.component import ASSIGNS, DEFAULT_CONFIG, DEFAULT_SCORE_WEIGHTS, ParserComponent
from pkg_transitions.beam_component import BeamComponent


class BeamParser(BeamComponent, ParserComponent):
    """Predicts trees as `ParserComponent` does, comparing whole sequences of actions."""


@factory(
    "beam_parser",
    assigns=ASSIGNS,
    default_config={**DEFAULT_CONFIG, "beam_width": 8, "beam_density": 0.0001, "beam_update_prob": 0.5},
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def beam_parser(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    moves: list[str] | None,
    update_with_oracle_cut_size: Count,
    learn_tokens: bool,
    min_action_freq: Count,
    beam_width: BeamWidth,
    beam_density: Share,
    beam_update_prob: Share,
    scorer: Callable[..., dict[str, Any]] | None,
) -> BeamParser:
    """Predict the head of each token, the label of the arc, and where sentences start, with a beam.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Documents to scores of actions, step by step.
        moves: Names of the actions; from the training data when null.
        update_with_oracle_cut_size: Training cuts documents into pieces of about so many actions, at sentence starts,
            which advance together; 0 leaves documents whole.
        learn_tokens: Whether pieces of a token that was split learn to be joined, by the label "subtok".
        min_action_freq: Arcs whose label is rarer in the training data get the label "dep".
        beam_width: How many hypotheses a document may have; 1 walks greedily.
        beam_density: Hypotheses less probable than this share of the best one's probability are dropped, 0 to 1.
        beam_update_prob: How probable it is that a batch is learnt from by searching, 0 to 1; the others are learnt
            from step by step, as `parser` does.
        scorer: Computes scores from examples; null for none.
    """
    return BeamParser(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        learn_tokens=learn_tokens,
        min_action_freq=min_action_freq,
        beam_width=beam_width,
        beam_density=beam_density,
        beam_update_prob=beam_update_prob,
    )

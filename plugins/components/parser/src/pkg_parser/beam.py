"""The `beam_parser` component: a parser with beam search."""

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
    """Predicts trees like `ParserComponent`, but compares whole sequences of actions."""


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
    """Predict the head of each token, the label of the arc, and sentence starts, with beam search.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to a step model, which scores actions.
        moves: Names of the actions; null takes them from the training data.
        update_with_oracle_cut_size: Training cuts documents into pieces of about this many actions, at sentence starts,
            which advance together; 0 leaves documents whole.
        learn_tokens: Whether to learn to join the pieces of a split token, by the label "subtok".
        min_action_freq: Arcs whose label is rarer in the training data get the label "dep".
        beam_width: Maximum number of hypotheses per document; 1 predicts greedily.
        beam_density: Drop hypotheses whose probability is below this share of the best one's, 0 to 1.
        beam_update_prob: Probability that a batch is learnt from by beam search, 0 to 1; otherwise it is learnt from
            step by step, as in `parser`.
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

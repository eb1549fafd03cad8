"""The `beam_ner` component: an entity recogniser with beam search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from thinc.api import Model

from kernel.contracts import factory
from kernel.limits import BeamWidth, Count, Share
from kernel.tokens import Doc
from pkg_ner.biluo import BiluoStates
from pkg_ner.component import ASSIGNS, DEFAULT_CONFIG, DEFAULT_SCORE_WEIGHTS, EntityRecognizer
from pkg_ner.confidence import Evidence, find_evidence, free_tokens
from pkg_transitions.beam_component import BeamComponent


class BeamEntityRecognizer(BeamComponent, EntityRecognizer):
    """Predicts `doc.ents` like `EntityRecognizer`, but compares whole sequences of actions."""

    def find(self, docs: Sequence[Doc]) -> tuple[BiluoStates, Evidence]:
        """Search a batch; return the final states of the best hypotheses and the evidence for their entities."""
        if self.cfg["beam_width"] == 1:
            return super().find(docs)
        step_model = self.scored(docs)
        beams = self.search(step_model, docs, self.cfg["beam_width"], self.cfg["beam_density"])
        states = self.best_states(docs, beams)
        evidence = find_evidence(step_model, self.system, states)
        free_N = free_tokens(beams)
        return states, replace(evidence, free_E=free_N[evidence.entities.first_E])


@factory(
    "beam_ner",
    assigns=ASSIGNS,
    default_config={**DEFAULT_CONFIG, "beam_width": 32, "beam_density": 0.01, "beam_update_prob": 0.5},
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def beam_ner(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    moves: dict[str, Any] | None,
    update_with_oracle_cut_size: Count,
    incorrect_spans_key: str | None,
    beam_width: BeamWidth,
    beam_density: Share,
    beam_update_prob: Share,
    scorer: Callable[..., dict[str, Any]] | None,
) -> BeamEntityRecognizer:
    """Find named entities, labelled spans that do not overlap, with beam search.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to a step model, which scores actions.
        moves: The actions, in the form of `label_data`; null takes them from the training data.
        update_with_oracle_cut_size: Training cuts documents into pieces of about this many tokens; 0 leaves them whole.
        incorrect_spans_key: Group of `doc.spans` in the training data with spans that are not entities.
        beam_width: Maximum number of hypotheses per document; 1 predicts greedily.
        beam_density: Drop hypotheses whose probability is below this share of the best one's, 0 to 1.
        beam_update_prob: Probability that a batch is learnt from by beam search, 0 to 1; otherwise it is learnt from
            step by step, as in `ner`.
        scorer: Computes scores from examples; null for none.
    """
    return BeamEntityRecognizer(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
        beam_width=beam_width,
        beam_density=beam_density,
        beam_update_prob=beam_update_prob,
    )

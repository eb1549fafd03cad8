"""The `beam_ner` component: an entity recogniser that searches."""

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
    """Predicts `doc.ents` as `EntityRecognizer` does, comparing whole sequences of actions."""

    def find(self, docs: Sequence[Doc]) -> tuple[BiluoStates, Evidence]:
        """Search a batch: the final states of the best hypotheses, and what tells how sure their entities are."""
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
    """Find named entities with a beam: spans that do not overlap, each with a label.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Documents to a model that scores actions.
        moves: The actions, as `label_data` gives them; from the training data when null.
        update_with_oracle_cut_size: About how many tokens of a document are learnt from in one go; 0 for all.
        incorrect_spans_key: Group of `doc.spans` in the training data that holds spans which are no entities.
        beam_width: How many hypotheses a document may have; 1 walks greedily.
        beam_density: Hypotheses less probable than this share of the best one's probability are dropped, 0 to 1.
        beam_update_prob: How probable it is that a batch is learnt from by searching, 0 to 1; the others are learnt
            from step by step, as `ner` does.
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

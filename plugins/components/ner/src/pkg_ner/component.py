"""The `ner` component: named entity recognition with a BILUO transition system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from thinc.api import Model

from kernel.contracts import Loss, factory
from kernel.errors import ConfigAddress, ConfigError
from kernel.limits import Count
from kernel.pipeline.optim.losses import LabelLoss
from kernel.scorer import get_ner_prf
from kernel.tokens import Doc
from kernel.training import Example
from kernel.vocab import Vocab
from pkg_ner import walk
from pkg_ner.biluo import Biluo, BiluoStates
from pkg_ner.calibration import fit_temperature, judge
from pkg_ner.confidence import Evidence, beam_scores, find_evidence
from pkg_ner.scores import Recognized, bare, by_document, write_scores
from pkg_transitions.beam import Beams
from pkg_transitions.component import TransitionComponent
from pkg_transitions.learn import Judge
from pkg_transitions.step import StepModel

DEFAULT_MODEL = {
    "@architectures": "kernel.TransitionBasedParser.v1",
    "state_type": "ner",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
    "nO": None,
    "tok2vec": {
        "@architectures": "kernel.HashEmbedCNN.v1",
        "pretrained_vectors": None,
        "width": 96,
        "depth": 4,
        "embed_size": 2000,
        "window_size": 1,
        "maxout_pieces": 3,
        "subword_features": True,
    },
}

ASSIGNS = ["doc.ents", "token.ent_iob", "token.ent_type"]
DEFAULT_CONFIG = {
    "moves": None,
    "update_with_oracle_cut_size": 100,
    "model": DEFAULT_MODEL,
    "incorrect_spans_key": None,
    "scorer": {"@scorers": "kernel.ner_scorer.v1"},
}
DEFAULT_SCORE_WEIGHTS = {"ents_f": 1.0, "ents_p": 0.0, "ents_r": 0.0, "ents_per_type": None}

#: Feature slots of the model, without and with extra state tokens.
_N_FEATURES = (3, 6)


def ner_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score entities as `ents_p`, `ents_r`, `ents_f` and `ents_per_type`, 0 to 1."""
    return get_ner_prf(examples, **kwargs)


def ner_scorer() -> Callable[..., dict[str, Any]]:
    """Return the scorer of entities: precision, recall and F-score, overall and per type."""
    return ner_score


@factory(
    "ner",
    assigns=ASSIGNS,
    default_config=DEFAULT_CONFIG,
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def ner(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    moves: dict[str, Any] | None,
    update_with_oracle_cut_size: Count,
    incorrect_spans_key: str | None,
    scorer: Callable[..., dict[str, Any]] | None,
    loss: Loss | None = None,
) -> EntityRecognizer:
    """Find named entities: labelled spans that do not overlap.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to a step model, which scores actions.
        moves: The actions, in the form of `label_data`; null takes them from the training data.
        update_with_oracle_cut_size: Training cuts documents into pieces of about this many tokens; 0 leaves them whole.
        incorrect_spans_key: Group of `doc.spans` in the training data with spans that are not entities.
        scorer: Computes scores from examples; null for none.
        loss: Compares the probabilities of actions (named "B-PER", "O" and so on) with their targets; null for
            cross-entropy.
    """
    component = EntityRecognizer(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
    )
    component.own_loss = None if loss is None else LabelLoss(loss, name)
    return component


class EntityRecognizer(TransitionComponent):
    """Predicts `doc.ents`; preset entities and blocked tokens are kept."""

    wants = "named entity"
    system: Biluo

    def __init__(
        self,
        vocab: Vocab,
        model: Model[list[Doc], Any],
        name: str = "ner",
        *,
        scorer: Callable[..., dict[str, Any]] | None = ner_score,
        moves: dict[str, Any] | None = None,
        update_with_oracle_cut_size: int = 100,
        incorrect_spans_key: str | None = None,
    ) -> None:
        n_features = model.get_dim("nF")
        if n_features not in _N_FEATURES:
            raise ConfigError(
                "expected a model with 3 or 6 feature tokens",
                where=ConfigAddress(f"components.{name}.model", "state_type"),
                got=str(n_features),
                advice='write state_type = "ner"',
            )
        system = Biluo(
            vocab.strings, extra_tokens=n_features == _N_FEATURES[1], wrong_key=incorrect_spans_key
        )
        super().__init__(
            vocab,
            model,
            name,
            system,
            scorer=scorer,
            moves=moves,
            update_with_oracle_cut_size=update_with_oracle_cut_size,
            incorrect_spans_key=incorrect_spans_key,
        )

    @property
    def temperature(self) -> float:
        """The divisor of action scores in the computation of entity scores; saved with the component."""
        # Rounded, because a round trip through JSON may change the last bit.
        return round(float(self.cfg.get("temperature", 1.0)), 6)

    def _restore_cfg(self, cfg: Any) -> None:
        super()._restore_cfg(cfg)
        value = self.cfg.get("temperature", 1.0)
        if not isinstance(value, int | float) or not 0.0 < value < np.inf:
            raise ValueError(f"temperature: expected a number above 0, got {value!r:.60}")

    def initialize(
        self, get_examples: Callable[[], Iterable[Example]], *, nlp: Any = None, labels: Any = None
    ) -> None:
        """Set the labels, from the examples or from `labels`, and initialize the model."""
        self.cfg["temperature"] = 1.0
        super().initialize(get_examples, nlp=nlp, labels=labels)

    def predict(self, docs: Sequence[Doc]) -> Recognized:
        """Predict the entities of a batch and their scores."""
        states, evidence = self.find(docs)
        return Recognized(states, evidence.entities, evidence.scores(self.temperature))

    def set_annotations(self, docs: Sequence[Doc], predictions: Recognized) -> None:
        """Write the entities to the documents, and their scores to `doc.user_data`, where `ent.score` reads them."""
        self.system.write(docs, predictions.states)
        write_scores(docs, predictions.entities, predictions.scores_E, self.system.keys)

    def find(self, docs: Sequence[Doc]) -> tuple[BiluoStates, Evidence]:
        """Predict the entities of a batch; return the final states and the evidence for the entities."""
        states = self.system.start(docs)
        step_model = self.scored(docs)
        walk.predict(step_model, self.system, states)
        return states, find_evidence(step_model, self.system, states)

    def scored_ents(self, beams: Beams) -> list[dict[tuple[int, int, str], float]]:
        """Return the entities of all hypotheses of a beam with their probabilities.

        Args:
            beams: The result of `beam_parse`.

        Returns:
            One dict per document, from (start, end, label) to the sum of the probabilities of the hypotheses with the
            entity, 0 to 1.
        """
        bounds = np.concatenate([[0], np.cumsum(beams.steps_G)])
        return [dict(table) for table in by_document(bounds, *beam_scores(beams), self.labels)]

    def calibrate(self, examples: Sequence[Example]) -> None:
        """Fit the temperature, so that of the entities with a score of 0.8 eight in ten are correct.

        Training does this at every evaluation, on the dev corpus. Predictions do not change. The temperature does not
        change either if the entities are all correct or all wrong, or if there are none.

        Args:
            examples: Examples that were not trained on. The components before this one must have processed their
                predicted documents; this one may have. The documents are not changed.
        """
        copies = [Example(bare(eg.predicted), eg.reference, alignment=eg.alignment) for eg in examples]
        _, evidence = self.find([eg.predicted for eg in copies])
        is_right_E, is_known_E = judge(copies, evidence.entities, self.system.keys)
        fitted = fit_temperature(lambda t: evidence.scores(t)[is_known_E], is_right_E[is_known_E])
        if fitted is not None:
            self.cfg["temperature"] = fitted

    def follow(self, step_model: StepModel, states: BiluoStates, judge: Judge) -> tuple[float, Any | None]:
        """Follow the model's best actions and judge each decision, scoring tokens outside of entities at once."""
        return walk.learn(step_model, self.system, states, judge)

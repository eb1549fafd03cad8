"""The `ner` component: named entities, found by a BILUO transition system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from thinc.api import Model

from kernel.contracts import factory
from kernel.errors import ConfigError
from kernel.scorer import get_ner_prf
from kernel.text.doc import Doc
from kernel.text.example import Example
from kernel.text.vocab import Vocab
from pkg_ner import walk
from pkg_ner.biluo import Biluo, States
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
    """Give the scorer of entities: precision, recall and F-score, also by type."""
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
    update_with_oracle_cut_size: int,
    incorrect_spans_key: str | None,
    scorer: Callable[..., dict[str, Any]] | None,
) -> EntityRecognizer:
    """Find named entities: spans that do not overlap, each with a label.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Documents to a model that scores actions.
        moves: The actions, as `label_data` gives them; from the training data when null.
        update_with_oracle_cut_size: About how many tokens of a document are learnt from in one go; 0 for all.
        incorrect_spans_key: Group of `doc.spans` in the training data that holds spans which are no entities.
        scorer: Computes scores from examples; null for none.
    """
    return EntityRecognizer(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        incorrect_spans_key=incorrect_spans_key,
    )


class EntityRecognizer(TransitionComponent):
    """Predicts `doc.ents`; preset entities and blocked tokens stay as they are."""

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
                f"[components.{name}.model] state_type: the model looks at {n_features} tokens, those of another "
                'component; write state_type = "ner"'
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

    def predict(self, docs: Sequence[Doc]) -> States:
        """Walk over a batch; gives states that hold an action for every token."""
        states = self.system.start(docs)
        if len(states):
            walk.predict(self.model.predict(list(docs)), self.system, states)
        return states

    def follow(self, step_model: StepModel, states: States, judge: Judge) -> tuple[float, Any | None]:
        """Learn from a batch of states, which leap over what is outside of entities."""
        return walk.learn(step_model, self.system, states, judge)

"""The `parser` component: heads, dependency labels and sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from thinc.api import Model

from kernel.contracts import factory
from kernel.errors import ConfigAddress, ConfigError, ModelError
from kernel.limits import Count
from kernel.pipeline import TrainableComponent
from kernel.scorer import Scorer
from kernel.tokens import Doc
from kernel.training import Example
from pkg_parser.system import ArcEager
from pkg_transitions.component import TransitionComponent

#: Feature slots of the model, without and with extra state tokens.
N_FEATURES = (8, 13)

DEFAULT_MODEL = {
    "@architectures": "kernel.TransitionBasedParser.v1",
    "state_type": "parser",
    "extra_state_tokens": False,
    "hidden_width": 64,
    "maxout_pieces": 2,
    "use_upper": True,
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

ASSIGNS = ["token.dep", "token.head", "token.is_sent_start", "doc.sents"]
DEFAULT_CONFIG = {
    "model": DEFAULT_MODEL,
    "moves": None,
    "update_with_oracle_cut_size": 100,
    "learn_tokens": False,
    "min_action_freq": 30,
    "scorer": {"@scorers": "kernel.parser_scorer.v1"},
}
DEFAULT_SCORE_WEIGHTS = {
    "dep_uas": 0.5,
    "dep_las": 0.5,
    "dep_las_per_type": None,
    "sents_p": None,
    "sents_r": None,
    "sents_f": 0.0,
}


def parser_score(examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
    """Score trees (`dep_uas`, `dep_las`, `dep_las_per_type`, without punctuation) and sentences (`sents_*`), 0 to 1."""
    examples = list(examples)
    scores = Scorer.score_spans(
        examples,
        "sents",
        getter=lambda doc, attr: list(doc.sents) if doc.has_annotation("SENT_START") else [],
        has_annotation=lambda doc: doc.has_annotation("SENT_START"),
        labeled=False,
    )
    scores.update(Scorer.score_deps(examples, "dep", ignore_labels=("p", "punct"), **kwargs))
    return scores


def parser_scorer() -> Callable[..., dict[str, Any]]:
    """Return the parser's scorer: `dep_uas`, `dep_las`, `sents_f` and more, 0 to 1."""
    return parser_score


@factory(
    "parser",
    assigns=ASSIGNS,
    default_config=DEFAULT_CONFIG,
    default_score_weights=DEFAULT_SCORE_WEIGHTS,
)
def parser(
    nlp: Any,
    name: str,
    model: Model[list[Doc], Any],
    moves: list[str] | None,
    update_with_oracle_cut_size: Count,
    learn_tokens: bool,
    min_action_freq: Count,
    scorer: Callable[..., dict[str, Any]] | None,
) -> TrainableComponent:
    """Predict the head of each token, the label of the arc, and sentence starts.

    An architecture that does not score actions brings its own component: the factory calls its model's attribute
    `parser_component` instead of `ParserComponent`.

    Args:
        nlp: The pipeline.
        name: Name of the component.
        model: Maps documents to a step model, which scores actions.
        moves: Names of the actions; null takes them from the training data.
        update_with_oracle_cut_size: Training cuts documents into pieces of about this many actions, at sentence starts,
            which advance together; 0 leaves documents whole.
        learn_tokens: Whether to learn to join the pieces of a split token, by the label "subtok".
        min_action_freq: Arcs whose label is rarer in the training data get the label "dep".
        scorer: Computes scores from examples; null for none.
    """
    component_class = model.attrs.get("parser_component", ParserComponent)
    component: TrainableComponent = component_class(
        nlp.vocab,
        model,
        name,
        scorer=scorer,
        moves=moves,
        update_with_oracle_cut_size=update_with_oracle_cut_size,
        learn_tokens=learn_tokens,
        min_action_freq=min_action_freq,
    )
    return component


class ParserComponent(TransitionComponent):
    """Predicts trees: one root per sentence, no cycles, every head in its own sentence."""

    wants = "head or dependency label"

    def __init__(
        self,
        vocab: Any,
        model: Model[list[Doc], Any],
        name: str = "parser",
        *,
        scorer: Callable[..., dict[str, Any]] | None = parser_score,
        moves: list[str] | None = None,
        update_with_oracle_cut_size: int = 100,
        learn_tokens: bool = False,
        min_action_freq: int = 30,
    ) -> None:
        if not model.has_dim("nF"):
            raise ModelError(
                f"{name}: expected a model that scores actions, got {model.name!r}; "
                "use kernel.TransitionBasedParser.v1"
            )
        if model.get_dim("nF") not in N_FEATURES:
            raise ConfigError(
                "expected a model with 8 or 13 feature tokens",
                where=ConfigAddress(f"components.{name}.model", "state_type"),
                got=str(model.get_dim("nF")),
                advice='write state_type = "parser"',
            )
        super().__init__(
            vocab,
            model,
            name,
            ArcEager(model.get_dim("nF"), min_action_freq, learn_tokens),
            scorer=scorer,
            moves=moves,
            update_with_oracle_cut_size=update_with_oracle_cut_size,
            learn_tokens=learn_tokens,
            min_action_freq=min_action_freq,
        )

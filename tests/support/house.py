"""Small pipelines with each component of the house, and examples that all of them can learn from."""

from __future__ import annotations

from typing import Any

import numpy as np
from small import TOK2VEC

import kernel
from kernel import Example
from kernel.language import Language
from kernel.tokens import Doc
from kernel.util import fix_random_seed

_BOW = {"@architectures": "kernel.TextCatBOW.v1", "exclusive_classes": True, "ngram_size": 2}
_BOW |= {"no_output_layer": False, "length": 64}
_ENCODER = {"@architectures": "kernel.Tok2Vec.v1"}
_CHARACTERS = {
    **_ENCODER,
    "embed": {"@architectures": "kernel.CharacterEmbed.v1", "width": 16, "rows": 50, "nM": 4, "nC": 4},
    "encode": {"@architectures": "kernel.MishWindowEncoder.v1", "width": 16, "window_size": 1, "depth": 1},
}

#: A name to a factory and its settings.
COMPONENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "tok2vec": ("tok2vec", {"model": TOK2VEC}),
    "tagger": ("tagger", {"model": {"tok2vec": TOK2VEC}}),
    "characters": ("tagger", {"model": {"tok2vec": _CHARACTERS}}),
    "morphologizer": ("morphologizer", {"model": {"tok2vec": TOK2VEC}}),
    "parser": ("parser", {"model": {"tok2vec": TOK2VEC}, "min_action_freq": 1}),
    "lower": ("parser", {"model": {"tok2vec": TOK2VEC, "use_upper": False}, "min_action_freq": 1}),
    "beam_parser": ("beam_parser", {"model": {"tok2vec": TOK2VEC}, "min_action_freq": 1}),
    "biaffine": (
        "parser",
        {
            "model": {
                "@architectures": "kernel.BiaffineParser.v1",
                "tok2vec": TOK2VEC,
                "arc_width": 8,
                "label_width": 8,
            },
            "min_action_freq": 1,
        },
    ),
    "ner": ("ner", {"model": {"tok2vec": TOK2VEC}}),
    "beam_ner": ("beam_ner", {"model": {"tok2vec": TOK2VEC}}),
    "textcat": ("textcat", {"model": {"tok2vec": TOK2VEC, "linear_model": _BOW}}),
    "bow": ("textcat_multilabel", {"model": {**_BOW, "exclusive_classes": False}}),
    "reduce": (
        "textcat",
        {"model": {"@architectures": "kernel.TextCatCNN.v1", "tok2vec": TOK2VEC, "exclusive_classes": True}},
    ),
    "sentencizer": ("sentencizer", {}),
}

TEXTS = (
    (["Anna", "sees", "New", "York", "."], ["U-PER", "O", "B-LOC", "L-LOC", "O"], [1, 1, 3, 1, 1]),
    (["She", "walks", "home", "with", "Maria"], ["O", "O", "O", "O", "U-PER"], [1, 1, 1, 1, 3]),
    (["Rome", "sleeps"], ["U-LOC", "O"], [1, 1]),
)
WORDS = ["Anna", "walks", "with", "New", "York", "and", "she", "sees", "Rome", "."]


def examples(nlp: Language) -> list[Example]:
    """Make examples with every annotation."""
    made = []
    for number, (words, entities, heads) in enumerate(TEXTS):
        tags = ["V" if head == place else f"N{place % 2}" for place, head in enumerate(heads)]
        made.append(
            Example.from_dict(
                Doc(nlp.vocab, words=words),
                {
                    "entities": entities,
                    "heads": heads,
                    "deps": ["ROOT" if tag == "V" else f"d{tag}" for tag in tags],
                    "tags": tags,
                    "pos": ["VERB" if tag == "V" else "NOUN" for tag in tags],
                    "morphs": [f"Number={'Sing' if place % 2 else 'Plur'}" for place in range(len(words))],
                    "cats": {"A": float(number == 0), "B": float(number == 1), "C": float(number == 2)},
                },
            )
        )
    return made


def trained(*names: str, steps: int = 2) -> Language:
    """Train a pipeline of some components for a few steps."""
    fix_random_seed(0)
    nlp = kernel.blank("en")
    for name in names:
        factory, config = COMPONENTS[name]
        nlp.add_pipe(factory, name=name, config=config)
    made = examples(nlp)
    nlp.initialize(lambda: made)
    for _ in range(steps):
        nlp.update(made, drop=0.1)
    return nlp


def weights(component: Any) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of a component that are of float32, by the names that they have in its file."""
    found = {}
    for index, node in enumerate(component.model.walk()):
        for name in node.param_names:
            if node.has_param(name) and node.get_param(name).dtype == np.float32:
                found[f"{index}/{node.name}/{name}"] = node.get_param(name)
    return found

"""Every component with a model computes on a GPU what it computes on the CPU; NumPy cannot touch its arrays here."""

from __future__ import annotations

from typing import Any

import pytest
from small import TREES

from kernel import Example, registry
from kernel.language import Language
from kernel.testing import check_on_device
from kernel.tokens import Doc

ENCODERS = {
    "windows": {"@architectures": "kernel.MaxoutWindowEncoder.v1", "width": 16, "depth": 2}
    | {"window_size": 1, "maxout_pieces": 2},
    "mish": {"@architectures": "kernel.MishWindowEncoder.v1", "width": 16, "depth": 2, "window_size": 1},
}
EMBEDDINGS = {
    "hashes": {"@architectures": "kernel.MultiHashEmbed.v1", "width": 16, "min_freq": 2}
    | {"attrs": ["NORM", "SHAPE"], "rows": [200, 100], "include_static_vectors": False},
    "characters": {"@architectures": "kernel.CharacterEmbed.v1", "width": 16, "rows": 200, "nM": 8, "nC": 4}
    | {"include_static_vectors": False, "feature": "LOWER"},
}


def with_models() -> list[str]:
    """Name the factories of every plugin whose components learn."""
    names: list[str] = registry.factories.names()
    # One that makes vectors for others learns from theirs, and so with the tagger below.
    return [
        name
        for name in names
        if name != "tok2vec" and Language.get_factory_meta(name).default_config.get("model")
    ]


def everything(nlp: Language) -> list[Example]:
    """Give documents with all the annotation that there is."""
    return [
        Example.from_dict(
            Doc(nlp.vocab, words=words),
            {
                "tags": deps,
                "pos": ["NOUN" if head else "VERB" for head in heads],
                "morphs": ["Number=Plur" if head else "" for head in heads],
                "heads": heads,
                "deps": deps,
                "sent_starts": [number == 0 for number in range(len(words))],
                "entities": ["U-PER", *["O"] * (len(words) - 1)],
                "cats": {"long": float(len(words) > 3), "short": float(len(words) <= 3)},
            },
        )
        for words, heads, deps in TREES
    ]


@pytest.mark.parametrize("factory", with_models())
def test_every_component_with_a_model_runs_on_a_device(factory: str) -> None:
    check_on_device(factory, everything)


@pytest.mark.parametrize("encode", ENCODERS)
@pytest.mark.parametrize("embed", EMBEDDINGS)
def test_embeddings_and_encoders_run_on_a_device(embed: str, encode: str) -> None:
    tok2vec: dict[str, Any] = {"@architectures": "kernel.Tok2Vec.v1"}
    tok2vec |= {"embed": EMBEDDINGS[embed], "encode": ENCODERS[encode]}

    check_on_device(
        "tagger", everything, config={"model": {"@architectures": "kernel.Tagger.v1", "tok2vec": tok2vec}}
    )

"""What `kernel init config` proposes for a parser."""

from __future__ import annotations

from typing import Any

from kernel.registry import registry

_BIAFFINE = "kernel.BiaffineParser.v1"
#: Regularisation for a parser with a large encoder, which overfits otherwise.
_SECTIONS = {"components": {"tok2vec": {"model": {"embed": {"word_dropout": 0.15}}}}}


def recommend(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    """Propose a parser that listens to the shared `tok2vec`; for accuracy that of pkg-biaffine, if installed.

    Args:
        component: Name of the factory.
        lang: Language code.
        optimize: "efficiency" or "accuracy".
        gpu: Whether a GPU will train it.
    """
    listener = {
        "@architectures": "kernel.Tok2VecListener.v1",
        "width": "${components.tok2vec.model.encode.width}",
        "upstream": "*",
    }
    model: dict[str, Any] = {
        "@architectures": "kernel.TransitionBasedParser.v1",
        "state_type": "parser",
        "extra_state_tokens": False,
        "hidden_width": 128,
        "maxout_pieces": 3,
        "use_upper": True,
        "nO": None,
    }
    # Beam search needs actions, which the biaffine architecture does not have.
    if component == "parser" and optimize == "accuracy" and registry.has("architectures", _BIAFFINE):
        model = {"@architectures": _BIAFFINE, "arc_width": 128, "label_width": 64, "nO": None}
    return {
        "factory": component,
        "requires": ("tok2vec",),
        "sections": _SECTIONS if optimize == "accuracy" else {},
        "model": {**model, "tok2vec": listener},
    }

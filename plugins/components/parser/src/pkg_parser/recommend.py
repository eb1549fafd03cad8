"""What `kernel init config` proposes for a parser."""

from __future__ import annotations

from typing import Any


def recommend(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    """Propose a parser that listens to the shared `tok2vec`.

    Args:
        component: Name of the factory.
        lang: Language code.
        optimize: "efficiency" or "accuracy".
        gpu: Whether a GPU will train it.
    """
    return {
        "factory": component,
        "requires": ("tok2vec",),
        "model": {
            "@architectures": "kernel.TransitionBasedParser.v1",
            "state_type": "parser",
            "extra_state_tokens": False,
            "hidden_width": 128,
            "maxout_pieces": 3,
            "use_upper": True,
            "nO": None,
            "tok2vec": {
                "@architectures": "kernel.Tok2VecListener.v1",
                "width": "${components.tok2vec.model.encode.width}",
                "upstream": "*",
            },
        },
    }

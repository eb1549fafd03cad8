"""What `kernel init config` proposes for a tagger."""

from __future__ import annotations

from typing import Any


def recommend(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    """Propose a tagger that listens to the shared `tok2vec`.

    Args:
        component: Name of the factory.
        lang: Language code.
        optimize: "efficiency" or "accuracy".
        gpu: Whether a GPU will train it.
    """
    return {
        "factory": component,
        "requires": ("tok2vec",),
        "label_smoothing": 0.05,
        "model": {
            "@architectures": "kernel.Tagger.v1",
            "nO": None,
            "normalize": False,
            "tok2vec": {
                "@architectures": "kernel.Tok2VecListener.v1",
                "width": "${components.tok2vec.model.encode.width}",
                "upstream": "*",
            },
        },
    }

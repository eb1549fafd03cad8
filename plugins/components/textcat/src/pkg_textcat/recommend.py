"""What `kernel init config` proposes for a text classifier."""

from __future__ import annotations

from typing import Any


def recommend(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    """Propose a bag of words for efficiency; for accuracy an ensemble of it and the shared `tok2vec`.

    Args:
        component: Name of the factory.
        lang: Language code.
        optimize: "efficiency" or "accuracy".
        gpu: Whether a GPU will train it.
    """
    bag_of_words = {
        "@architectures": "kernel.TextCatBOW.v1",
        "exclusive_classes": component == "textcat",
        "ngram_size": 1,
        "no_output_layer": False,
        "length": 262144,
    }
    if optimize == "efficiency" and not gpu:
        return {"factory": component, "model": bag_of_words}
    return {
        "factory": component,
        "requires": ("tok2vec",),
        "model": {
            "@architectures": "kernel.TextCatEnsemble.v1",
            "nO": None,
            "tok2vec": {
                "@architectures": "kernel.Tok2VecListener.v1",
                "width": "${components.tok2vec.model.encode.width}",
                "upstream": "*",
            },
            "linear_model": bag_of_words,
        },
    }

"""What `kernel init config` proposes for the shared `tok2vec`."""

from __future__ import annotations

from typing import Any


def recommend(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    """Propose the standard embeddings and encoder, small for efficiency; larger, with averaged weights, for accuracy.

    Args:
        component: Name of the factory.
        lang: Language code.
        optimize: "efficiency" or "accuracy".
        gpu: Whether a GPU will train it.
    """
    accurate = optimize == "accuracy"
    sections = (
        {"training": {"optimizer": {"@optimizers": "Adam.v1", "use_averages": True}}} if accurate else {}
    )
    return {
        "factory": "tok2vec",
        "sections": sections,
        "model": {
            "@architectures": "kernel.Tok2Vec.v1",
            "embed": {
                "@architectures": "kernel.MultiHashEmbed.v1",
                "width": "${components.tok2vec.model.encode.width}",
                "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [5000, 1000, 2500, 2500],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "kernel.MaxoutWindowEncoder.v1",
                "width": 256 if accurate else 96,
                "depth": 8 if accurate else 4,
                "window_size": 1,
                "maxout_pieces": 3,
            },
        },
    }

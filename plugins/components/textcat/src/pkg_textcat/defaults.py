"""Default settings of the two text classification components."""

from __future__ import annotations

from typing import Any


def default_model(*, exclusive: bool) -> dict[str, Any]:
    """Return the config of the default model: an ensemble with a small tok2vec."""
    return {
        "@architectures": "kernel.TextCatEnsemble.v1",
        "nO": None,
        "tok2vec": {
            "@architectures": "kernel.Tok2Vec.v1",
            "embed": {
                "@architectures": "kernel.MultiHashEmbed.v1",
                "width": 64,
                "attrs": ["NORM", "LOWER", "PREFIX", "SUFFIX", "SHAPE"],
                "rows": [2000, 2000, 500, 1000, 500],
                "include_static_vectors": False,
            },
            "encode": {
                "@architectures": "kernel.MaxoutWindowEncoder.v1",
                "width": 64,
                "window_size": 1,
                "maxout_pieces": 3,
                "depth": 2,
            },
        },
        "linear_model": {
            "@architectures": "kernel.TextCatBOW.v1",
            "exclusive_classes": exclusive,
            "ngram_size": 1,
            "no_output_layer": False,
            "length": 262144,
            "nO": None,
        },
    }


#: Only `cats_score` counts; the other scores are reported.
DEFAULT_SCORE_WEIGHTS = {
    "cats_score": 1.0,
    "cats_score_desc": None,
    "cats_micro_p": None,
    "cats_micro_r": None,
    "cats_micro_f": None,
    "cats_macro_p": None,
    "cats_macro_r": None,
    "cats_macro_f": None,
    "cats_macro_auc": None,
    "cats_f_per_type": None,
}

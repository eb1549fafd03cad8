"""A layer that looks up static word vectors and projects them; the vectors themselves are not trained.

Axes as in `words`, and
    D   width of the vectors
    O   width of the output
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model, glorot_uniform_init

from kernel.errors import ModelError


def StaticVectors(nO: int) -> Model[Any, Any]:
    """Project the word vectors of the vocabulary.

    Args:
        nO: Width of the output.

    Shapes:
        (vocabulary, rows_U of distinct words) -> Y_UO, with W_OD; D is taken from the vocabulary's vectors.
    """
    return Model(
        "static_vectors",
        forward,
        init=init,
        dims={"nO": nO, "nM": None},
        params={"W": None},
        attrs={"dropout_rate": 0.0, "param_shapes": param_shapes},
    )


def param_shapes(model: Model[Any, Any]) -> list[tuple[Any, str, tuple[int, ...]]]:
    """Return the layer's parameters and their shapes, for `kernel.pipeline.saving.weight_checks`."""
    return [(model, "W", (model.get_dim("nO"), model.get_dim("nM")))]


def forward(model: Model[Any, Any], inputs: Any, is_train: bool) -> tuple[Any, Callable[[Any], Any]]:
    vocab, rows_U = inputs
    keys_U = vocab.vector_keys(rows_U)
    V_UD = model.ops.asarray(vocab.vectors.get_batch(keys_U.tolist()), dtype="float32")
    Y_UO = model.ops.gemm(V_UD, model.get_param("W"), trans2=True)

    def backprop(dY_UO: Any) -> Any:
        model.inc_grad("W", model.ops.gemm(model.ops.as_contig(dY_UO), V_UD, trans1=True))
        return []

    return Y_UO, backprop


def init(model: Model[Any, Any], X: Any = None, Y: Any = None) -> None:
    if not model.has_dim("nM"):
        if not X:
            raise ModelError(
                "static_vectors: the width of the vectors is unknown; initialize the layer with documents"
            )
        width = X[0].vocab.vectors.shape[1]
        if not width:
            raise ModelError(
                "static_vectors: include_static_vectors needs word vectors, but the vocabulary has none; set "
                "[initialize] vectors, or include_static_vectors = false"
            )
        model.set_dim("nM", width)
    model.set_param("W", glorot_uniform_init(model.ops, (model.get_dim("nO"), model.get_dim("nM"))))

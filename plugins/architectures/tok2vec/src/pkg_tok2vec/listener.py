"""The layer through which a component uses the vectors of a shared `tok2vec`.

It reads the vectors from the batch's tape and adds its gradient to it; the pipeline runs the shared layer's backward
pass once, with the sum. Outside of a pipeline batch it reads `doc.tensor`, where the shared component stored them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from thinc.api import Model

from kernel.errors import ModelError
from kernel.limits import Width
from kernel.pipeline.run.tape import current_tape
from kernel.tokens import Doc


def Tok2VecListener(width: Width, upstream: str = "*") -> Model[list[Doc], list[Any]]:
    """Use the vectors of a `tok2vec` component earlier in the pipeline, and pass gradients back to it.

    Args:
        width: Width of the shared vectors; usually a reference to the shared component's width.
        upstream: Name of the shared component; "*" for the one that ran last.

    Shapes:
        documents -> one array (length, width) per document
    """
    return Model("tok2vec_listener", forward, init=init, dims={"nO": width}, attrs={"upstream": upstream})


def forward(
    model: Model[Any, Any], docs: list[Doc], is_train: bool
) -> tuple[list[Any], Callable[[Any], Any]]:
    tape, upstream = current_tape(), model.attrs["upstream"]
    if tape is None:
        return _tensors(model, docs), lambda d_outputs: []
    outputs = tape.get(upstream)
    _check(model, outputs, docs)

    def backprop(d_outputs: list[Any]) -> list[Doc]:
        tape.add_gradient(upstream, d_outputs)
        return []

    return outputs, backprop


def _check(model: Model[Any, Any], outputs: list[Any], docs: list[Doc]) -> None:
    width = model.get_dim("nO")
    if len(outputs) != len(docs):
        raise ModelError(
            f"tok2vec_listener: expected vectors of {len(docs)} documents from {model.attrs['upstream']!r}, got "
            f"{len(outputs)}; run the shared component on the same batch"
        )
    for doc, output in zip(docs, outputs, strict=True):
        if output.shape != (len(doc), width):
            raise ModelError(
                f"tok2vec_listener: expected an array of shape {(len(doc), width)} from {model.attrs['upstream']!r}, "
                f"got {output.shape}; set the listener's width to that of the shared component"
            )


def _tensors(model: Model[Any, Any], docs: list[Doc]) -> list[Any]:
    width = model.get_dim("nO")
    for doc in docs:
        if len(doc) and doc.tensor.shape != (len(doc), width):
            raise ModelError(
                f"tok2vec_listener: expected doc.tensor of shape {(len(doc), width)} from {model.attrs['upstream']!r}, "
                f"got {doc.tensor.shape}; run the document through the pipeline"
            )
    return [model.ops.asarray(doc.tensor).reshape(len(doc), width) for doc in docs]


def init(model: Model[Any, Any], X: list[Doc] | None = None, Y: Any = None) -> None:
    # The sample has not been through the shared component: with zeros the next layers can infer their shapes.
    for doc in X or ():
        if doc.tensor.shape != (len(doc), model.get_dim("nO")):
            doc.tensor = model.ops.alloc2f(len(doc), model.get_dim("nO"))

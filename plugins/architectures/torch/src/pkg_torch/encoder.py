"""A PyTorch encoder that turns word vectors into vectors in the context of the whole document.

Axes
    N   tokens in the batch, all docs concatenated
    I   vector width
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any

from thinc.api import ArgsKwargs, Model, PyTorchWrapper_v3, noop, torch2xp, xp2torch

from kernel.errors import ModelError
from kernel.limits import DepthOrNone, Share, Width, check_weights


def TorchBiLSTMEncoder(width: Width, depth: DepthOrNone, dropout: Share = 0.0) -> Model[list[Any], list[Any]]:
    """Encode context by a bidirectional LSTM.

    Args:
        width: Width of the input and output vectors; even, since each direction outputs half of it.
        depth: Number of layers; 0 returns the input unchanged.
        dropout: Share of the output of each layer except the last to set to zero in training.

    Shapes:
        one array (length, width) per document -> the same

    Raises:
        ModelError: `width` is odd.

    Source:
        Graves & Schmidhuber 2005; `spacy.TorchBiLSTMEncoder.v1`, except that the LSTM does not read padding: the
        result for a document does not depend on the rest of the batch.
    """
    if not depth:
        return noop()
    if width % 2:
        raise ModelError(f"TorchBiLSTMEncoder: width: expected an even number, got {width}; use {width + 1}")
    check_weights(depth * 6 * width * width, width=width, depth=depth)
    from pkg_torch.lstm import PackedLSTM

    model: Model[list[Any], list[Any]] = PyTorchWrapper_v3(
        PackedLSTM(width, depth, dropout), convert_inputs=to_torch, convert_outputs=from_torch
    )
    model.set_dim("nI", width)
    model.set_dim("nO", width)
    return model


def to_torch(
    model: Model[Any, Any], Xs: list[Any], is_train: bool
) -> tuple[ArgsKwargs, Callable[[ArgsKwargs], list[Any]]]:
    """Convert the vectors of all documents to one tensor, with the lengths of the documents."""
    lengths = [len(X) for X in Xs]
    X_NI = model.ops.xp.concatenate([*Xs, model.ops.alloc2f(0, model.get_dim("nI"))])
    tensor = xp2torch(X_NI, requires_grad=is_train, device=model.shims[0].device)

    def backprop(inputs: ArgsKwargs) -> list[Any]:
        return _cut(model, torch2xp(inputs.args[0], ops=model.ops), lengths)

    return ArgsKwargs(args=(tensor, lengths), kwargs={}), backprop


def from_torch(
    model: Model[Any, Any], inputs_output: tuple[list[Any], Any], is_train: bool
) -> tuple[list[Any], Callable[[list[Any]], ArgsKwargs]]:
    """Convert the output tensor to one array per document."""
    Xs, tensor = inputs_output
    lengths = [len(X) for X in Xs]

    def backprop(dYs: list[Any]) -> ArgsKwargs:
        dY_NI = model.ops.xp.concatenate([*dYs, model.ops.alloc2f(0, model.get_dim("nO"))])
        gradient = xp2torch(dY_NI, device=model.shims[0].device)
        return ArgsKwargs(args=((tensor,),), kwargs={"grad_tensors": (gradient,)})

    return _cut(model, torch2xp(tensor, ops=model.ops), lengths), backprop


def _cut(model: Model[Any, Any], array: Any, lengths: list[int]) -> list[Any]:
    return [array[end - length : end] for end, length in zip(accumulate(lengths), lengths, strict=True)]

"""Thinc's other optimizers, with parameter groups like those of `Adam.v1`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thinc.api import Optimizer

from kernel.pipeline.optim.groups import parse
from kernel.pipeline.optim.optimizer import BlockedAdam, Portion, Rate, Tiny


def radam(
    learn_rate: Rate = 0.001,
    *,
    beta1: Portion = 0.9,
    beta2: Portion = 0.999,
    eps: Tiny = 1e-8,
    L2: Rate = 0.0,
    L2_is_weight_decay: bool = True,
    grad_clip: Rate = 1.0,
    use_averages: bool = True,
    groups: Mapping[str, Any] = {},
) -> Optimizer:
    """Create a rectified Adam optimizer; the arguments are those of `Adam.v1`.

    Args:
        learn_rate: Step size.
        beta1: Decay of the running mean of gradients.
        beta2: Decay of the running mean of squared gradients.
        eps: Added to the root of the running mean of squared gradients.
        L2: Weight of the L2 penalty.
        L2_is_weight_decay: Decay the weights directly instead of adding the penalty's gradient.
        grad_clip: Largest norm of each parameter's gradient; 0 for no limit.
        use_averages: Also keep a running average of the weights.
        groups: Parameter groups with their own learning rates.
    """
    return BlockedAdam(
        learn_rate,
        beta1=beta1,
        beta2=beta2,
        eps=eps,
        L2=L2,
        L2_is_weight_decay=L2_is_weight_decay,
        grad_clip=grad_clip,
        use_averages=use_averages,
        use_radam=True,
        groups=parse(groups),
    )


def sgd(
    learn_rate: Rate,
    *,
    L2: Rate = 0.0,
    grad_clip: Rate = 1.0,
    L2_is_weight_decay: bool = True,
    use_averages: bool = True,
    groups: Mapping[str, Any] = {},
) -> Optimizer:
    """Create a plain gradient descent optimizer.

    Args:
        learn_rate: Step size.
        L2: Weight of the L2 penalty.
        grad_clip: Largest norm of each parameter's gradient; 0 for no limit.
        L2_is_weight_decay: Decay the weights directly instead of adding the penalty's gradient.
        use_averages: Also keep a running average of the weights.
        groups: Parameter groups with their own learning rates.
    """
    return BlockedAdam(
        learn_rate,
        L2=L2,
        grad_clip=grad_clip,
        L2_is_weight_decay=L2_is_weight_decay,
        beta1=0.0,
        beta2=0.0,
        use_averages=use_averages,
        groups=parse(groups),
    )

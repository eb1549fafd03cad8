"""Which values make sense for the arguments of Thinc's functions, whose own types do not say it.

Those of its layers are limited by name, as the types of `kernel.limits` limit those of other layers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Union, get_args, get_origin

from kernel.limits import Above, Amount, Count, Depth, Labels, Pieces, Positive, Rows, Share, Window

_STEPS = {
    "learn_rate": Amount,
    "L2": Amount,
    "beta1": Share,
    "beta2": Share,
    "eps": Above,
    "grad_clip": Amount,
}

_LIMITS: dict[str, dict[str, Any]] = {
    "Adam": _STEPS,
    "RAdam": _STEPS,
    "SGD": _STEPS,
    "compounding": {"start": Amount, "stop": Amount, "compound": Above},
    "constant": {"rate": Amount},
    "constant_then": {"rate": Amount, "steps": Count},
    "cyclic_triangular": {"min_lr": Amount, "max_lr": Amount, "period": Positive},
    "decaying": {"base_rate": Amount, "decay": Amount},
    "slanted_triangular": {"max_rate": Amount, "num_steps": Positive, "cut_frac": Share, "ratio": Above},
    "warmup_linear": {"initial_rate": Amount, "warmup_steps": Count, "total_steps": Positive},
}


#: Sizes of layers. What is called `n` says how many copies of a layer are made.
_SIZES: dict[str, Any] = {
    "depth": Depth,
    "n": Depth,
    "nI": Labels,
    "nO": Labels,
    "nP": Pieces,
    "nV": Rows,
    "window_size": Window,
}


def limited(func: Callable[..., Any], argument: str, annotation: Any) -> Any:
    """Narrow the type of an argument to the numbers that make sense.

    Args:
        func: Any registered function; only Thinc's optimizers, schedules and layers are known here.
        argument: The argument's name.
        annotation: Its type.

    Returns:
        The type with its numbers, and lists of numbers, limited; any other type as it is.
    """
    module = getattr(func, "__module__", "") or ""
    limit: Any = None
    if module in ("thinc.optimizers", "thinc.schedules"):
        limit = _LIMITS.get(getattr(func, "__name__", ""), {}).get(argument)
    elif module.startswith("thinc.layers."):
        limit = _SIZES.get(argument)
    if limit is None:
        return annotation
    branches = get_args(annotation) if get_origin(annotation) is Union else (annotation,)
    return Union[tuple(_limited_branch(branch, limit) for branch in branches)]  # noqa: UP007


def _limited_branch(branch: Any, limit: Any) -> Any:
    if branch in (int, float):
        return limit
    return list[limit] if branch == list[float] or get_origin(branch) is list else branch

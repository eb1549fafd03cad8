"""Valid ranges for the arguments of Thinc's functions, whose annotations do not state them.

The arguments of its layers are limited by name; other layers use the types of `kernel.limits`.
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


#: Sizes of layers; `n` is the number of copies of a layer.
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
    """Return the type of an argument, restricted to the numbers that are valid.

    Args:
        func: Any registered function; only Thinc's optimizers, schedules and layers are restricted.
        argument: The argument's name.
        annotation: Its type.

    Returns:
        The type with limits on its numbers and lists of numbers; other types are unchanged.
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

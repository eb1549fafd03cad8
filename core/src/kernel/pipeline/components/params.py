"""Swap the parameters of models temporarily, for example for their averages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from thinc.api import Model

from kernel.pipeline.saving.shims import parameters, swap_parameter

#: (model id, parameter name) -> value, as in an optimizer's averages.
Params = Mapping[tuple[int, str], Any]


@contextmanager
def swapped_params(models: Iterable[Model[Any, Any]], params: Params) -> Iterator[None]:
    """Replace parameters inside a `with` block; the original ones are restored however it ends.

    Args:
        models: The models, including their sublayers.
        params: The values to use; other parameters are unchanged.
    """
    own: list[tuple[Model[Any, Any], str, Any]] = []
    own_of_shims: list[tuple[Any, Any]] = []
    try:
        for model in models:
            for node in model.walk():
                for name in node.param_names:
                    if (node.id, name) in params and node.has_param(name):
                        own.append((node, name, node.get_param(name)))
                        node.set_param(name, params[node.id, name])
                for shim in node.shims:
                    for name, parameter in parameters(shim).items():
                        if (shim.id, name) in params:
                            value = swap_parameter(parameter, params[shim.id, name])
                            own_of_shims.append((parameter, value))
        yield
    finally:
        # In reverse order: a node shared by two models was swapped twice, and its original value comes first.
        for node, name, value in reversed(own):
            node.set_param(name, value)
        for parameter, value in reversed(own_of_shims):
            swap_parameter(parameter, value)

"""The pipeline: ordered components, how they predict, learn and are saved.

Exports the public names of this package; each is loaded on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.pipeline.components.component import Component as Component
    from kernel.pipeline.components.component import Component as Pipe
    from kernel.pipeline.components.trainable import TrainableComponent as TrainableComponent
    from kernel.pipeline.components.trainable import TrainableComponent as TrainablePipe
    from kernel.pipeline.language import Language as Language

_TARGETS = {
    "Component": "kernel.pipeline.components.component:Component",
    "Language": "kernel.pipeline.language:Language",
    "Pipe": "kernel.pipeline.components.component:Component",
    "TrainableComponent": "kernel.pipeline.components.trainable:TrainableComponent",
    "TrainablePipe": "kernel.pipeline.components.trainable:TrainableComponent",
}

__all__ = ["Component", "Language", "Pipe", "TrainableComponent", "TrainablePipe"]


def __getattr__(name: str) -> Any:
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel.pipeline' has no attribute {name!r}")
    module, _, attribute = _TARGETS[name].partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""kernel: a plugin-centric microkernel for NLP pipelines.

The public names are loaded on first use, so that `import kernel` is fast.
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pluggy import HookimplMarker

from kernel.system import import_name

if TYPE_CHECKING:
    from kernel.config import Config as Config
    from kernel.pipeline.language import Language as Language
    from kernel.pipeline.loading import blank as blank
    from kernel.pipeline.loading import load as load
    from kernel.registry import registry as registry
    from kernel.text.doc.doc import Doc as Doc
    from kernel.text.gold.example import Example as Example
    from kernel.text.vocab.vocab import Vocab as Vocab
    from kernel.training import train as train

__version__ = "0.1.0"

#: Marks a hook implementation in a plugin module.
hookimpl = HookimplMarker("kernel")

_TARGETS = {
    "Config": "kernel.config",
    "Doc": "kernel.text.doc.doc",
    "Example": "kernel.text.gold.example",
    "Language": "kernel.pipeline.language",
    "Vocab": "kernel.text.vocab.vocab",
    "blank": "kernel.pipeline.loading",
    "load": "kernel.pipeline.loading",
    "registry": "kernel.registry",
    "train": "kernel.training",
}

#: Modules that are available after `import kernel` alone: `kernel.util.minibatch`, `kernel.tokens.Doc`.
_MODULES = (
    "attrs", "errors", "lang", "language", "lexeme", "lookups", "matcher", "morphology", "pipeline",
    "scorer", "strings", "symbols", "tokenizer", "tokens", "training", "util", "vectors", "vocab",
)  # fmt: skip

__all__ = ["__version__", "hookimpl", *_TARGETS]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return import_module(f"kernel.{name}")
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel' has no attribute {name!r}")
    value = getattr(import_module(_TARGETS[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*__all__, *_MODULES))


if _conflict := import_name.conflict():
    warnings.warn(_conflict, RuntimeWarning, stacklevel=2)

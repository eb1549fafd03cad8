"""Helper functions under one public name, `kernel.util`, re-exported from the modules that define them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from thinc.api import compounding as compounding
    from thinc.api import decaying as decaying

    from kernel.config import load_config as load_config
    from kernel.pipeline.builder import get_lang_class as get_lang_class
    from kernel.pipeline.loading import load as load_model
    from kernel.pipeline.run.batching import minibatch as minibatch
    from kernel.pipeline.run.failures import ignore_error as ignore_error
    from kernel.pipeline.run.failures import raise_error as raise_error
    from kernel.pipeline.run.overlaps import filter_spans as filter_spans
    from kernel.pipeline.run.seeding import fix_random_seed as fix_random_seed
    from kernel.registry import registry as registry
    from kernel.text.base.spacing import get_words_and_spaces as get_words_and_spaces
    from kernel.text.tokenizer.punctuation import compile_infix_regex as compile_infix_regex
    from kernel.text.tokenizer.punctuation import compile_prefix_regex as compile_prefix_regex
    from kernel.text.tokenizer.punctuation import compile_suffix_regex as compile_suffix_regex
    from kernel.text.tokenizer.tokenizer_exceptions import update_exc as update_exc

_TARGETS = {
    "compile_infix_regex": "kernel.text.tokenizer.punctuation:compile_infix_regex",
    "compile_prefix_regex": "kernel.text.tokenizer.punctuation:compile_prefix_regex",
    "compile_suffix_regex": "kernel.text.tokenizer.punctuation:compile_suffix_regex",
    "compounding": "thinc.api:compounding",
    "decaying": "thinc.api:decaying",
    "filter_spans": "kernel.pipeline.run.overlaps:filter_spans",
    "fix_random_seed": "kernel.pipeline.run.seeding:fix_random_seed",
    "get_lang_class": "kernel.pipeline.builder:get_lang_class",
    "get_words_and_spaces": "kernel.text.base.spacing:get_words_and_spaces",
    "ignore_error": "kernel.pipeline.run.failures:ignore_error",
    "load_config": "kernel.config:load_config",
    "load_model": "kernel.pipeline.loading:load",
    "minibatch": "kernel.pipeline.run.batching:minibatch",
    "raise_error": "kernel.pipeline.run.failures:raise_error",
    "registry": "kernel.registry:registry",
    "update_exc": "kernel.text.tokenizer.tokenizer_exceptions:update_exc",
}

__all__ = [
    "compile_infix_regex",
    "compile_prefix_regex",
    "compile_suffix_regex",
    "compounding",
    "decaying",
    "filter_spans",
    "fix_random_seed",
    "get_lang_class",
    "get_words_and_spaces",
    "ignore_error",
    "load_config",
    "load_model",
    "minibatch",
    "raise_error",
    "registry",
    "update_exc",
]


def __getattr__(name: str) -> Any:
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel.util' has no attribute {name!r}")
    module, _, attribute = _TARGETS[name].partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

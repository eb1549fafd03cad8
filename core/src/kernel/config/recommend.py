"""Propose a config for a language and a pipeline, out of what the components' plugins recommend.

A plugin recommends through the kind `recommendations`: an entry named as the factory, whose target is called
as `kernel.contracts.Recommendation` says and returns the component's block:

    {"factory": "tagger", "model": {"@architectures": ...}, "requires": ["tok2vec"], "sections": {...}}

"requires" names components that must run before (added where the pipeline lacks them); "sections" holds
values for other sections, such as `{"initialize": {"vectors": "..."}}`, which go before what such a component
proposes for itself. Neither is written into the block. A component without an entry uses its factory's defaults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.config.fill import fill_config
from kernel.config.format.document import Config
from kernel.errors import ConfigError
from kernel.registry import registry

#: What a pipeline can be made for.
OPTIMIZE = ("efficiency", "accuracy")


def recommend_config(
    lang: str, pipeline: Sequence[str], *, optimize: str = "efficiency", gpu: bool = False
) -> Config:
    """Make a complete config with recommended settings.

    Args:
        lang: Code of the language.
        pipeline: Names of factories, in order.
        optimize: "efficiency" for small and fast, "accuracy" for larger and slower.
        gpu: Whether to train on a GPU.

    Raises:
        UnknownName: Nobody registers the language or a factory.
        ConfigError: The components need each other, or a value of `optimize` that does not exist.
    """
    if optimize not in OPTIMIZE:
        raise ConfigError(f"--optimize: expected one of {', '.join(OPTIMIZE)}, got {optimize!r}")
    registry.languages.entry(lang)
    blocks: dict[str, dict[str, Any]] = {}
    sections: dict[str, Any] = {}
    for component in pipeline:
        _add(component, lang, optimize, gpu, blocks, sections, ())
    own = Config(
        {"nlp": {"lang": lang, "pipeline": list(blocks)}, "components": blocks}, is_interpolated=False
    )
    return fill_config(own.merge(Config(sections, is_interpolated=False)))


def _add(
    component: str,
    lang: str,
    optimize: str,
    gpu: bool,
    blocks: dict[str, dict[str, Any]],
    sections: dict[str, Any],
    waiting: tuple[str, ...],
) -> None:
    """Add a component after those that it requires."""
    if component in blocks:
        return
    if component in waiting:
        circle = " -> ".join([*waiting, component])
        raise ConfigError(f"recommendations: components require each other, got {circle}; choose other ones")
    registry.factories.entry(component)
    block = _recommended(component, lang, optimize, gpu)
    for required in block.pop("requires", ()):
        _add(required, lang, optimize, gpu, blocks, sections, (*waiting, component))
    merged = Config(sections).merge(block.pop("sections", {}))
    sections.clear()
    sections.update(merged)
    blocks[component] = {"factory": component, **block}


def _recommended(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    if not registry.has("recommendations", component):
        return {}
    recommend = registry.get("recommendations", component)
    block: Mapping[str, Any] = recommend(component=component, lang=lang, optimize=optimize, gpu=gpu)
    return dict(block)

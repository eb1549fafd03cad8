"""Create a config for a language and a pipeline from the recommendations of plugins.

A plugin recommends settings through the kind `recommendations`: an entry with the name of the factory, whose target
has the signature of `kernel.contracts.Recommendation` and returns the component's block:

    {"factory": "tagger", "model": {"@architectures": ...}, "requires": ["tok2vec"], "sections": {...}}

"requires" names components that must run before (they are added if the pipeline lacks them); "sections" has
values for other sections, such as `{"initialize": {"vectors": "..."}}`, which take precedence over those that a
required component recommends. Neither is written to the block. A component without an entry uses its factory's
defaults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kernel.config.fill import fill_config
from kernel.config.format.document import Config
from kernel.errors import ConfigError
from kernel.registry import registry

#: What a pipeline can be optimized for.
OPTIMIZE = ("efficiency", "accuracy")


def recommend_config(
    lang: str, pipeline: Sequence[str], *, optimize: str = "efficiency", gpu: bool = False
) -> Config:
    """Return a filled config with recommended settings.

    Args:
        lang: Code of the language.
        pipeline: Names of factories, in order.
        optimize: "efficiency" for small and fast, "accuracy" for larger and slower.
        gpu: Whether to train on a GPU.

    Raises:
        UnknownName: The language or a factory is not registered.
        ConfigError: The components require each other, or the value of `optimize` is unknown.
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
        cycle = " -> ".join([*waiting, component])
        raise ConfigError(
            f"recommendations: these components require each other: {cycle}; propose a pipeline without one of them"
        )
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

"""A pipeline's config, kept in step with its components, and its values without variables."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from kernel.config import Config, combine_score_weights
from kernel.config.format.document import own_config
from kernel.pipeline.components.pipes import Pipes


class PipelineConfig:
    """A pipeline's own copy of its config.

    Args:
        config: The complete config.
        values: The same without variables, if available.
    """

    def __init__(self, config: Mapping[str, Any], values: Config | None = None) -> None:
        self._config = own_config(config)
        #: The config that `_values` was computed from.
        self._interpolated: Mapping[str, Any] = config if values is not None else {}
        self._values = values
        #: Components whose score weights are in the config. Those of sourced components are known once they are added.
        self.scored = {name for name, block in config.get("components", {}).items() if "factory" in block}

    def current(self, lang: str, pipes: Pipes) -> Config:
        """Update the config from a pipeline and return it; changes to it are kept.

        Args:
            lang: The language's code.
            pipes: The components.
        """
        config = self._config
        config.setdefault("nlp", {}).update(
            lang=lang,
            pipeline=pipes.names,
            disabled=[name for name in pipes.names if name in pipes.disabled],
        )
        config["components"] = {pipe.name: pipe.config for pipe in pipes}
        if not set(pipes.names) <= self.scored:
            training = config.setdefault("training", {})
            weights = training.get("score_weights") or {}
            # Unchanged weights are recomputed; the user's own take precedence over those of the components.
            own = {} if weights == combined_weights(pipes, self.scored) else weights
            training["score_weights"] = combined_weights(pipes, pipes.names, own)
            self.scored.update(pipes.names)
        return config

    def values(self) -> Config:
        """Return the config without variables; they are substituted again only after a change."""
        if self._values is None or self._interpolated != self._config:
            self._interpolated = self._config.copy()
            self._values = self._config.interpolate()
        return self._values


def combined_weights(
    pipes: Pipes, names: Container[str], own: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    """Combine the score weights that components declare.

    Args:
        pipes: All components.
        names: The components to include.
        own: Weights that take precedence.
    """
    declared = (pipe.meta.default_score_weights for pipe in pipes if pipe.name in names)
    return combine_score_weights(declared, own)


def values_of(nlp: Any) -> Config:
    """Return a pipeline's current config without variables, for reading only."""
    _ = nlp.config  # updates it
    values: Config = nlp._settings.values()
    return values

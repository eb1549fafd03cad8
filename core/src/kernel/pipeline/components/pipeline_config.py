"""The config that a pipeline has: in step with its components, and its values without variables."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from kernel.config import Config, combine_score_weights
from kernel.pipeline.components.pipes import Pipes


class PipelineConfig:
    """A pipeline's own copy of its config.

    Args:
        config: The config, complete.
        values: The same without variables, where that is known.
    """

    def __init__(self, config: Mapping[str, Any], values: Config | None = None) -> None:
        self._config = (
            config.copy() if isinstance(config, Config) else Config(config, is_interpolated=False).copy()
        )
        self._known: Mapping[str, Any] = config if values is not None else {}
        self._values = values
        #: Components whose score weights the config has. What sourced ones count is known once they are there.
        self.scored = {name for name, block in config.get("components", {}).items() if "factory" in block}

    def current(self, lang: str, pipes: Pipes) -> Config:
        """Bring the config up to date with a pipeline and return it; changes to it stay.

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
            # Weights that nobody changed are made anew; a user's own stay over those of the components.
            own = {} if weights == combined_weights(pipes, self.scored) else weights
            training["score_weights"] = combined_weights(pipes, pipes.names, own)
            self.scored.update(pipes.names)
        return config

    def values(self) -> Config:
        """Return the config without variables; they are replaced anew only where it has changed."""
        if self._values is None or self._known != self._config:
            self._known = self._config.copy()
            self._values = self._config.interpolate()
        return self._values


def combined_weights(
    pipes: Pipes, names: Container[str], own: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    """Combine the score weights that components state.

    Args:
        pipes: All components.
        names: Those that count.
        own: Weights that take precedence.
    """
    stated = (pipe.meta.default_score_weights for pipe in pipes if pipe.name in names)
    return combine_score_weights(stated, own)


def values_of(nlp: Any) -> Config:
    """Return a pipeline's config as it is now, without variables. To be read, not changed."""
    _ = nlp.config  # brings it up to date
    values: Config = nlp._settings.values()
    return values

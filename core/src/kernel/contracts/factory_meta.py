"""What a component's factory declares about itself, and the decorator that declares it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

#: The attribute of a factory that holds the declaration.
_DECLARED = "__factory__"


@dataclass(frozen=True)
class FactoryMeta:
    """What a component's factory declares about itself.

    Args:
        name: The factory's name in a config, `factory = "tagger"`.
        default_config: Defaults for the component's block.
        assigns: Attributes that the component sets, such as `token.tag`.
        requires: Attributes that must be set before it runs.
        retokenizes: Whether it changes the tokens.
        default_score_weights: Weight of each score in the pipeline's score; None hides a score.
    """

    name: str
    default_config: Mapping[str, Any] = field(default_factory=dict)
    assigns: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    retokenizes: bool = False
    default_score_weights: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def scores(self) -> tuple[str, ...]:
        """The names of the scores that the component reports."""
        return tuple(self.default_score_weights)


def factory(
    name: str,
    *,
    default_config: Mapping[str, Any] | str | None = None,
    assigns: Iterable[str] = (),
    requires: Iterable[str] = (),
    retokenizes: bool = False,
    default_score_weights: Mapping[str, float | None] | None = None,
) -> Callable[[F], F]:
    """Declare what a factory creates, in its attribute `__factory__`; the plugin's table registers it.

    Args:
        name: The factory's name in a config.
        default_config: Defaults for the component's block: a mapping, or the text of a config.
        assigns: Attributes that the component sets.
        requires: Attributes that must be set before it runs.
        retokenizes: Whether it changes the tokens.
        default_score_weights: Weight of each score in the pipeline's score; None hides a score.
    """
    meta = FactoryMeta(
        name,
        _as_mapping(default_config),
        tuple(assigns),
        tuple(requires),
        retokenizes,
        dict(default_score_weights or {}),
    )

    def declare(func: F) -> F:
        setattr(func, _DECLARED, meta)
        return func

    return declare


def stated_meta(function: object) -> FactoryMeta | None:
    """Return what a factory function declares; None if it declares nothing."""
    meta: FactoryMeta | None = getattr(function, _DECLARED, None)
    return meta


def _as_mapping(config: Mapping[str, Any] | str | None) -> Mapping[str, Any]:
    if isinstance(config, str):
        from confection import Config

        return dict(Config().from_str(config))
    return dict(config or {})

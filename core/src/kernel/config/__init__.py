"""Read, override, fill, check and resolve a config.

This module has the names that other packages use; each is imported on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.config.check import check_config as check_config
    from kernel.config.code import import_code as import_code
    from kernel.config.fill import fill_config as fill_config
    from kernel.config.format.document import Config as Config
    from kernel.config.load import load_config as load_config
    from kernel.config.load import load_with_code as load_with_code
    from kernel.config.load import with_overrides as with_overrides
    from kernel.config.overrides import apply_overrides as apply_overrides
    from kernel.config.overrides import environment_overrides as environment_overrides
    from kernel.config.overrides import parse_overrides as parse_overrides
    from kernel.config.plan import Plan as Plan
    from kernel.config.plan import make_plan as make_plan
    from kernel.config.recommend import recommend_config as recommend_config
    from kernel.config.rules.defaults import DEFAULT_CONFIG as DEFAULT_CONFIG
    from kernel.config.rules.score_weights import combine_score_weights as combine_score_weights

_TARGETS = {
    "Config": "format.document",
    "DEFAULT_CONFIG": "rules.defaults",
    "apply_overrides": "overrides",
    "check_config": "check",
    "combine_score_weights": "rules.score_weights",
    "environment_overrides": "overrides",
    "fill_config": "fill",
    "import_code": "code",
    "Plan": "plan",
    "make_plan": "plan",
    "load_config": "load",
    "load_with_code": "load",
    "parse_overrides": "overrides",
    "recommend_config": "recommend",
    "with_overrides": "load",
}

__all__ = [*_TARGETS]


def __getattr__(name: str) -> Any:
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel.config' has no attribute {name!r}")
    value = getattr(import_module(f"kernel.config.{_TARGETS[name]}"), name)
    globals()[name] = value
    return value

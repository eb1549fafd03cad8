"""The check of recommendations for new configs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kernel.contracts import Recommendation
from kernel.errors import ConfigAddress, ConfigError, KernelError


def check_recommendation(recommend: Recommendation, component: str, lang: str = "xx") -> dict[str, Any]:
    """Check that a block is proposed for all combinations of options, and gives a valid config.

    Args:
        recommend: The registered function, of an installed plugin.
        component: Name of the factory.
        lang: Language code.

    Returns:
        The block for efficiency on the CPU, for further assertions.
    """
    from kernel.config.recommend import OPTIMIZE, recommend_config

    blocks = []
    for optimize in OPTIMIZE:
        for gpu in (False, True):
            block = recommend(component=component, lang=lang, optimize=optimize, gpu=gpu)
            assert isinstance(block, Mapping), f"it does not return a block: {type(block).__name__}"
            assert json.loads(json.dumps(block)), f"the block is empty or not JSON data: {block!r:.200}"
            assert block.get("factory", component) == component, (
                f"the block's factory is {block['factory']!r}"
            )
            config = recommend_config(lang, [component], optimize=optimize, gpu=gpu)
            assert not (wrong := _mistakes(config)), "; ".join(wrong)
            blocks.append(dict(block))
    return blocks[0]


def _mistakes(config: Mapping[str, Any]) -> list[str]:
    """Return the mistakes in [components]; other sections may need plugins that are not installed."""
    from kernel.config.check import check_config

    try:
        check_config(config, unset_is_fine=True)
    except ConfigError as exc:
        return [str(one) for one in exc.errors if _is_of_a_component(one)]
    return []


def _is_of_a_component(error: KernelError) -> bool:
    return isinstance(error.where, ConfigAddress) and error.where.is_in("components")

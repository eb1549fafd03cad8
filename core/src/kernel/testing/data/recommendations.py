"""What every recommendation of a new config must do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kernel.contracts import Recommendation
from kernel.errors import ConfigAddress, ConfigError, KernelError


def check_recommendation(recommend: Recommendation, component: str, lang: str = "xx") -> dict[str, Any]:
    """Check that a component's block is proposed for every purpose, and that a config is made of it.

    Args:
        recommend: The function that the name stands for, registered and installed.
        component: Name of the factory.
        lang: The language.

    Returns:
        The block for efficiency on the CPU, for the test to look at.
    """
    from kernel.config.recommend import OPTIMIZE, recommend_config

    blocks = []
    for optimize in OPTIMIZE:
        for gpu in (False, True):
            block = recommend(component=component, lang=lang, optimize=optimize, gpu=gpu)
            assert isinstance(block, Mapping), f"it proposes no block: {type(block).__name__}"
            assert json.loads(json.dumps(block)), f"the block is empty or no plain data: {block!r:.200}"
            assert block.get("factory", component) == component, f"the block is of {block['factory']!r}"
            config = recommend_config(lang, [component], optimize=optimize, gpu=gpu)
            assert not (wrong := _mistakes(config)), "; ".join(wrong)
            blocks.append(dict(block))
    return blocks[0]


def _mistakes(config: Mapping[str, Any]) -> list[str]:
    """What is wrong with the components; the rest of a config may need plugins that are not here."""
    from kernel.config.check import check_config

    try:
        check_config(config, unset_is_fine=True)
    except ConfigError as exc:
        return [str(one) for one in exc.errors if _is_of_a_component(one)]
    return []


def _is_of_a_component(error: KernelError) -> bool:
    return isinstance(error.where, ConfigAddress) and error.where.is_in("components")

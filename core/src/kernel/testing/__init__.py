"""The conformance kit: one check per kind of plugin, for the tests of plugin authors.

A check takes a plugin's product, exercises everything that the kernel relies on, and fails with an AssertionError that
says what is wrong. `from kernel.testing import check_layer` imports only what that check needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.testing.data.augmenters import check_augmenter as check_augmenter
    from kernel.testing.data.batchers import check_batcher as check_batcher
    from kernel.testing.data.converters import check_converter as check_converter
    from kernel.testing.data.data_checks import check_data_check as check_data_check
    from kernel.testing.data.languages import check_language as check_language
    from kernel.testing.data.lookups import check_lookup as check_lookup
    from kernel.testing.data.matchers import check_matcher as check_matcher
    from kernel.testing.data.readers import check_reader as check_reader
    from kernel.testing.data.recommendations import check_recommendation as check_recommendation
    from kernel.testing.data.scorers import check_scorer as check_scorer
    from kernel.testing.data.tokenizers import check_tokenizer as check_tokenizer
    from kernel.testing.data.vectors import check_vectors as check_vectors
    from kernel.testing.models.architectures import check_architecture as check_architecture
    from kernel.testing.models.arrays import check_ops as check_ops
    from kernel.testing.models.devices import DeviceArray as DeviceArray
    from kernel.testing.models.devices import on_a_device as on_a_device
    from kernel.testing.models.initializers import check_initializer as check_initializer
    from kernel.testing.models.layers import check_layer as check_layer
    from kernel.testing.models.losses import check_loss as check_loss
    from kernel.testing.models.optimizers import check_optimizer as check_optimizer
    from kernel.testing.models.schedules import check_schedule as check_schedule
    from kernel.testing.runs.callbacks import check_callback as check_callback
    from kernel.testing.runs.commands import check_command as check_command
    from kernel.testing.runs.components import check_component as check_component
    from kernel.testing.runs.components import check_on_device as check_on_device
    from kernel.testing.runs.costs import check_import_cost as check_import_cost
    from kernel.testing.runs.distributions import write_distribution as write_distribution
    from kernel.testing.runs.imports import PUBLIC_MODULES as PUBLIC_MODULES
    from kernel.testing.runs.imports import check_imports as check_imports
    from kernel.testing.runs.launchers import check_launcher as check_launcher
    from kernel.testing.runs.loggers import check_logger as check_logger
    from kernel.testing.runs.loggers import step_info as step_info
    from kernel.testing.runs.names import check_names as check_names
    from kernel.testing.runs.updaters import check_updater as check_updater

_TARGETS = {
    "DeviceArray": "models.devices",
    "PUBLIC_MODULES": "runs.imports",
    "check_architecture": "models.architectures",
    "check_augmenter": "data.augmenters",
    "check_batcher": "data.batchers",
    "check_callback": "runs.callbacks",
    "check_command": "runs.commands",
    "check_component": "runs.components",
    "check_converter": "data.converters",
    "check_data_check": "data.data_checks",
    "check_import_cost": "runs.costs",
    "check_imports": "runs.imports",
    "check_initializer": "models.initializers",
    "check_language": "data.languages",
    "check_launcher": "runs.launchers",
    "check_layer": "models.layers",
    "check_logger": "runs.loggers",
    "check_lookup": "data.lookups",
    "check_loss": "models.losses",
    "check_matcher": "data.matchers",
    "check_names": "runs.names",
    "check_on_device": "runs.components",
    "check_ops": "models.arrays",
    "check_optimizer": "models.optimizers",
    "check_reader": "data.readers",
    "check_recommendation": "data.recommendations",
    "check_schedule": "models.schedules",
    "check_scorer": "data.scorers",
    "check_tokenizer": "data.tokenizers",
    "check_updater": "runs.updaters",
    "check_vectors": "data.vectors",
    "on_a_device": "models.devices",
    "step_info": "runs.loggers",
    "write_distribution": "runs.distributions",
}

__all__ = list(_TARGETS)


def __getattr__(name: str) -> Any:
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel.testing' has no attribute {name!r}")
    return getattr(import_module(f"kernel.testing.{_TARGETS[name]}"), name)

"""The conformance kit: one check per kind of plugin, for the tests of whoever writes one.

A check takes a plugin's product, tries what the kernel and its users will ask of it, and fails with an
AssertionError that says what does not hold. `from kernel.testing import check_layer` imports what it needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.testing.arrays import check_ops as check_ops
    from kernel.testing.augmenters import check_augmenter as check_augmenter
    from kernel.testing.batchers import check_batcher as check_batcher
    from kernel.testing.callbacks import check_callback as check_callback
    from kernel.testing.commands import check_command as check_command
    from kernel.testing.components import check_component as check_component
    from kernel.testing.components import check_on_device as check_on_device
    from kernel.testing.converters import check_converter as check_converter
    from kernel.testing.costs import check_import_cost as check_import_cost
    from kernel.testing.data_checks import check_data_check as check_data_check
    from kernel.testing.devices import DeviceArray as DeviceArray
    from kernel.testing.devices import on_a_device as on_a_device
    from kernel.testing.distributions import write_distribution as write_distribution
    from kernel.testing.initializers import check_initializer as check_initializer
    from kernel.testing.languages import check_language as check_language
    from kernel.testing.launchers import check_launcher as check_launcher
    from kernel.testing.layers import check_layer as check_layer
    from kernel.testing.loggers import check_logger as check_logger
    from kernel.testing.loggers import step_info as step_info
    from kernel.testing.lookups import check_lookup as check_lookup
    from kernel.testing.losses import check_loss as check_loss
    from kernel.testing.models import check_architecture as check_architecture
    from kernel.testing.names import check_names as check_names
    from kernel.testing.optimizers import check_optimizer as check_optimizer
    from kernel.testing.readers import check_reader as check_reader
    from kernel.testing.recommendations import check_recommendation as check_recommendation
    from kernel.testing.schedules import check_schedule as check_schedule
    from kernel.testing.scorers import check_scorer as check_scorer
    from kernel.testing.tokenizers import check_tokenizer as check_tokenizer
    from kernel.testing.updaters import check_updater as check_updater
    from kernel.testing.vectors import check_vectors as check_vectors

_TARGETS = {
    "DeviceArray": "devices",
    "check_architecture": "models",
    "check_augmenter": "augmenters",
    "check_batcher": "batchers",
    "check_callback": "callbacks",
    "check_command": "commands",
    "check_component": "components",
    "check_converter": "converters",
    "check_data_check": "data_checks",
    "check_import_cost": "costs",
    "check_initializer": "initializers",
    "check_language": "languages",
    "check_launcher": "launchers",
    "check_layer": "layers",
    "check_logger": "loggers",
    "check_lookup": "lookups",
    "check_loss": "losses",
    "check_names": "names",
    "check_on_device": "components",
    "check_ops": "arrays",
    "check_optimizer": "optimizers",
    "check_reader": "readers",
    "check_recommendation": "recommendations",
    "check_schedule": "schedules",
    "check_scorer": "scorers",
    "check_tokenizer": "tokenizers",
    "check_updater": "updaters",
    "check_vectors": "vectors",
    "on_a_device": "devices",
    "step_info": "loggers",
    "write_distribution": "distributions",
}

__all__ = list(_TARGETS)


def __getattr__(name: str) -> Any:
    if name not in _TARGETS:
        raise AttributeError(f"module 'kernel.testing' has no attribute {name!r}")
    return getattr(import_module(f"kernel.testing.{_TARGETS[name]}"), name)

"""The pipeline class and its language defaults: `from kernel.language import Language`."""

from kernel.pipeline.components.component import Component
from kernel.pipeline.language import Language
from kernel.text.tokenizer.language_defaults import Defaults

BaseDefaults = Defaults

__all__ = ["BaseDefaults", "Component", "Defaults", "Language"]

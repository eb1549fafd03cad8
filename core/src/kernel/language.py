"""The public door to the pipeline's class."""

from kernel.pipeline.components.component import Component
from kernel.pipeline.language import Language
from kernel.text.tokenizer.language_defaults import Defaults

BaseDefaults = Defaults

__all__ = ["BaseDefaults", "Component", "Defaults", "Language"]

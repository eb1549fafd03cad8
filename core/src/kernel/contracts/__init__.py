"""The plugin API as Protocols: what each kind of plugin provides, and what components, models and optimizers may offer.

`products` has one Protocol for each kind; `components`, `models` and `optimizers` describe what the training loop, the
pipeline and saving call if it exists; `factory_meta` describes what a component's factory declares. Only the functions
in `capabilities` contain code. Documents and array types are imported only by the type checker, so that plugins can be
listed without NumPy.
"""

from __future__ import annotations

from kernel.contracts.components import COMPONENT_PROTOCOLS as COMPONENT_PROTOCOLS
from kernel.contracts.components import Averaged as Averaged
from kernel.contracts.components import Batched as Batched
from kernel.contracts.components import Calibrated as Calibrated
from kernel.contracts.components import HandlesErrors as HandlesErrors
from kernel.contracts.components import HasModel as HasModel
from kernel.contracts.components import HasName as HasName
from kernel.contracts.components import Initialized as Initialized
from kernel.contracts.components import Labelled as Labelled
from kernel.contracts.components import Rehearsed as Rehearsed
from kernel.contracts.components import SavedToBytes as SavedToBytes
from kernel.contracts.components import SavedToDisk as SavedToDisk
from kernel.contracts.components import Scored as Scored
from kernel.contracts.components import Sharing as Sharing
from kernel.contracts.components import Stepped as Stepped
from kernel.contracts.components import Trainable as Trainable
from kernel.contracts.factory_meta import FactoryMeta as FactoryMeta
from kernel.contracts.factory_meta import factory as factory
from kernel.contracts.factory_meta import stated_meta as stated_meta
from kernel.contracts.models import ModelAttrs as ModelAttrs
from kernel.contracts.models import SavedShim as SavedShim
from kernel.contracts.optimizers import Adaptive as Adaptive
from kernel.contracts.optimizers import Averaging as Averaging
from kernel.contracts.optimizers import Deferring as Deferring
from kernel.contracts.optimizers import Grouped as Grouped
from kernel.contracts.optimizers import Scheduled as Scheduled
from kernel.contracts.products import Augmenter as Augmenter
from kernel.contracts.products import Batcher as Batcher
from kernel.contracts.products import BindableLoss as BindableLoss
from kernel.contracts.products import Callback as Callback
from kernel.contracts.products import CheckedReader as CheckedReader
from kernel.contracts.products import Converter as Converter
from kernel.contracts.products import DataCheck as DataCheck
from kernel.contracts.products import ExclusiveLoss as ExclusiveLoss
from kernel.contracts.products import Launcher as Launcher
from kernel.contracts.products import Logger as Logger
from kernel.contracts.products import LogStep as LogStep
from kernel.contracts.products import Loss as Loss
from kernel.contracts.products import Matcher as Matcher
from kernel.contracts.products import PipelineComponent as PipelineComponent
from kernel.contracts.products import Reader as Reader
from kernel.contracts.products import RecognisingConverter as RecognisingConverter
from kernel.contracts.products import Recommendation as Recommendation
from kernel.contracts.products import ResumableLogStep as ResumableLogStep
from kernel.contracts.products import ScoringFunction as ScoringFunction
from kernel.contracts.products import StrictLogger as StrictLogger
from kernel.contracts.products import TokenizerFunction as TokenizerFunction
from kernel.contracts.products import Updater as Updater

"""One hook per kind of plugin, in the order of a run: the complete list of extension points.

A hook returns a table, `{name: "module:attribute"}`, and does nothing else. Targets are imported when their name is
first looked up. `KINDS` lists the kinds in this order.
"""

# mypy: disable-error-code="empty-body"
from __future__ import annotations

from collections.abc import Mapping

from pluggy import HookspecMarker

Names = Mapping[str, str]

hookspec = HookspecMarker("kernel")


# -- the language and its texts ------------------------------------------------------------------------------


@hookspec
def register_languages() -> Names:
    """Languages: tokenizer rules, stop words, lexical attributes.

    Config      lang, under [nlp]
    Target      a subclass of kernel.language.Language with `lang` and `Defaults`; the name is the code
    Product     kernel.language.Language
    Check       kernel.testing.check_language
    """


@hookspec
def register_tokenizers() -> Names:
    """Ways to split a text into tokens.

    Config      @tokenizers, under [nlp.tokenizer]
    Target      a factory; its keyword arguments are the block's keys
    Product     a function from an nlp object to a kernel.contracts.TokenizerFunction
    Check       kernel.testing.check_tokenizer
    """


@hookspec
def register_vectors() -> Names:
    """Tables of word vectors.

    Config      @vectors, under [nlp.vectors]
    Target      a factory; its keyword arguments are the block's keys
    Product     a function from a kernel.vocab.Vocab to a kernel.vectors.Vectors
    Check       kernel.testing.check_vectors
    """


@hookspec
def register_lookups() -> Names:
    """Word lists and lookup tables of a language, for its vocabulary and components.

    Config      none; loaded by language and table with `kernel.lookups.load_lookups`
    Target      a function without arguments that returns a mapping; the name is language and table, `en.lemmas`
    Product     a mapping of strings
    Check       kernel.testing.check_lookup
    """


@hookspec
def register_matchers() -> Names:
    """Rules that find places in documents.

    Config      none; `from kernel.matcher import NAME`
    Target      a class of which a kernel.vocab.Vocab makes a matcher; the name is what people import
    Product     kernel.contracts.Matcher
    Check       kernel.testing.check_matcher
    """


# -- data ----------------------------------------------------------------------------------------------------


@hookspec
def register_converters() -> Names:
    """Readers of other formats, which `kernel convert` turns into training data.

    Config      none; `kernel convert --converter NAME`, or the file's extension
    Target      a function from a path and options to documents; the name is the format or the extension
    Product     kernel.contracts.Converter
    Check       kernel.testing.check_converter
    """


@hookspec
def register_data_checks() -> Names:
    """Checks of a corpus before a component is trained on it.

    Config      none; the name is the component's factory
    Target      a function of the pipeline and both corpora that yields sentences
    Product     kernel.contracts.DataCheck
    Check       kernel.testing.check_data_check
    """


@hookspec
def register_readers() -> Names:
    """Sources of examples.

    Config      @readers, under [corpora.train] and [corpora.dev]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Reader
    Check       kernel.testing.check_reader
    """


@hookspec
def register_augmenters() -> Names:
    """Variations of an example.

    Config      @augmenters, under [corpora.train.augmenter]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Augmenter
    Check       kernel.testing.check_augmenter
    """


@hookspec
def register_batchers() -> Names:
    """Ways to group examples into batches, one per step.

    Config      @batchers, under [training.batcher]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Batcher
    Check       kernel.testing.check_batcher
    """


# -- models --------------------------------------------------------------------------------------------------


@hookspec
def register_architectures() -> Names:
    """Models of components, and parts of models.

    Config      @architectures, under [components.NAME.model]
    Target      a factory; its keyword arguments are the block's keys
    Product     thinc.api.Model
    Check       kernel.testing.check_architecture
    """


@hookspec
def register_layers() -> Names:
    """Layers that architectures are built from.

    Config      @layers, inside a model
    Target      a factory; its keyword arguments are the block's keys
    Product     thinc.api.Model
    Check       kernel.testing.check_layer
    """


@hookspec
def register_initializers() -> Names:
    """Initial values of parameters.

    Config      @initializers, inside a model
    Target      a factory; its keyword arguments are the block's keys
    Product     a function from Ops and a shape to an array
    Check       kernel.testing.check_initializer
    """


@hookspec
def register_losses() -> Names:
    """Loss functions: distances between predictions and gold values.

    Config      @losses, under [components.NAME.loss]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Loss
    Check       kernel.testing.check_loss
    """


@hookspec
def register_ops() -> Names:
    """Array operations of a device or library.

    Config      @ops
    Target      a subclass of thinc.api.Ops
    Product     thinc.api.Ops
    Check       kernel.testing.check_ops
    """


# -- components ----------------------------------------------------------------------------------------------


@hookspec
def register_factories() -> Names:
    """Components of a pipeline.

    Config      factory, under [components.NAME]
    Target      a function decorated with kernel.contracts.factory, of nlp, name and the block's keys
    Product     kernel.contracts.PipelineComponent
    Check       kernel.testing.check_component
    """


@hookspec
def register_scorers() -> Names:
    """Evaluation of a component's predictions.

    Config      @scorers, under [components.NAME.scorer]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.ScoringFunction
    Check       kernel.testing.check_scorer
    """


@hookspec
def register_recommendations() -> Names:
    """Settings that `kernel init config` proposes for a component.

    Config      none; the name is the component's factory
    Target      a function of component, lang, optimize and gpu that returns a block
    Product     kernel.contracts.Recommendation
    Check       kernel.testing.check_recommendation
    """


# -- the run -------------------------------------------------------------------------------------------------


@hookspec
def register_schedules() -> Names:
    """Series of numbers, such as learning rates and batch sizes.

    Config      @schedules, wherever a number may change from step to step
    Target      a factory; its keyword arguments are the block's keys
    Product     a generator of numbers
    Check       kernel.testing.check_schedule
    """


@hookspec
def register_optimizers() -> Names:
    """Rules that turn gradients into updates of parameters.

    Config      @optimizers, under [training.optimizer]
    Target      a factory; its keyword arguments are the block's keys
    Product     thinc.api.Optimizer
    Check       kernel.testing.check_optimizer
    """


@hookspec
def register_updaters() -> Names:
    """How gradients are applied: in this process, or shared among several.

    Config      @updaters, under [training.updater]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Updater
    Check       kernel.testing.check_updater
    """


@hookspec
def register_launchers() -> Names:
    """Where training runs: in this process, or in several.

    Config      @launchers, under [training.launcher]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Launcher
    Check       kernel.testing.check_launcher
    """


@hookspec
def register_loggers() -> Names:
    """Outputs for the progress of a run.

    Config      @loggers, under [training.logger]
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Logger
    Check       kernel.testing.check_logger
    """


@hookspec
def register_callbacks() -> Names:
    """Functions that change the nlp object at points of its life cycle.

    Config      @callbacks, under [nlp.before_creation], [initialize.before_init] and the like
    Target      a factory; its keyword arguments are the block's keys
    Product     kernel.contracts.Callback
    Check       kernel.testing.check_callback
    """


# -- the rest ------------------------------------------------------------------------------------------------


@hookspec
def register_commands() -> Names:
    """Commands of the command line; they cannot replace the kernel's own.

    Config      none; `kernel NAME`
    Target      a click command
    Product     click.Command
    Check       kernel.testing.check_command
    """


@hookspec
def register_misc() -> Names:
    """Anything else that a config builds; kept for existing names, not meant for new ones.

    Config      @misc
    Target      a factory; its keyword arguments are the block's keys
    Product     depends on the block
    Check       kernel.testing.check_names
    """


PREFIX = "register_"

#: The kinds, in the order above.
KINDS: tuple[str, ...] = tuple(
    name.removeprefix(PREFIX) for name in list(globals()) if name.startswith(PREFIX)
)

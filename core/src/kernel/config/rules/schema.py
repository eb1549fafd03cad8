"""The keys of each section, with their types and titles. The defaults are in `default.cfg`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NoReturn

from annotated_types import Ge, Le

from kernel.config.rules.typing_rules import name_of
from kernel.limits import Count, Positive, Share


@dataclass(frozen=True)
class Field:
    """One key of a section.

    Args:
        title: What it is, in one line.
        type: The type of a plain value.
        kind: Kind of the registered function that may be called instead, by a section with `@kind`.
        keys: Keys of the section, if the value is a section of plain values.
        several: Whether a list of such functions is allowed, as sections below `*`.
    """

    title: str
    type: Any = NoReturn
    kind: str = ""
    keys: Mapping[str, Field] = field(default_factory=dict)
    several: bool = False

    @property
    def words(self) -> str:
        """The expected value, for a message."""
        if not self.kind:
            return name_of(self.type)
        block = f"a section with @{self.kind}"
        if self.several:
            block += ", or several such sections below a section '*'"
        return block if self.type is NoReturn else f"{name_of(self.type)} or {block}"


@dataclass(frozen=True)
class Section:
    """One top-level section.

    Args:
        title: What it is, in one line.
        fields: Its keys.
        others: The value of user-defined keys, if these are allowed.
    """

    title: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    others: Field | None = None


_NAMES = list[str]
_CALLBACK = None
#: The range that NumPy accepts.
_SEED = Annotated[int, Ge(0), Le(2**32 - 1)] | None
_ALLOCATOR = Literal["pytorch", "tensorflow"] | None

#: Sections that `default.cfg` does not have, since they have no defaults.
OPTIONAL = ("plugins",)

CHECKPOINT = {
    "every_steps": Field("Steps between two checkpoints", Count),
    "keep_last": Field("Newest checkpoints that are kept", Count),
    "keep_best": Field("Best pipelines that are kept", Annotated[int, Ge(1)]),
}

SCHEMA: dict[str, Section] = {
    "plugins": Section(
        "Which plugins this config uses, and which distributions it needs",
        {
            "allow": Field("Only these plugins or distributions; empty for all", _NAMES),
            "deny": Field("All plugins or distributions except these", _NAMES),
            "require": Field("Distributions that must be installed, as pip writes them", _NAMES),
        },
    ),
    "paths": Section(
        "Where the data is",
        {
            "train": Field("Training corpus", str | None),
            "dev": Field("Development corpus", str | None),
            "vectors": Field("Saved pipeline whose vectors are used", str | None),
            "init_tok2vec": Field("Pretrained tok2vec weights", str | None),
        },
        others=Field("A path or value that other sections refer to", Any),
    ),
    "system": Section(
        "What depends on the machine",
        {
            "seed": Field("Seed of every random number", _SEED),
            "gpu_allocator": Field("Library that manages GPU memory", _ALLOCATOR),
        },
    ),
    "nlp": Section(
        "The object that is built",
        {
            "lang": Field("Code of the language", str),
            "pipeline": Field("Names of the components, in order", _NAMES),
            "disabled": Field("Components that are switched off", _NAMES),
            "before_creation": Field("Callback with the language's class", _CALLBACK, "callbacks"),
            "after_creation": Field("Callback with the new object", _CALLBACK, "callbacks"),
            "after_pipeline_creation": Field("Callback with the whole pipeline", _CALLBACK, "callbacks"),
            "batch_size": Field("Texts that are processed at once", Positive),
            "tokenizer": Field("Creates the tokenizer", kind="tokenizers"),
            "vectors": Field("Creates the table of word vectors", kind="vectors"),
        },
    ),
    "components": Section("The components by name", others=Field("A component", dict)),
    "corpora": Section("Readers of examples by name", others=Field("A reader", kind="readers")),
    "training": Section(
        "How the pipeline is trained",
        {
            "seed": Field("Seed of every random number", _SEED),
            "gpu_allocator": Field("Library that manages GPU memory", _ALLOCATOR),
            "deterministic": Field("Whether to reject operations that are not reproducible", bool),
            "train_corpus": Field("Dotted path of the training reader", str),
            "dev_corpus": Field("Dotted path of the development reader", str),
            "dropout": Field("Fraction of outputs set to zero", Share, "schedules"),
            "accumulate_gradient": Field("Parts that a batch is divided into, to save memory", Positive),
            "patience": Field("Steps without a better score before stopping", Count),
            "max_epochs": Field("Passes over the data", Annotated[int, Ge(-1)]),
            "max_steps": Field("Maximum number of steps", Count),
            "eval_frequency": Field("Steps between evaluations", Positive),
            "frozen_components": Field("Components that are not trained", _NAMES),
            "annotating_components": Field("Components that annotate during training", _NAMES),
            "before_to_disk": Field("Callback before saving", _CALLBACK, "callbacks"),
            "before_update": Field("Callback before each update", _CALLBACK, "callbacks"),
            "checkpoint": Field("What is kept on disk", keys=CHECKPOINT),
            "logger": Field("Reports the run", kind="loggers", several=True),
            "batcher": Field("Groups examples into batches", kind="batchers"),
            "optimizer": Field("Computes updates from gradients", kind="optimizers"),
            "launcher": Field("Starts the training processes", kind="launchers"),
            "updater": Field("Applies the gradients", kind="updaters"),
            "score_weights": Field("Weight of each score", dict[str, float | None]),
        },
    ),
    "initialize": Section(
        "What initializing the pipeline uses",
        {
            "vectors": Field("Saved pipeline whose vectors are used", str | None),
            "init_tok2vec": Field("Pretrained tok2vec weights", str | None),
            "vocab_data": Field("File with attributes of words", str | None, "readers"),
            "lookups": Field("Lookup tables", None, "misc"),
            "before_init": Field("Callback before initializing", _CALLBACK, "callbacks"),
            "after_init": Field("Callback after initializing", _CALLBACK, "callbacks"),
            "tokenizer": Field("Arguments of the tokenizer's initialize", dict),
            "components": Field("Arguments of each component's initialize", dict[str, dict[str, Any]]),
        },
    ),
    "pretraining": Section(
        "Pretraining of the tok2vec layer; empty for none",
        {
            "max_epochs": Field("Passes over the data", Count),
            "dropout": Field("Fraction of outputs set to zero", Share),
            "n_save_every": Field("Batches between saves", Count | None),
            "n_save_epoch": Field("Passes between saves", Count | None),
            "component": Field("Component whose layer is trained", str),
            "layer": Field("Name of the layer; empty for the model", str),
            "corpus": Field("Dotted path of the reader", str),
            "batcher": Field("Groups texts into batches", kind="batchers"),
            "optimizer": Field("Computes updates from gradients", kind="optimizers"),
            "objective": Field("What is learned", kind="architectures"),
            "logger": Field("Reports the run", kind="loggers"),
        },
    ),
}

"""Turn a filled config into a Run of live objects: the one place that resolves `[training]`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.config.block_tree import is_list
from kernel.config.format.document import Config
from kernel.config.plan import Plan
from kernel.config.plugin_choice import plugins_of
from kernel.config.resolve import resolve, resolve_value
from kernel.config.rules.signatures import POSITIONAL
from kernel.contracts import Launcher, Reader
from kernel.errors import ConfigError, did_you_mean
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.language import Language
from kernel.training.loggers.logger_list import chained
from kernel.training.run import Retention, Run
from kernel.training.stopping import StopRule


def launcher(plan: Plan) -> Launcher:
    """Resolve the launcher, the one block that is needed before all others."""
    resolved: Launcher = resolve(plan.values, "training.launcher")
    return resolved


def assemble(nlp: Language) -> Run:
    """Resolve a pipeline's own config into everything that training needs."""
    config = values_of(nlp)
    section = {key: value for key, value in config["training"].items() if key != "launcher"}
    with plugins_of(config):
        settings = resolve_value(section, "training", config.sources)
    corpora = resolved_corpora(config, (settings["train_corpus"], settings["dev_corpus"]))
    return Run(
        nlp=nlp,
        optimizer=settings["optimizer"],
        updater=settings["updater"],
        train_corpus=corpus(corpora, settings["train_corpus"], "train_corpus"),
        dev_corpus=corpus(corpora, settings["dev_corpus"], "dev_corpus"),
        batcher=settings["batcher"],
        logger=listed_loggers(settings["logger"]),
        rule=StopRule(settings["max_steps"], settings["max_epochs"], settings["patience"]),
        dropout=settings["dropout"],
        accumulate_gradient=settings["accumulate_gradient"],
        eval_frequency=settings["eval_frequency"],
        score_weights=settings["score_weights"],
        frozen=component_names(nlp, settings["frozen_components"], "frozen_components"),
        annotating=component_names(nlp, settings["annotating_components"], "annotating_components"),
        before_update=settings["before_update"],
        before_to_disk=settings["before_to_disk"],
        seed=settings["seed"],
        keeping=Retention(**settings["checkpoint"]),
        logger_paths=frozenset(_paths(section["logger"])),
        settings=config,
    )


def _paths(block: Any) -> Iterator[Path]:
    """Yield every string in a block as a path."""
    if isinstance(block, str):
        yield Path(block).absolute()
    elif isinstance(block, Mapping):
        for value in block.values():
            yield from _paths(value)


def listed_loggers(logger: Any) -> Any:
    """Combine the loggers of `[training.logger.*.NAME]` into one; return a single logger as it is."""
    return chained(logger[POSITIONAL], f"training.logger.{POSITIONAL}") if is_list(logger) else logger


def resolved_corpora(config: Config, dotted: Sequence[str]) -> dict[str, Any]:
    """Resolve the sections that dotted names refer to, each once."""
    roots = {name.partition(".")[0] for name in dotted if isinstance(name, str)}
    return {root: resolve(config, root) for root in sorted(roots) if root in config}


def corpus(sections: Mapping[str, Any], dotted: str, key: str) -> Reader:
    """Find a corpus by its dotted name, such as "corpora.train".

    Raises:
        ConfigError: The name is unknown, or is not that of a corpus.
    """
    value: Any = sections
    for part in dotted.split(".") if isinstance(dotted, str) else [dotted]:
        if not isinstance(value, Mapping) or part not in value:
            names = [f"{root}.{name}" for root, section in sections.items() for name in section]
            raise ConfigError(
                f"[training] {key}: unknown corpus {dotted!r}{did_you_mean(str(dotted), names)}"
            )
        value = value[part]
    if not callable(value):
        raise ConfigError(
            f"[training] {key}: expected the name of a corpus, got {dotted!r}; name one of [corpora]"
        )
    reader: Reader = value
    return reader


def component_names(nlp: Language, names: Sequence[str], key: str) -> tuple[str, ...]:
    """Check that components are in the pipeline.

    Raises:
        ConfigError: One of them is unknown.
    """
    for name in names:
        if name not in nlp.component_names:
            raise ConfigError(
                f"[training] {key}: unknown component {name!r}{did_you_mean(name, nlp.component_names)}"
            )
    return tuple(names)

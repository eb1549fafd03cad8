"""A filled config into a Run of live objects: the one place that resolves `[training]`."""

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
    """Resolve who runs the training: the one block that is needed before all others."""
    made: Launcher = resolve(plan.values, "training.launcher")
    return made


def assemble(nlp: Language) -> Run:
    """Resolve a pipeline's own config into what a training needs."""
    config = values_of(nlp)
    section = {key: value for key, value in config["training"].items() if key != "launcher"}
    with plugins_of(config):
        made = resolve_value(section, "training", config.sources)
    corpora = resolved_corpora(config, (made["train_corpus"], made["dev_corpus"]))
    return Run(
        nlp=nlp,
        optimizer=made["optimizer"],
        updater=made["updater"],
        train_corpus=corpus(corpora, made["train_corpus"], "train_corpus"),
        dev_corpus=corpus(corpora, made["dev_corpus"], "dev_corpus"),
        batcher=made["batcher"],
        logger=listed_loggers(made["logger"]),
        rule=StopRule(made["max_steps"], made["max_epochs"], made["patience"]),
        dropout=made["dropout"],
        accumulate_gradient=made["accumulate_gradient"],
        eval_frequency=made["eval_frequency"],
        score_weights=made["score_weights"],
        frozen=component_names(nlp, made["frozen_components"], "frozen_components"),
        annotating=component_names(nlp, made["annotating_components"], "annotating_components"),
        before_update=made["before_update"],
        before_to_disk=made["before_to_disk"],
        seed=made["seed"],
        keeping=Retention(**made["checkpoint"]),
        logger_paths=frozenset(_paths(section["logger"])),
        settings=config,
    )


def _paths(block: Any) -> Iterator[Path]:
    """Yield every text of a block as a path."""
    if isinstance(block, str):
        yield Path(block).absolute()
    elif isinstance(block, Mapping):
        for value in block.values():
            yield from _paths(value)


def listed_loggers(made: Any) -> Any:
    """Make one logger of `[training.logger.*.NAME]`; one that is none stays as it is."""
    return chained(made[POSITIONAL], f"training.logger.{POSITIONAL}") if is_list(made) else made


def resolved_corpora(config: Config, dotted: Sequence[str]) -> dict[str, Any]:
    """Resolve the sections that the dotted names begin with, each once."""
    roots = {name.partition(".")[0] for name in dotted if isinstance(name, str)}
    return {root: resolve(config, root) for root in sorted(roots) if root in config}


def corpus(sections: Mapping[str, Any], dotted: str, key: str) -> Reader:
    """Find a corpus by its dotted name, such as "corpora.train".

    Raises:
        ConfigError: Nothing that reads stands under the name.
    """
    found: Any = sections
    for part in dotted.split(".") if isinstance(dotted, str) else [dotted]:
        if not isinstance(found, Mapping) or part not in found:
            known = [f"{root}.{name}" for root, made in sections.items() for name in made]
            raise ConfigError(
                f"[training] {key}: no section of the config is called so, got {dotted!r}"
                f"{did_you_mean(str(dotted), known)}"
            )
        found = found[part]
    if not callable(found):
        raise ConfigError(
            f"[training] {key}: expected the name of a corpus, got {dotted!r}; name one of [corpora]"
        )
    reader: Reader = found
    return reader


def component_names(nlp: Language, names: Sequence[str], key: str) -> tuple[str, ...]:
    """Check that components are in the pipeline.

    Raises:
        ConfigError: One is not.
    """
    for name in names:
        if name not in nlp.component_names:
            raise ConfigError(
                f"[training] {key}: no component is called so, got {name!r}"
                f"{did_you_mean(name, nlp.component_names)}"
            )
    return tuple(names)

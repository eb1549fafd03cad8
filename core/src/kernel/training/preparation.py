"""Build a pipeline from a config, and initialize it: labels and shapes come from the data."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from kernel.config.plan import Plan
from kernel.contracts.capabilities import groups_of
from kernel.pipeline.language import Language
from kernel.pipeline.optim.groups import check_used
from kernel.pipeline.run.seeding import fix_random_seed
from kernel.text.gold.example import Example
from kernel.training.assemble import assemble
from kernel.training.cached_corpus import CachedCorpus
from kernel.training.device import use_device
from kernel.training.frozen_guard import check_frozen
from kernel.training.run import Run

logger = logging.getLogger(__name__)

#: Number of examples of a streamed corpus to take labels and shapes from.
N_STREAMED = 100


def initialize_nlp(config: Mapping[str, Any] | Plan, use_gpu: int = -1) -> Language:
    """Build a pipeline from a config and initialize it with the training corpus.

    Args:
        config: The whole config, or a plan made from it.
        use_gpu: GPU number; -1 for the CPU.
    """
    return prepare(config, use_gpu).nlp


def prepare(config: Mapping[str, Any] | Plan, use_gpu: int = -1) -> Run:
    """Build and initialize a pipeline and everything that its training needs.

    Frozen components stay unchanged; those sourced from another pipeline continue from its weights.
    """
    plan = Plan.of(config)
    with plan.selected():
        return _prepare(plan, use_gpu)


def _prepare(plan: Plan, use_gpu: int) -> Run:
    values = plan.values
    if values["training"]["seed"] is not None:
        fix_random_seed(values["training"]["seed"])
    training = values["training"]
    use_device(use_gpu, training["gpu_allocator"], deterministic=training["deterministic"])
    sourced = [name for name, block in values["components"].items() if "source" in block]
    nlp = Language.from_config(plan)
    run = assemble(nlp)
    check_frozen(run)
    if run.rule.max_epochs >= 0 and not changes_words(values):
        run = replace(run, train_corpus=CachedCorpus(run.train_corpus))
    resumed = [name for name in sourced if name in nlp.pipe_names and name not in run.frozen]
    if resumed:
        logger.info("components that continue from their weights: %s", ", ".join(resumed))
        with nlp.select_pipes(enable=resumed):
            nlp.resume_training(sgd=run.optimizer)

    def sample() -> Iterable[Example]:
        examples = run.train_corpus(nlp)
        return islice(examples, N_STREAMED) if run.rule.max_epochs < 0 else examples

    with nlp.select_pipes(disable=[*run.frozen, *resumed]):
        nlp.initialize(sample, sgd=run.optimizer)
        logger.info("initialized components: %s", ", ".join(nlp.pipe_names))
    check_used(groups_of(run.optimizer), nlp.pipeline)
    return run


def changes_words(values: Mapping[str, Any]) -> bool:
    """Return whether initialization may change tokenizer or vocabulary and so invalidate examples read before."""
    block = values["initialize"]
    return any(block.get(key) for key in ("before_init", "after_init", "tokenizer"))

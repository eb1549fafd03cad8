"""What a run is made of: Run goes in, Steps come out, a Header opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.contracts import Batcher, Reader, Updater
from kernel.contracts.capabilities import learn_rate_of
from kernel.pipeline.language import Language
from kernel.training.stopping import EvalResult, Stopped, StopRule


@dataclass(frozen=True)
class Retention:
    """What of a run is kept on the disk, besides the last pipeline.

    Args:
        every_steps: Steps between two checkpoints to go on from; 0: one at every evaluation.
        keep_last: So many checkpoints, the newest; 0 keeps none, and the run cannot be gone on with.
        keep_best: So many pipelines, the best; the first of them is model-best.
    """

    every_steps: int = 0
    keep_last: int = 1
    keep_best: int = 1


@dataclass(frozen=True)
class Run:
    """Everything that a training needs, resolved once; nothing below looks into a config.

    Args:
        nlp: The initialized pipeline.
        optimizer: Thinc's optimizer; its averages, where it keeps them, are what is evaluated and saved.
        updater: Turns the gradients of a step into parameters.
        train_corpus: Reads the examples to learn from.
        dev_corpus: Reads the examples to be measured on.
        batcher: Cuts a stream of examples into batches.
        logger: Begins to watch the run.
        rule: When to stop.
        dropout: One rate for every step, or a schedule of them.
        accumulate_gradient: Parts into which a batch is cut, to need less memory.
        eval_frequency: Steps between two evaluations.
        score_weights: Scores to shares of the one score; None hides a score.
        frozen: Components that are not updated.
        annotating: Components that annotate the examples for the ones after them while they learn.
        before_update: Called before every step.
        before_to_disk: Called on the pipeline before it is saved; what it returns is saved.
        seed: Of the order of the examples; None draws one.
        keeping: What is kept on the disk.
        logger_paths: Files that the logger may write, as absolute paths.
        settings: The config without variables, for loggers to record.
    """

    nlp: Language
    optimizer: Any
    updater: Updater
    train_corpus: Reader
    dev_corpus: Reader
    batcher: Batcher
    logger: Callable[..., Any]
    rule: StopRule
    dropout: float | Iterable[float] = 0.1
    accumulate_gradient: int = 1
    eval_frequency: int = 200
    score_weights: Mapping[str, float | None] = field(default_factory=dict)
    frozen: Sequence[str] = ()
    annotating: Sequence[str] = ()
    before_update: Callable[[Language, dict[str, int]], object] | None = None
    before_to_disk: Callable[[Language], Language] | None = None
    seed: int | None = 0
    keeping: Retention = Retention()
    logger_paths: frozenset[Path] = frozenset()
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One update of the parameters and what is known after it.

    Args:
        epoch: Passes over the corpus that were completed before it.
        step: Its number, from 0.
        losses: Component to loss, summed since the last evaluation.
        n_words: Words learned from since the run began.
        seconds: Since the run began, evaluations included.
        score: The one score, if it was evaluated.
        scores: All scores, if it was evaluated.
        is_best: Whether no evaluation before was better.
        checkpoints: All results so far, as (score, step, epoch).
        stopped: Why this is the last step, if it is and that was known at once.
    """

    epoch: int
    step: int
    losses: Mapping[str, float]
    n_words: int
    seconds: float
    score: float | None = None
    scores: Mapping[str, Any] | None = None
    is_best: bool = False
    checkpoints: tuple[EvalResult, ...] = ()
    stopped: Stopped | None = None

    @property
    def is_evaluated(self) -> bool:
        """Whether the pipeline was measured after this step."""
        return self.score is not None


#: Stands for a step where there was none.
BEFORE_THE_FIRST = Step(0, -1, {}, 0, 0.0)


@dataclass(frozen=True)
class Header:
    """What is known before the first step: what is printed, and what loggers are given.

    Args:
        pipeline: Names of the components in use.
        frozen: Components that are not updated.
        annotating: Components that annotate the examples for the ones after them.
        learn_rate: The optimizer's first learning rate, where it has one.
        after: The last step of the part that was done before, if the run is resumed.
        score_weights: Scores to shares of the one score; None hides a score.
        max_steps: Steps after which the run ends; 0 for no limit.
        eval_frequency: Steps between two evaluations.
        settings: The config without variables.
    """

    pipeline: Sequence[str]
    frozen: Sequence[str]
    annotating: Sequence[str]
    learn_rate: float | None
    after: Step | None = None
    score_weights: Mapping[str, float | None] = field(default_factory=dict)
    max_steps: int = 0
    eval_frequency: int = 0
    settings: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, after: Step | None = None) -> Header:
        """Read the header off a run, which may go on after a step."""
        rate = learn_rate_of(run.optimizer)
        return cls(
            run.nlp.pipe_names,
            run.frozen,
            run.annotating,
            rate,
            after,
            run.score_weights,
            run.rule.max_steps,
            run.eval_frequency,
            run.settings,
        )

    @classmethod
    def of_pipeline(cls, nlp: Any) -> Header:
        """Read off a pipeline's config what is known before a run is assembled, for loggers that are called alone."""
        config = nlp.config
        settings = config.interpolate() if hasattr(config, "interpolate") else config
        training = settings.get("training", {})
        return cls(
            [name for name, _ in nlp.pipeline],
            training.get("frozen_components", ()),
            training.get("annotating_components", ()),
            None,
            None,
            training.get("score_weights") or {},
            training.get("max_steps", 0),
            training.get("eval_frequency", 0),
            settings,
        )

    def lines(self) -> Iterator[str]:
        """Phrase it, one fact a line."""
        yield f"Pipeline: {', '.join(self.pipeline)}"
        if self.frozen:
            yield f"Frozen components: {', '.join(self.frozen)}"
        if self.annotating:
            yield f"Set annotations on update for: {', '.join(self.annotating)}"
        if self.learn_rate is not None:
            yield f"Initial learn rate: {self.learn_rate:g}"
        if self.after is not None:
            yield f"Going on after step {self.after.step}"

"""The data types of a run: the Run that goes in, the Steps that come out, the Header that is printed first."""

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
    """What a run keeps on disk, besides model-last.

    Args:
        every_steps: Steps between two checkpoints; 0 for one at every evaluation.
        keep_last: Number of checkpoints to keep, the newest; with 0 the run cannot be resumed.
        keep_best: Number of saved models to keep, the best; the first of them is model-best.
    """

    every_steps: int = 0
    keep_last: int = 1
    keep_best: int = 1


@dataclass(frozen=True)
class Run:
    """Everything that training needs, resolved once, so that the loop needs no config.

    Args:
        nlp: The initialized pipeline.
        optimizer: Thinc's optimizer; its averages, if it keeps any, are evaluated and saved.
        updater: Applies the gradients of a step to the parameters.
        train_corpus: Reads the examples to learn from.
        dev_corpus: Reads the examples to evaluate on.
        batcher: Divides a stream of examples into batches.
        logger: Sets up the logger of the run.
        rule: When to stop.
        dropout: One rate for every step, or a schedule of them.
        accumulate_gradient: Parts to divide a batch into, to save memory.
        eval_frequency: Steps between two evaluations.
        score_weights: Weights of the scores in the final score; None hides a score.
        frozen: Components that are not updated.
        annotating: Components that annotate the examples for later components during training.
        before_update: Called before every step.
        before_to_disk: Called with the pipeline before it is saved; its result is saved.
        seed: Seed of the run; None draws one.
        keeping: What to keep on disk.
        logger_paths: Files that the logger may write, as absolute paths.
        settings: The interpolated config, for loggers to record.
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
    """One update of the parameters and its results.

    Args:
        epoch: Number of completed passes over the corpus.
        step: Number of the step, from 0.
        losses: Loss by component, summed since the last evaluation.
        n_words: Words learned from since the run began.
        seconds: Seconds since the run began, evaluations included.
        score: The final score, if the step was evaluated.
        scores: All scores, if the step was evaluated.
        is_best: Whether no earlier evaluation was better.
        checkpoints: All evaluations so far, as (score, step, epoch).
        stopped: Why this is the last step, if that is known at once.
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
        """Whether the pipeline was evaluated after this step."""
        return self.score is not None


#: The state before the first step.
BEFORE_THE_FIRST = Step(0, -1, {}, 0, 0.0)


@dataclass(frozen=True)
class Header:
    """What is known before the first step: printed, and passed to loggers.

    Args:
        pipeline: Names of the components in use.
        frozen: Components that are not updated.
        annotating: Components that annotate the examples for later components.
        learn_rate: The optimizer's initial learning rate, if it has one.
        after: The step that the run resumes after; None for a new run.
        score_weights: Weights of the scores in the final score; None hides a score.
        max_steps: Maximum number of steps; 0 for no limit.
        eval_frequency: Steps between two evaluations.
        settings: The interpolated config.
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
        """Return the header of a run, which may resume after a step."""
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
        """Return the header that a pipeline's config implies, for loggers that are used without a run."""
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
        """Yield the lines to print, one fact each."""
        yield f"Pipeline: {', '.join(self.pipeline)}"
        if self.frozen:
            yield f"Frozen components: {', '.join(self.frozen)}"
        if self.annotating:
            yield f"Set annotations on update for: {', '.join(self.annotating)}"
        if self.learn_rate is not None:
            yield f"Initial learn rate: {self.learn_rate:g}"
        if self.after is not None:
            yield f"Resuming after step {self.after.step}"

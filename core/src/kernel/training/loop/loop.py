"""The training loop: one generator of steps, used by every way to train."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice, repeat
from time import perf_counter

from kernel.contracts.capabilities import averages_of
from kernel.errors import NotFinite
from kernel.pipeline.components.trainable import check_loss
from kernel.pipeline.run.seeding import begin_step
from kernel.pipeline.run.update import accumulate
from kernel.text.gold.example import Example
from kernel.training.loop.batches import divide
from kernel.training.loop.dev_evaluation import evaluate
from kernel.training.loop.replayable_batches import Batch
from kernel.training.run import BEFORE_THE_FIRST, Run, Step
from kernel.training.stopping import out_of_data, should_stop


def steps(run: Run, batches: Iterable[Batch], after: Step | None = None) -> Iterator[Step]:
    """Train, and yield the result of every step.

    Steps that are multiples of `eval_frequency`, from 0 on, are evaluated, and so is the last one. When the
    batches run out, the last step is yielded once more, evaluated.

    Args:
        run: What to train, and how.
        batches: Epoch and examples of each remaining step.
        after: The step to resume after; None for a new run.
    """
    nlp, step = run.nlp, after or BEFORE_THE_FIRST
    started = perf_counter() - step.seconds
    losses = {} if step.is_evaluated else dict(step.losses)
    checkpoints, n_words = step.checkpoints, step.n_words
    dropouts = islice(rates(run.dropout), step.step + 1, None)
    if should_stop(run.rule, step.step, checkpoints):
        return
    for number, (epoch, batch) in enumerate(batches, start=step.step + 1):
        begin_step(run.seed, number)
        if run.before_update is not None:
            run.before_update(nlp, {"step": number, "epoch": epoch})

        drop = next(dropouts)
        with located(batch, number):
            for part in divide(batch, run.accumulate_gradient):
                accumulate(
                    nlp.pipeline, part, drop=drop, losses=losses, exclude=run.frozen, annotates=run.annotating
                )
            for name, loss in losses.items():
                check_loss(name, loss)
            run.updater.apply(nlp, run.optimizer, exclude=run.frozen)

        n_words += sum(len(eg.predicted) for eg in batch)
        step = Step(epoch, number, losses, n_words, perf_counter() - started, checkpoints=checkpoints)
        if number % run.eval_frequency == 0 or number == run.rule.max_steps > 0:
            step = evaluated(step, run, started)
            checkpoints, losses = step.checkpoints, {}
        step = replace(step, stopped=should_stop(run.rule, number, checkpoints))

        yield step
        if step.stopped:
            return
    if step is not BEFORE_THE_FIRST and not step.is_evaluated:
        yield replace(evaluated(step, run, started), stopped=out_of_data(run.rule))


def evaluated(step: Step, run: Run, started: float) -> Step:
    """Evaluate the pipeline after a step and return the step with its scores."""
    averages = averages_of(run.optimizer)
    result = evaluate(run.nlp, run.dev_corpus, run.score_weights, averages, run.frozen)
    return replace(
        step,
        score=result.score,
        scores=result.scores,
        is_best=all(result.score >= score for score, _, _ in step.checkpoints),
        checkpoints=(*step.checkpoints, (result.score, step.step, step.epoch)),
        seconds=perf_counter() - started,
    )


def rates(dropout: float | Iterable[float]) -> Iterator[float]:
    """Yield the dropout of every step: a constant, or a schedule, whose last value is repeated."""
    if isinstance(dropout, (int, float)):
        yield from repeat(dropout)
    else:
        last = 0.0
        for last in dropout:
            yield last
        yield from repeat(last)


@contextmanager
def located(batch: list[Example], number: int) -> Iterator[None]:
    """Add the step and its examples to a NotFinite error."""
    try:
        yield
    except NotFinite as exc:
        error = NotFinite(f"step {number}, {exc}")
        error.step, error.examples = number, batch
        raise error from exc

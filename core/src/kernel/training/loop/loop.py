"""The loop: one visible generator of steps, used by every way to train."""

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
    """Train, and yield what is known after every step.

    Evaluated are the steps that `eval_frequency` divides, from 0 on, and the last one. When the batches run
    out, the last step comes once more, evaluated.

    Args:
        run: What to do.
        batches: Epoch and examples of each step to come.
        after: The last step of the part of the run that was done before, if this goes on with it.
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
        with blamed(batch, number):
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
    """Measure the pipeline after a step and note the result."""
    averages = averages_of(run.optimizer)
    found = evaluate(run.nlp, run.dev_corpus, run.score_weights, averages, run.frozen)
    return replace(
        step,
        score=found.score,
        scores=found.scores,
        is_best=all(found.score >= score for score, _, _ in step.checkpoints),
        checkpoints=(*step.checkpoints, (found.score, step.step, step.epoch)),
        seconds=perf_counter() - started,
    )


def rates(dropout: float | Iterable[float]) -> Iterator[float]:
    """Yield a dropout for every step: one number, or a schedule, whose last number is repeated."""
    if isinstance(dropout, (int, float)):
        yield from repeat(dropout)
    else:
        last = 0.0
        for last in dropout:
            yield last
        yield from repeat(last)


@contextmanager
def blamed(batch: list[Example], number: int) -> Iterator[None]:
    """Add to an error about numbers at which step it was, and on which examples."""
    try:
        yield
    except NotFinite as exc:
        told = NotFinite(f"step {number}, {exc}")
        told.step, told.examples = number, batch
        raise told from exc

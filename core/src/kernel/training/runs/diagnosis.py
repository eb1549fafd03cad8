"""Diagnose a missing or constant score from the data, the components and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kernel.contracts.capabilities import is_trainable, learn_rate_of
from kernel.errors import did_you_mean
from kernel.text.doc.doc import Doc
from kernel.training.run import Run, Step
from kernel.training.stopping import EvalResult

#: Number of evaluations with the same score after which to print a diagnosis.
N_EVALUATIONS = 5
#: Number of labels to list.
_N_SHOWN = 5


def is_stuck(checkpoints: Sequence[EvalResult], n_evaluations: int = N_EVALUATIONS) -> bool:
    """Return whether the score has just become the same for `n_evaluations` evaluations; true only once.

    A perfect score does not count.
    """
    scores = [score for score, _, _ in checkpoints[-n_evaluations - 1 :]]
    same, before = scores[-n_evaluations:], scores[:-n_evaluations]
    return len(same) == n_evaluations and len(set(same)) == 1 and same[0] < 1.0 and before != same[:1]


def first_notes(run: Run, step: Step) -> Iterator[str]:
    """Yield warnings at the first evaluation: that no component learns, and weighted scores that none computes.

    A component declares its scores by its default weights; those of a disabled one count as computed.
    """
    if not _learning(run):
        yield "no component learns: every component of the pipeline is frozen, disabled or without weights"
    computed = {
        *(step.scores or ()),
        *(name for pipe in run.nlp._pipes for name in pipe.meta.default_score_weights),
    }
    for name, weight in run.score_weights.items():
        if weight and name not in computed:
            advice = did_you_mean(name, computed) or "; remove it, or add a component that computes it"
            yield f"[training.score_weights] {name}: no component computes this score, it counts as 0{advice}"


def diagnosis(run: Run, step: Step) -> str:
    """Return in one line what may keep the score of a run constant."""
    reasons = list(_reasons(run, step)) or [
        "nothing in the data or the settings explains it; check the learn rate"
    ]
    return f"the score has been {step.score:g} for {N_EVALUATIONS} evaluations: {'; '.join(reasons)}"


def _reasons(run: Run, step: Step) -> Iterator[str]:
    if not _learning(run):
        yield "no component learns, [training] frozen_components lists every trainable one"
    if learn_rate_of(run.optimizer) == 0.0:
        yield "the learn rate is 0"
    weighted = [name for name, weight in run.score_weights.items() if weight]
    if not weighted:
        yield "no score counts, all [training.score_weights] are zero"
    missing = [name for name in weighted if name not in (step.scores or {})]
    if missing:
        yield f"no {', '.join(missing)} on the development corpus; the annotation or the component is missing"
    docs = [eg.reference for eg in run.dev_corpus(run.nlp)]
    labels_of_pipeline = {label for labels in run.nlp.pipe_labels.values() for label in labels}
    for kind, score, labels in (("tags", "tag_", _tags(docs)), ("entities", "ents_", _entities(docs))):
        if not any(name.startswith(score) for name in weighted):
            continue
        if not labels:
            yield f"the development corpus has no {kind}"
        elif unknown := sorted(labels - labels_of_pipeline):
            more = f" and {len(unknown) - _N_SHOWN} more" if len(unknown) > _N_SHOWN else ""
            yield f"{kind} of the development corpus that no component knows: {', '.join(unknown[:_N_SHOWN])}{more}"


def _learning(run: Run) -> list[str]:
    return [
        name for name, component in run.nlp.pipeline if is_trainable(component) and name not in run.frozen
    ]


def _tags(docs: Sequence[Doc]) -> set[str]:
    return {token.tag_ for doc in docs for token in doc if token.tag_}


def _entities(docs: Sequence[Doc]) -> set[str]:
    return {ent.label_ for doc in docs for ent in doc.ents}

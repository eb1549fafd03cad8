"""Why a score is not there, or does not move: what can be seen from the data, the components and the settings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kernel.contracts.capabilities import is_trainable, learn_rate_of
from kernel.errors import did_you_mean
from kernel.text.doc.doc import Doc
from kernel.training.run import Run, Step
from kernel.training.stopping import EvalResult

#: Evaluations with one and the same score that are worth a word.
N_EVALUATIONS = 5
#: Labels that are named.
_N_SHOWN = 5


def is_stuck(checkpoints: Sequence[EvalResult], n_evaluations: int = N_EVALUATIONS) -> bool:
    """Whether the score has now been the same for so many evaluations; true once, not for every one after it.

    The best score there is may stay.
    """
    scores = [score for score, _, _ in checkpoints[-n_evaluations - 1 :]]
    same, before = scores[-n_evaluations:], scores[:-n_evaluations]
    return len(same) == n_evaluations and len(set(same)) == 1 and same[0] < 1.0 and before != same[:1]


def first_notes(run: Run, step: Step) -> Iterator[str]:
    """Say at the first evaluation what will not get better: that nothing learns, and what nothing measures.

    A component says by its weights which scores it gives; a disabled one gives them another time.
    """
    if not _learning(run):
        yield "no component learns: all that is in the pipeline is frozen, disabled or without weights"
    known = {
        *(step.scores or ()),
        *(name for pipe in run.nlp._pipes for name in pipe.meta.default_score_weights),
    }
    for name, weight in run.score_weights.items():
        if weight and name not in known:
            advice = did_you_mean(name, known) or "; take it out, or add what gives it to [nlp] pipeline"
            yield f"[training.score_weights] {name}: nothing gives this score, it counts as 0{advice}"


def diagnosis(run: Run, step: Step) -> str:
    """Say what may keep the score of a run where it is, in one line."""
    found = list(_reasons(run, step)) or [
        "nothing in the data or the settings explains it; is the learn rate right?"
    ]
    return f"the score has been {step.score:g} for {N_EVALUATIONS} evaluations: {'; '.join(found)}"


def _reasons(run: Run, step: Step) -> Iterator[str]:
    if not _learning(run):
        yield "no component learns, [training] frozen_components names all that could"
    if learn_rate_of(run.optimizer) == 0.0:
        yield "the learn rate is 0"
    counting = [name for name, weight in run.score_weights.items() if weight]
    if not counting:
        yield "no score counts, [training.score_weights] has none but zeros"
    missing = [name for name in counting if name not in (step.scores or {})]
    if missing:
        yield f"the development corpus gives no {', '.join(missing)}; it lacks that annotation, or the component"
    docs = [eg.reference for eg in run.dev_corpus(run.nlp)]
    known = {label for labels in run.nlp.pipe_labels.values() for label in labels}
    for kind, score, labels in (("tags", "tag_", _tags(docs)), ("entities", "ents_", _entities(docs))):
        if not any(name.startswith(score) for name in counting):
            continue
        if not labels:
            yield f"the development corpus has no {kind}, everything in it is outside"
        elif lacking := sorted(labels - known):
            more = f" and {len(lacking) - _N_SHOWN} more" if len(lacking) > _N_SHOWN else ""
            yield f"{kind} of the development corpus that no component knows: {', '.join(lacking[:_N_SHOWN])}{more}"


def _learning(run: Run) -> list[str]:
    return [
        name for name, component in run.nlp.pipeline if is_trainable(component) and name not in run.frozen
    ]


def _tags(docs: Sequence[Doc]) -> set[str]:
    return {token.tag_ for doc in docs for token in doc if token.tag_}


def _entities(docs: Sequence[Doc]) -> set[str]:
    return {ent.label_ for doc in docs for ent in doc.ents}

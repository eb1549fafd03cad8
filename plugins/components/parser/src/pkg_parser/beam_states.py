"""Copy states over others, as beam search needs when hypotheses diverge.

A state needs its stack and the words of its current sentence up to the front: earlier words are not read again, and
later ones have not been changed. Only these are copied, so the cost does not depend on the length of the document.

Axes as in `states`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import ragged
from pkg_parser.states import ArcStates


def rearrange(states: ArcStates, rows_S: Any) -> None:
    """Overwrite every state, in place, with another state over the same words.

    Args:
        states: A batch of states.
        rows_S: Index of the state to copy for each state; its own to leave it unchanged.
    """
    to = (rows_S != np.arange(len(rows_S))).nonzero()[0]
    if not len(to):
        return
    source, target = states.keep(rows_S[to]), states.keep(to)
    _copy_words(states, source, target)
    _copy_stacks(states, source, target)
    shift = _begin(target) - _begin(source)
    for name in ("front_S", "limit_S", "sentence_S"):
        getattr(states, name)[to] = getattr(source, name) + shift
    for name in ("again_S", "next_S"):
        getattr(states, name)[to] = _moved(getattr(source, name), shift, states.none)
    states.top_S[to] = source.top_S - source.bottom_S + target.bottom_S


def _copy_words(states: ArcStates, source: ArcStates, target: ArcStates) -> None:
    first_S, shift_S = source.sentence_S, _begin(target) - _begin(source)
    # Up to the front of either state: what the target has changed after the source's front must be overwritten.
    end_S = np.maximum(source.front_S, target.front_S - shift_S) + 1
    state_E, from_E = ragged(first_S, np.minimum(end_S, source.end_S) - first_S)
    shift_E = shift_S[state_E]
    to_E = from_E + shift_E
    for name in ("head_M", "left_M", "left2_M", "right_M", "right2_M"):
        values_M = getattr(states, name)
        values_M[to_E] = _moved(values_M[from_E], shift_E, states.none)
    states.cell_M[to_E] = states.cell_M[from_E] + (target.bottom_S - source.bottom_S)[state_E]


def _copy_stacks(states: ArcStates, source: ArcStates, target: ArcStates) -> None:
    shift_S, cells_S = _begin(target) - _begin(source), target.bottom_S - source.bottom_S
    state_E, from_E = ragged(source.bottom_S, source.top_S - source.bottom_S + 1)
    to_E = from_E + cells_S[state_E]
    states.stack_C[to_E] = _moved(states.stack_C[from_E], shift_S[state_E], states.none)
    states.headless_C[to_E] = states.headless_C[from_E] + cells_S[state_E]


def _begin(states: ArcStates) -> Any:
    """Return the first word of each state."""
    return states.end_S - states.n_words_S


def _moved(words: Any, shift: Any, none: int) -> Any:
    """Shift word indices to another state's range; none stays none."""
    return np.where(words < none, words + shift, none)

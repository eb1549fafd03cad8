"""States that become copies of others, for hypotheses that part ways.

A state needs what lies in its current sentence, up to the front, and its stack: nothing before it is looked at again,
and nothing behind it has been touched. So only that is copied, however long the document is.

Axes as in `states`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from kernel.text.doc.doc_arrays import ragged
from pkg_parser.states import ArcStates


def rearrange(states: ArcStates, rows_S: Any) -> None:
    """Let every state become, in place, what another state over the same stretch is now.

    Args:
        states: A batch.
        rows_S: The other states' numbers; a state's own where it stays.
    """
    to = (rows_S != np.arange(len(rows_S))).nonzero()[0]
    if not len(to):
        return
    source, target = states.keep(rows_S[to]), states.keep(to)
    _copy_places(states, source, target)
    _copy_stacks(states, source, target)
    shift = _begin(target) - _begin(source)
    for name in ("front_S", "limit_S", "sentence_S"):
        getattr(states, name)[to] = getattr(source, name) + shift
    for name in ("again_S", "next_S"):
        getattr(states, name)[to] = _moved(getattr(source, name), shift, states.none)
    states.top_S[to] = source.top_S - source.bottom_S + target.bottom_S


def _copy_places(states: ArcStates, source: ArcStates, target: ArcStates) -> None:
    first_S, shift_S = source.sentence_S, _begin(target) - _begin(source)
    # Up to the front of either: what the target has touched behind the source's front must be cleaned.
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
    """Give the first place of each state."""
    return states.end_S - states.n_places_S


def _moved(places: Any, shift: Any, none: int) -> Any:
    """Move places to another state's stretch; none stays none."""
    return np.where(places < none, places + shift, none)

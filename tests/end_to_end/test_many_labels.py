"""Labels by the hundred thousand: adding them takes time in proportion to their number."""

from __future__ import annotations

from pathlib import Path

import pytest
from counting import calls

import kernel

N_LABELS = 100_000


@pytest.mark.parametrize(
    "factory", ["tagger", "morphologizer", "ner", "parser", "textcat", "textcat_multilabel"]
)
def test_a_component_takes_many_labels_each_at_the_same_cost(factory: str) -> None:
    component = kernel.blank("xx").add_pipe(factory)
    labels = [f"X={number}" for number in range(N_LABELS)]
    component.add_label(labels[0])

    first = calls(lambda: [component.add_label(label) for label in labels[1:101]])
    for label in labels[101:-100]:
        component.add_label(label)
    last = calls(lambda: [component.add_label(label) for label in labels[-100:]])

    assert last < first * 1.5
    assert component.add_label(labels[-1]) == 0
    assert len(component.labels) - len({*component.labels} - {*labels}) == N_LABELS


def test_labels_that_are_added_are_saved_in_their_order(tmp_path: Path) -> None:
    nlp = kernel.blank("xx")
    labels = ["b", "a", "c"]
    for factory in ("tagger", "ner", "parser"):
        for label in labels:
            nlp.add_pipe(factory) if not nlp.has_pipe(factory) else None
            nlp.get_pipe(factory).add_label(label)
    for name in ("tagger", "ner"):
        assert list(nlp.get_pipe(name).labels) == labels
    copied = kernel.blank("xx").add_pipe("ner").from_bytes(nlp.get_pipe("ner").to_bytes())

    assert list(copied.labels) == labels

"""The BILUO system against the definition of what may be predicted and what is lost, by brute force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab
from pkg_ner.biluo import Biluo

LABELS = ("PER", "LOC")
VOCAB = Vocab(lex_attr_getters={"IS_SPACE": str.isspace})


class Found(NamedTuple):
    """An entity: first token, last token, label."""

    first: int
    last: int
    label: str


class Case(NamedTuple):
    """A document, its gold tags, and entities that are known to be wrong."""

    words: list[str]
    sent_starts: list[int]
    preset: list[str]
    gold: list[str]
    wrong: list[Found]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n = draw(st.integers(1, 5))
    words = draw(st.lists(st.sampled_from(["a", "b", "\n"]), min_size=n, max_size=n))
    sent_starts = draw(st.lists(st.sampled_from([0, 0, -1, 1]), min_size=n, max_size=n))
    preset = draw(
        st.lists(st.sampled_from(["", "", "", "", "O", "B-", "B-PER", "I-LOC"]), min_size=n, max_size=n)
    )
    tags = ["", "O", "O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-NEW"]
    gold = draw(st.lists(st.sampled_from(tags), min_size=n, max_size=n))
    spans = st.builds(Found, st.integers(0, n - 1), st.integers(0, n - 1), st.sampled_from(LABELS))
    wrong = [span for span in draw(st.lists(spans, max_size=4)) if span.first <= span.last]
    return Case(words, sent_starts, preset, gold, wrong)


def gold_entities(case: Case) -> set[Found]:
    reference = Doc(VOCAB, words=case.words, ents=case.gold)
    return {Found(ent.start, ent.end - 1, ent.label_) for ent in reference.ents}


def example(case: Case) -> Example:
    predicted = Doc(VOCAB, words=case.words, sent_starts=case.sent_starts, ents=case.preset)
    reference = Doc(VOCAB, words=case.words, ents=case.gold)
    reference.spans["wrong"] = [Span(reference, f.first, f.last + 1, label=f.label) for f in case.wrong]
    return Example(predicted, reference)


def is_preset(case: Case, i: int) -> bool:
    return case.preset[i][:2] in ("B-", "I-")


def is_possible(case: Case, entity: Found) -> bool:
    """Say by definition whether an entity may be predicted."""
    inside = range(entity.first, entity.last + 1)
    return (
        entity.label in LABELS
        and not any(is_preset(case, i) for i in inside)
        and not any(case.sent_starts[i] == 1 for i in inside[1:])
        and not case.words[entity.first].isspace()
        and not case.words[entity.last].isspace()
    )


def predictions(case: Case, first: int = 0) -> Iterator[list[Found]]:
    """Make every set of entities that may be predicted."""
    n = len(case.words)
    if first == n:
        yield []
        return
    yield from predictions(case, first + 1)
    for last in range(first, n):
        for label in LABELS:
            entity = Found(first, last, label)
            if is_possible(case, entity):
                yield from ([entity, *rest] for rest in predictions(case, last + 1))


def loss(case: Case, found: list[Found]) -> int:
    """Count by definition the gold entities that are missed and the predicted ones that are wrong."""
    everything = gold_entities(case)
    gold = {entity for entity in everything if is_possible(case, entity)}
    silent = {i for e in everything - gold for i in range(e.first, e.last + 1)}
    known = {i for i, tag in enumerate(case.gold) if tag and i not in silent}
    is_wrong = [
        entity not in gold
        and (entity in case.wrong or any(i in known for i in range(entity.first, entity.last + 1)))
        for entity in found
    ]
    return len(gold - set(found)) + sum(is_wrong)


def path(system: Biluo, n: int, found: list[Found]) -> tuple[int, ...]:
    names = ["O"] * n
    for first, last, label in found:
        names[first : last + 1] = [f"I-{label}"] * (last + 1 - first)
        names[first], names[last] = f"B-{label}", f"L-{label}"
        if first == last:
            names[first] = f"U-{label}"
    return tuple(system.names.index(name) for name in names)


@settings(max_examples=150, deadline=None)
@given(cases())
def test_valid_actions_and_costs_are_those_of_brute_force_in_every_state(case: Case) -> None:
    case = case._replace(wrong=[span for span in case.wrong if span not in gold_entities(case)])
    system = Biluo(VOCAB.strings, LABELS, wrong_key="wrong")
    eg = example(case)
    gold = system.gold([eg])
    n = len(case.words)
    least: dict[tuple[int, ...], int] = {}
    for found in predictions(case):
        actions, lost = path(system, n, found), loss(case, found)
        for i in range(n + 1):
            least[actions[:i]] = min(lost, least.get(actions[:i], lost))

    for step in range(n):
        prefixes = [prefix for prefix in least if len(prefix) == step]
        states = system.start([eg.predicted]).keep(np.zeros(len(prefixes), dtype=int))
        for i in range(step):
            system.apply(states, np.array([prefix[i] for prefix in prefixes]))
        valid, costs = system.valid(states), system.costs(states, gold)

        for row, prefix in enumerate(prefixes):
            onward = {action: (*prefix, action) for action in range(system.n_actions)}
            expected = {
                action: least[onward[action]] - least[prefix] for action in onward if onward[action] in least
            }
            assert {system.names[a] for a in np.flatnonzero(valid[row])} == {
                system.names[a] for a in expected
            }
            assert {system.names[a]: int(costs[row, a]) for a in expected} == {
                system.names[a]: cost for a, cost in expected.items()
            }


@settings(max_examples=50, deadline=None)
@given(st.lists(cases(), max_size=4), st.randoms(use_true_random=False))
def test_any_path_through_a_batch_writes_the_entities_that_it_means(batch: list[Case], random) -> None:
    system = Biluo(VOCAB.strings, LABELS)
    docs = [example(case).predicted for case in batch]
    before = [[(e.start, e.end - 1, e.label_) for e in doc.ents] for doc in docs]
    names: list[list[str]] = [[] for _ in docs]
    states = system.start(docs)
    rows = np.flatnonzero(~system.is_final(states))
    while len(rows):
        part = states.keep(rows)
        actions = np.array([random.choice(np.flatnonzero(valid)) for valid in system.valid(part)])
        system.apply(part, actions)
        for column in ("position_S", "open_S", "label_S"):
            getattr(states, column)[rows] = getattr(part, column)
        for row, action in zip(rows, actions, strict=True):
            names[row].append(system.names[action])
        rows = np.flatnonzero(~system.is_final(states))
    system.write(docs, states)

    for case, doc, taken, preset in zip(batch, docs, names, before, strict=True):
        found = {Found(e.start, e.end - 1, e.label_) for e in doc.ents}
        assert set(preset) <= found
        new = found - {Found(*entity) for entity in preset}
        assert all(is_possible(case, entity) for entity in new)
        assert [system.names[a] for a in path(system, len(doc), sorted(new))] == taken


def test_a_label_appends_its_actions() -> None:
    system = Biluo(VOCAB.strings, ["PER"])
    before = system.names

    assert system.add_label("LOC")
    assert not system.add_label("LOC")

    assert system.names == (*before, "B-LOC", "I-LOC", "L-LOC", "U-LOC")
    assert system.n_actions == 9
    copy = Biluo(VOCAB.strings)
    copy.from_json(system.to_json())
    assert copy.names == system.names


def test_features_are_the_token_and_the_open_entity() -> None:
    doc = Doc(VOCAB, words=["a", "b", "c"])
    small, large = Biluo(VOCAB.strings, ["PER"]), Biluo(VOCAB.strings, ["PER"], extra_tokens=True)
    states = small.start([Doc(VOCAB, words=["x"]), doc]).keep([1])

    assert small.features(states).tolist() == [[1, -1, -1]]
    assert large.features(states).tolist() == [[1, -1, 2, -1, -1, -1]]

    small.apply(states, np.array([small.names.index("B-PER")]))
    small.apply(states, np.array([small.names.index("I-PER")]))

    assert small.features(states).tolist() == [[3, 1, 2]]
    assert large.features(states).tolist() == [[3, 2, -1, 1, -1, 2]]


def test_tokens_that_differ_are_aligned() -> None:
    predicted = Doc(VOCAB, words=["New", "York", "'s", "mayor"], spaces=[True, False, True, False])
    reference = Doc(VOCAB, words=["New", "York's", "mayor"], ents=["B-LOC", "I-LOC", "O"])
    system = Biluo(VOCAB.strings, ["LOC"])

    gold = system.gold([Example(predicted, reference)])

    assert gold.last_N.tolist() == [2, -1, -1, -1]


def test_an_entity_that_no_predicted_tokens_make_teaches_nothing() -> None:
    predicted = Doc(VOCAB, words=["NewYork", "mayor"])
    reference = Doc(
        VOCAB, words=["New", "York", "mayor"], spaces=[False, True, False], ents=["O", "B-LOC", "O"]
    )
    system = Biluo(VOCAB.strings, ["LOC"])
    eg = Example(predicted, reference)

    costs = system.costs(system.start([predicted]), system.gold([eg]))

    assert costs[0, [0, system.names.index("U-LOC")]].tolist() == [0, 0]


def test_an_entity_that_is_wrong_as_well_is_refused() -> None:
    reference = Doc(VOCAB, words=["Anna", "sings"], ents=["B-PER", "O"])
    reference.spans["wrong"] = [Span(reference, 0, 1, label="PER")]
    eg = Example(Doc(VOCAB, words=["Anna", "sings"]), reference)

    with pytest.raises(DataError, match="'Anna' is both an entity and in"):
        Biluo(VOCAB.strings, ["PER"], wrong_key="wrong").gold([eg])


def test_pieces_are_not_cut_within_entities_and_leave_out_what_is_unknown() -> None:
    docs = [Doc(VOCAB, words=["w"] * n) for n in (6, 0, 3, 5)]
    tags = [["O", "B-PER", "I-PER", "I-PER", "O", "O"], [], [""] * 3, ["O", "O", "O", "B-PER", "B-PER"]]
    references = [Doc(VOCAB, words=doc.words, ents=ents) for doc, ents in zip(docs, tags, strict=True)]
    system = Biluo(VOCAB.strings, ["PER"])

    gold = system.gold([Example(*pair) for pair in zip(docs, references, strict=True)])

    assert system.pieces(gold, 2).tolist() == [[0, 0, 4], [0, 4, 6], [3, 9, 11], [3, 11, 13], [3, 13, 14]]
    assert system.pieces(gold, 0).tolist() == [[0, 0, 6], [3, 9, 14]]
    assert system.pieces(system.gold([]), 2).shape == (0, 3)


def test_nothing_comes_of_no_documents() -> None:
    system = Biluo(VOCAB.strings, LABELS)
    states = system.start([])

    assert len(states) == 0
    assert system.gold([]).last_N.tolist() == []
    system.write([], states)

"""The parser that searches: states that become others, what it finds, how it learns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import TOK2VEC, joined

import kernel
from kernel import Example
from kernel.language import Language
from kernel.testing.runs.components import check_component
from kernel.tokens import Doc
from kernel.util import fix_random_seed
from kernel.vocab import Vocab
from pkg_parser.system import ArcEager
from pkg_transitions.beam import log_probabilities

VOCAB = Vocab()


def random_parser(factory: str, seed: int, **config: Any) -> tuple[Language, Any]:
    """Make a parser with random weights."""
    return small.random_component(factory, seed, lambda nlp: [joined(nlp, [0, 1, 2, 3])], **config)


def view(system: ArcEager, states: Any, gold: Any) -> list[Any]:
    """Everything that decides what may be done, and what is done best."""
    valid = system.valid(states)
    costs = np.where(valid, system.costs(states, gold), 0)
    return [valid.tolist(), system.features(states).tolist(), costs.tolist()]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 8), min_size=1, max_size=3), st.integers(2, 4), st.data())
def test_a_state_that_became_another_is_as_if_it_had_done_the_same(
    lengths: list[int], copies: int, data: st.DataObject
) -> None:
    system, random = ArcEager(n_features=13), np.random.default_rng(data.draw(st.integers(0, 999)))
    docs = [Doc(VOCAB, words=["w"] * n) for n in lengths]
    for doc in docs:
        doc.set_column("SENT_START", random.choice([-1, 0, 0, 0, 1], len(doc)))
    trees = [{"heads": [random.integers(i + 1) for i in range(n)], "deps": ["x"] * n} for n in lengths]
    gold = system.gold([Example.from_dict(Doc(VOCAB, words=["w"] * len(t["deps"])), t) for t in trees])
    states = system.start(docs, copies=copies)
    histories: list[list[int]] = [[] for _ in states.top_S]

    for _ in range(2 * max(lengths)):
        rows = (np.arange(len(states)) // copies) * copies + random.integers(copies, size=len(states))
        system.rearrange(states, rows)
        histories = [list(histories[row]) for row in rows]
        live = (~system.is_final(states)).nonzero()[0]
        part = states.keep(live)
        actions = np.where(system.valid(part), random.random((len(live), system.n_actions)), -1).argmax(
            axis=1
        )
        system.apply(part, actions)
        states.put(live, part)
        for row, action in zip(live.tolist(), actions.tolist(), strict=True):
            histories[row].append(action)

        again = system.start(docs, copies=copies)
        for step in range(max(len(history) for history in histories)):
            due = np.array([i for i, history in enumerate(histories) if step < len(history)])
            part = again.keep(due)
            system.apply(part, np.array([histories[i][step] for i in due]))
            again.put(due, part)
        assert system.is_final(states).tolist() == system.is_final(again).tolist()
        live = (~system.is_final(states)).nonzero()[0]
        assert view(system, states.keep(live), gold) == view(system, again.keep(live), gold)


def every_path(parser: Any, doc: Doc, taken: tuple[int, ...] = ()) -> Iterator[tuple[float, list[int]]]:
    """Give every sequence of actions from where some have led, with its log probability from there."""
    system, states = parser.system, parser.system.start([doc])
    for action in taken:
        system.apply(states, np.array([action]))
    if system.is_final(states)[0]:
        yield 0.0, []
        return
    valid = system.valid(states)
    scores = parser.model.predict([doc]).predict(system.features(states))
    for action in np.flatnonzero(valid[0]).tolist():
        for rest, actions in every_path(parser, doc, (*taken, action)):
            yield log_probabilities(scores, valid)[0, action] + rest, [action, *actions]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 99), st.lists(st.integers(0, 3), min_size=1, max_size=3))
def test_a_wide_beam_finds_what_trying_everything_finds(seed: int, lengths: list[int]) -> None:
    nlp, parser = random_parser("parser", seed)
    docs = [Doc(nlp.vocab, words=list("abcd")[:n]) for n in lengths]

    beams = parser.beam_parse(docs, beam_width=400)

    ends = np.cumsum(beams.steps_G)
    for doc, scores, end, n_steps in zip(docs, beams.scores_GK, ends, beams.steps_G, strict=True):
        expected = sorted(every_path(parser, doc), reverse=True)
        assert np.isfinite(scores).sum() == len(expected)
        assert scores[: len(expected)] == pytest.approx([score for score, _ in expected], abs=1e-3)
        probability = {tuple(actions): score for score, actions in expected}
        found = tuple(action for action in beams.actions_RK[end - n_steps : end, 0].tolist() if action >= 0)
        assert probability[found] == pytest.approx(expected[0][0], abs=1e-3)
    assert np.allclose(np.exp(beams.scores_GK).sum(axis=1), 1.0)


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_annotates_as_no_beam_does(seed: int) -> None:
    greedy_nlp, greedy = random_parser("parser", seed)
    nlp, _ = random_parser("beam_parser", seed, beam_width=1)
    random = np.random.default_rng(seed)
    texts = [" ".join(random.choice(list("abc"), size=n)) for n in (0, 1, 5, 20, 60)] * 3

    found = [[(token.head.i, token.dep_) for token in doc] for doc in nlp.pipe(texts)]

    assert found == [[(token.head.i, token.dep_) for token in doc] for doc in greedy_nlp.pipe(texts)]
    docs = [Doc(nlp.vocab, words=text.split()) for text in texts]
    greedy.set_annotations(docs, greedy.best_states(docs, greedy.beam_parse(docs, beam_width=1)))
    assert found == [[(token.head.i, token.dep_) for token in doc] for doc in docs]


def test_the_best_of_a_wider_beam_is_no_less_probable() -> None:
    nlp, parser = random_parser("parser", 1)
    random = np.random.default_rng(1)
    docs = [Doc(nlp.vocab, words=random.choice(list("abcde"), size=n).tolist()) for n in range(1, 30)]

    scores = [parser.beam_parse(docs, beam_width=width).scores_GK[:, 0] for width in (1, 16)]

    assert scores[1].sum() > scores[0].sum()


def test_it_is_a_component() -> None:
    check_component(
        "beam_parser",
        lambda nlp: [joined(nlp, [0, 1]), joined(nlp, [2, 3])],
        config={"min_action_freq": 1, "beam_width": 4},
    )


def test_its_settings_are_those_that_people_know() -> None:
    nlp = kernel.blank("xx")
    nlp.add_pipe("beam_parser")

    settings = nlp.config["components"]["beam_parser"]

    names = ("beam_width", "beam_density", "beam_update_prob")
    assert [settings[name] for name in names] == [8, 0.0001, 0.5]


def test_it_learns_from_searches_alone() -> None:
    nlp = kernel.blank("xx")
    fix_random_seed(0)
    config = {"model": {"tok2vec": TOK2VEC}, "min_action_freq": 1, "beam_update_prob": 1.0}
    nlp.add_pipe("beam_parser", config=config)
    egs = [
        joined(nlp, [0, 1]),
        joined(nlp, [2, 3, 0]),
        joined(nlp, [3, 2, 1]),
        joined(nlp, [1]),
    ]
    optimizer = nlp.initialize(lambda: egs)
    optimizer.learn_rate = 0.01
    losses = [nlp.update(egs, sgd=optimizer)["beam_parser"] for _ in range(60)]

    scores = nlp.evaluate(egs)

    assert losses[-1] < losses[0] / 10
    assert (scores["dep_las"], scores["sents_f"]) == (1.0, 1.0)

"""Costs of actions, against a search through everything that can still happen."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel import Example
from kernel.text.gold.projective import crossing_arcs
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_parser.system import ArcEager

VOCAB = Vocab()
LABELS = ("x", "y")


class Config(NamedTuple):
    """A state as plain values: tokens on the stack with whether they have a head, and what comes next."""

    stack: tuple[tuple[int, bool], ...]
    first: int
    limit: int
    again: int | None
    has_left: bool
    end: int


Thing = tuple[Any, ...]


def moves(config: Config) -> Iterator[tuple[str, frozenset[Thing], Config]]:
    """Do each action: its name, the arcs and boundaries that it makes, and what comes of it."""
    stack, fresh = config.stack, config.again is None
    top, headed = stack[-1]
    upcoming = config.first if config.again is None else config.again
    passed = frozenset({("no start", upcoming)}) if fresh else frozenset()
    after = config._replace(first=config.first + fresh, again=None, has_left=False)
    if fresh:
        yield "S", passed, after._replace(stack=(*stack, (upcoming, False)))
        if not config.has_left:
            yield "B-ROOT", frozenset({("start", upcoming)}), config._replace(limit=upcoming)
    if headed:
        yield "D", frozenset(), config._replace(stack=stack[:-1])
    for label in LABELS:
        if not headed:
            arc = frozenset({("arc", upcoming, top, label)})
            yield f"L-{label}", arc, config._replace(stack=stack[:-1], has_left=True)
        arc = frozenset({("arc", top, upcoming, label)})
        yield f"R-{label}", arc | passed, after._replace(stack=(*stack, (upcoming, True)))


@cache
def reachable(config: Config) -> frozenset[Thing]:
    """List every arc, root and boundary that some sequence of actions can still make."""
    if not config.stack:
        if config.again is not None:
            root = frozenset({("root", config.again)})
            return root | reachable(config._replace(again=None, first=config.limit))
        if config.first == config.end:
            return frozenset()
        begins = config.first == config.limit
        boundary = frozenset({("start" if begins else "no start", config.first)})
        limit = config.end if begins else config.limit
        stack = ((config.first, False),)
        return boundary | reachable(
            config._replace(stack=stack, first=config.first + 1, limit=limit, has_left=False)
        )
    if config.again is None and config.first == config.limit:
        # The search does not count on attaching what is left over.
        roots = frozenset(("root", token) for token, headed in config.stack if not headed)
        return roots | reachable(config._replace(stack=()))
    things: frozenset[Thing] = frozenset()
    for _, made, after in moves(config):
        things |= made | reachable(after)
    return things


def config_of(states: Any) -> Config:
    """Read the only state off the arrays."""
    M = states.none
    places = states.stack_C[states.bottom_S[0] : states.top_S[0] + 1].tolist()
    again = int(states.again_S[0])
    first = int(states.front_S[0])
    return Config(
        tuple((place, bool(states.head_M[place] < M)) for place in places),
        first,
        int(states.limit_S[0]),
        None if again == M else again,
        bool(states.left_M[first] < M) if again == M else False,
        int(states.end_S[0]),
    )


def every_state(system: ArcEager, doc: Doc) -> Iterator[Any]:
    """Give every state that can be reached, once for each configuration."""
    waiting, seen = [system.start([doc])], set()
    while waiting:
        states = waiting.pop()
        if system.is_final(states)[0] or config_of(states) in seen:
            continue
        seen.add(config_of(states))
        yield states
        for action in np.flatnonzero(system.valid(states)[0]).tolist():
            after = copy.deepcopy(states)
            system.apply(after, np.array([action]))
            waiting.append(after)


def gold_things(heads: list[int], labels: list[str]) -> set[Thing]:
    reference = document(heads, labels)
    starts = reference.column("SENT_START").tolist()
    things: set[Thing] = {("start" if start == 1 else "no start", i) for i, start in enumerate(starts) if i}
    for i, (head, label) in enumerate(zip(heads, labels, strict=True)):
        if label:
            things.add(("root", i) if head == i else ("arc", head, i, label))
    return things


def document(heads: list[int], labels: list[str]) -> Doc:
    return Doc(VOCAB, words=[f"w{i}" for i in range(len(heads))], heads=heads, deps=labels)


@st.composite
def projective_trees(draw: st.DrawFn) -> tuple[list[int], list[str]]:
    """Give heads and labels of up to five tokens, in one or more trees; tokens may lack annotation."""
    n = draw(st.integers(2, 5))
    heads = list(range(n))
    for i in draw(st.permutations(range(n))):
        head = draw(st.integers(0, n - 1))
        tried = [*heads[:i], head, *heads[i + 1 :]]
        if acyclic(tried) and not crossing_arcs(np.array(tried)).any():
            heads = tried
    labels = ["ROOT" if head == i else draw(st.sampled_from(LABELS)) for i, head in enumerate(heads)]
    for i in draw(st.sets(st.integers(0, n - 1), max_size=2)):
        if heads[i] == i and i not in heads[:i] + heads[i + 1 :]:
            labels[i] = ""
    return heads, labels


def acyclic(heads: list[int]) -> bool:
    for token in range(len(heads)):
        for _ in heads:
            token = heads[token]
        if heads[token] != token:
            return False
    return True


def arc_eager() -> ArcEager:
    system = ArcEager()
    system.from_json(["S", "D", "B-ROOT", "L-dep", "R-dep", "L-x", "R-x", "L-y", "R-y"])
    return system


@settings(max_examples=30, deadline=None)
@given(projective_trees())
def test_costs_are_what_a_search_finds_in_every_state(tree: tuple[list[int], list[str]]) -> None:
    heads, labels = tree
    system, predicted = arc_eager(), Doc(VOCAB, words=[f"w{i}" for i in range(len(heads))])
    gold, things = system.gold([Example(predicted, document(heads, labels))]), gold_things(heads, labels)

    for states in every_state(system, predicted):
        costs = system.costs(states, gold)[0]
        before = reachable(config_of(states)) & things
        expected = {
            name: len(before - made - reachable(after)) for name, made, after in moves(config_of(states))
        }
        found = {name: costs[system.names.index(name)] for name in expected}
        if 0 in expected.values():  # then it does not matter how much a break costs
            assert (found.pop("B-ROOT", 0) > 0) == (expected.pop("B-ROOT", 0) > 0)
        assert found == expected


@pytest.mark.parametrize("n_words", [1, 2, 3, 4])
def test_valid_actions_are_those_of_the_search(n_words: int) -> None:
    system, doc = arc_eager(), Doc(VOCAB, words=["w"] * n_words)

    for states in every_state(system, doc):
        names = {system.names[i] for i in np.flatnonzero(system.valid(states)[0])}
        assert names - {"L-dep", "R-dep"} == {name for name, _, _ in moves(config_of(states))}


@settings(max_examples=30, deadline=None)
@given(st.lists(projective_trees(), min_size=1, max_size=4), st.data())
def test_a_batch_costs_what_its_documents_cost_alone(
    trees: list[tuple[list[int], list[str]]], data: st.DataObject
) -> None:
    system = arc_eager()
    examples = [Example(Doc(VOCAB, words=[f"w{i}" for i in range(len(t[0]))]), document(*t)) for t in trees]
    together, gold = system.start([eg.predicted for eg in examples]), system.gold(examples)
    alone = [(system.start([eg.predicted]), system.gold([eg])) for eg in examples]

    while not system.is_final(together).any():
        costs, valid = system.costs(together, gold), system.valid(together)
        for row, (states, own) in enumerate(alone):
            assert costs[row].tolist() == system.costs(states, own)[0].tolist()
            assert valid[row].tolist() == system.valid(states)[0].tolist()
        actions = np.array([data.draw(st.sampled_from(np.flatnonzero(row).tolist())) for row in valid])
        system.apply(together, actions)
        for row, (states, _) in enumerate(alone):
            system.apply(states, actions[row : row + 1])


@settings(max_examples=50, deadline=None)
@given(projective_trees())
def test_following_free_actions_builds_the_gold_tree(tree: tuple[list[int], list[str]]) -> None:
    heads, labels = tree
    labels = ["ROOT" if head == i else labels[i] for i, head in enumerate(heads)]
    system, predicted = arc_eager(), Doc(VOCAB, words=[f"w{i}" for i in range(len(heads))])
    gold = system.gold([Example(predicted, document(heads, labels))])

    states = system.start([predicted])
    while not system.is_final(states)[0]:
        costs = np.where(system.valid(states), system.costs(states, gold), 99)
        assert costs.min() == 0
        system.apply(states, costs.argmin(axis=1))
    system.write([predicted], states)

    assert (predicted.column("HEAD") + np.arange(len(heads))).tolist() == heads
    assert [token.dep_ for token in predicted] == labels

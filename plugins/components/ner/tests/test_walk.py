"""The walk that leaps gives what one step a token gives."""

from __future__ import annotations

import numpy as np
import pytest

import kernel
from kernel.pipeline.run.seeding import fix_random_seed
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from pkg_ner import walk
from pkg_transitions import greedy
from pkg_transitions.learn import by_oracle, learn

TAGS = ["O", "", "B-PER", "I-PER", "B-LOC", "I-LOC"]
LENGTHS = [0, 1, 7, 30, 2, 60]


def batch(seed, extra_state_tokens):
    """Make a component with random weights, so that entities of all lengths come out, and examples."""
    rng = np.random.default_rng(seed)
    fix_random_seed(seed)
    nlp = kernel.blank("xx")
    model = {"extra_state_tokens": extra_state_tokens, "hidden_width": 16}
    component = nlp.add_pipe("ner", config={"model": model, "update_with_oracle_cut_size": 10})
    examples = []
    for n in LENGTHS:
        words = rng.choice(["a", "b", "c", "\n"], n).tolist()
        tags = rng.choice(TAGS, n).tolist()
        starts = rng.choice([0, 0, 0, 0, 1], n).tolist()
        predicted = Doc(nlp.vocab, words=words, sent_starts=starts)
        examples.append(Example(predicted, Doc(nlp.vocab, words=words, ents=tags)))
    nlp.initialize(lambda: examples)
    upper = component.model.get_ref("output")
    upper.set_param("W", rng.normal(size=upper.get_param("W").shape, scale=2.0).astype("float32"))
    return component, examples


@pytest.mark.parametrize("extra_state_tokens", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_it_takes_the_actions_of_a_walk_step_by_step(seed, extra_state_tokens, monkeypatch):
    monkeypatch.setattr(walk, "_CHUNK", 17)
    component, examples = batch(seed, extra_state_tokens)
    docs, system = [eg.predicted for eg in examples], component.system
    step_model = component.model.predict(docs)
    slow, fast = system.start(docs), system.start(docs)

    greedy.predict(step_model, system, slow)
    walk.predict(step_model, system, fast)

    assert len(np.unique(slow.actions_N)) > 3
    assert fast.actions_N.tolist() == slow.actions_N.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_it_learns_the_same_as_a_walk_step_by_step(seed):
    component, examples = batch(seed, extra_state_tokens=False)
    docs, system = [eg.predicted for eg in examples], component.system
    gold = system.gold(examples)
    pieces = system.pieces(gold, 10)
    results = []
    for way in (learn, walk.learn):
        step_model, _ = component.model.begin_update(docs)
        results.append(way(step_model, system, system.start(docs, pieces), by_oracle(system, gold)))

    (slow_loss, slow_gradient), (fast_loss, fast_gradient) = results
    assert len(pieces) > len(docs)
    assert slow_loss > 0.0
    assert fast_loss == pytest.approx(slow_loss, rel=1e-5)
    assert np.allclose(slow_gradient, fast_gradient, atol=1e-4)

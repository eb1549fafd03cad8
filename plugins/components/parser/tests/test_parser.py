"""The parser component: what it learns, writes, keeps and refuses."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import TOK2VEC, TREES, joined, train_on, trees
from thinc.api import Model

import kernel
from kernel import Example
from kernel.errors import ConfigError, DataError, ModelError
from kernel.language import Language
from kernel.testing.runs.components import check_component, check_on_device
from kernel.tokens import Doc
from pkg_parser.component import parser
from pkg_parser.system import ArcEager
from pkg_transitions.step import StepModel


def untrained() -> Language:
    nlp = kernel.blank("xx")
    nlp.add_pipe("parser", config={"min_action_freq": 1})
    return nlp


@pytest.fixture(scope="module")
def trained() -> tuple[Language, list[Example]]:
    nlp = untrained()
    examples = trees(nlp)
    train_on(nlp, examples)
    return nlp, examples


def test_it_is_a_component() -> None:
    check_component(
        "parser", lambda nlp: [joined(nlp, [0, 1]), joined(nlp, [2, 3])], config={"min_action_freq": 1}
    )


@pytest.mark.parametrize("factory", ["parser", "beam_parser"])
@pytest.mark.parametrize("model", [{}, {"use_upper": False, "extra_state_tokens": True}])
def test_it_runs_on_a_device(factory: str, model: dict[str, Any]) -> None:
    config = {"model": {"tok2vec": TOK2VEC, **model}, "min_action_freq": 1}
    if factory == "beam_parser":
        config |= {"beam_width": 4, "beam_update_prob": 1.0}

    check_on_device(factory, lambda nlp: [joined(nlp, [0, 1]), joined(nlp, [2, 3])], config=config)


def test_it_learns_trees_and_sentences(trained: tuple[Language, list[Example]]) -> None:
    nlp, examples = trained

    scores = nlp.evaluate(examples)

    assert (scores["dep_uas"], scores["dep_las"], scores["sents_f"]) == (1.0, 1.0, 1.0)
    assert scores["dep_las_per_type"]["nsubj"]["f"] == 1.0


def test_a_saved_parser_parses_the_same(trained: tuple[Language, list[Example]], tmp_path: Path) -> None:
    nlp, examples = trained
    nlp.to_disk(tmp_path)

    loaded = kernel.load(tmp_path)

    assert loaded.get_pipe("parser").label_data == nlp.get_pipe("parser").label_data
    assert loaded.evaluate(examples)["dep_las"] == 1.0


def test_known_sentence_starts_stay(trained: tuple[Language, list[Example]]) -> None:
    small.known_starts_stay(trained[0])


def test_whitespace_hangs_on_the_word_before(trained: tuple[Language, list[Example]]) -> None:
    small.whitespace_hangs_on_the_word_before(trained[0])


@pytest.mark.parametrize("words", [[], ["stop"], [" "], ["\n", " "]])
def test_the_shortest_documents_are_trees(trained: tuple[Language, list[Example]], words: list[str]) -> None:
    small.short_document_is_a_tree(trained[0], words)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c", " "]), max_size=9), min_size=1, max_size=5), st.data()
)
def test_whatever_is_done_makes_trees(texts: list[list[str]], data: st.DataObject) -> None:
    vocab = kernel.blank("xx").vocab
    docs = [Doc(vocab, words=words) for words in texts]
    for doc in docs:
        doc.set_column("SENT_START", [data.draw(st.sampled_from([-1, 0, 0, 0, 1])) for _ in doc])
    fixed = [doc.column("SENT_START").tolist() for doc in docs]
    system = ArcEager()
    states = system.start(docs)
    live = states.keep(~system.is_final(states))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))

    while len(live):
        valid = system.valid(live)
        system.apply(live, np.where(valid, random.random(valid.shape), -1).argmax(axis=1))
        live = live.keep(~system.is_final(live))
    system.write(docs, states)

    for doc, known in zip(docs, fixed, strict=True):
        roots = [token.i for token in doc if token.head.i == token.i]
        assert len(roots) == len(list(doc.sents))
        assert all(token.head.sent.start == token.sent.start for token in doc)
        words = [i for i, token in enumerate(doc) if not token.is_space]
        starts = {next((w for w in words if w >= sent.start), None) for sent in doc.sents}
        assert not [
            w for w in words[1:] if known[w] == -1 and known[w - 1] == 0 and w - 1 in words and w in starts
        ]


@pytest.mark.parametrize("extra_state_tokens", [False, True])
def test_documents_parse_the_same_alone_together_and_in_parts(
    extra_state_tokens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = np.random.default_rng(5)
    nlp = kernel.blank("xx")
    parser = nlp.add_pipe("parser", config={"model": {"extra_state_tokens": extra_state_tokens}})
    nlp.initialize(lambda: [joined(nlp, [0, 1, 2, 3])])
    output = parser.model.get_ref("output")
    output.set_param("W", random.normal(size=output.get_param("W").shape).astype(np.float32))
    output.set_param("b", np.array([0, 0, -3, 0, 0], dtype=np.float32))
    texts = [" ".join(random.choice(list("abcde"), size=n)) for n in random.permutation(30)]

    def parsed(docs: Iterable[Doc]) -> list[list[tuple[int, str]]]:
        return [[(token.head.i, token.dep_) for token in doc] for doc in docs]

    alone = parsed(map(nlp, texts))

    assert parsed(nlp.pipe(texts)) == alone
    width = 4 * parser.model.get_ref("lower").get_param("W")[..., 0].size
    monkeypatch.setattr("pkg_transitions.parts.PART_BYTES", 7 * width)
    monkeypatch.setattr("pkg_parser.scalar_walk.AHEAD", 7)
    assert parsed(nlp.pipe(texts)) == alone
    assert parsed(map(nlp, texts)) == alone


def test_a_sentence_without_end_is_computed_a_few_times_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    nlp = untrained()
    nlp.initialize(lambda: [joined(nlp, [0, 1, 2, 3])])
    component = nlp.get_pipe("parser")
    # Shifts whatever it sees, so that no sentence ends before the document does.
    scores = [float(name == "S") for name in component.move_names]
    component.model.get_ref("output").set_param("b", np.array(scores, dtype=np.float32))
    computed: list[int] = []
    part = StepModel.part

    def counted(step_model: StepModel, tokens_K: Any, memory: Any) -> StepModel:
        computed.append(len(tokens_K))
        return part(step_model, tokens_K, memory)

    monkeypatch.setattr("pkg_parser.scalar_walk.AHEAD", 8)
    monkeypatch.setattr(StepModel, "part", counted)
    doc = nlp("word " * 1000)

    assert len(list(doc.sents)) == 1
    # The part of the batch, whose table is not computed, comes first.
    assert len(computed) > 2
    assert sum(computed[1:]) <= 4 * len(doc)


def test_crossing_arcs_come_back_after_parsing() -> None:
    nlp = untrained()
    words, heads, deps = ["a", "b", "c", "d", "e"], [2, 3, 3, 3, 1], ["x", "y", "z", "ROOT", "q"]
    eg = Example.from_dict(Doc(nlp.vocab, words=words), {"heads": heads, "deps": deps})
    train_on(nlp, [eg])

    doc = nlp(Doc(nlp.vocab, words=words))

    assert [token.head.i for token in doc] == heads
    assert [token.dep_ for token in doc] == deps


def test_rare_labels_become_dep() -> None:
    nlp = kernel.blank("xx")
    parser = nlp.add_pipe("parser", config={"min_action_freq": 2})

    nlp.initialize(lambda: [joined(nlp, [0, 1, 3])])

    assert parser.move_names == ["S", "D", "B-ROOT", "L-dep", "R-dep", "L-nsubj", "R-obj"]


def test_a_label_added_later_keeps_what_was_learnt() -> None:
    nlp = untrained()
    eg = joined(nlp, [0, 3])
    train_on(nlp, [eg])
    parser = nlp.get_pipe("parser")

    assert parser.add_label("vocative") == 1
    assert parser.add_label("vocative") == 0

    assert parser.move_names[-2:] == ["L-vocative", "R-vocative"]
    assert nlp.evaluate([eg])["dep_las"] == 1.0
    assert nlp.update([eg], sgd=nlp.create_optimizer())["parser"] >= 0.0


def test_pieces_of_a_split_token_learn_to_be_joined() -> None:
    nlp = kernel.blank("xx")
    parser = nlp.add_pipe("parser", config={"min_action_freq": 1, "learn_tokens": True})
    gold = Doc(nlp.vocab, words=["can't", "go"], heads=[1, 1], deps=["aux", "ROOT"])
    eg = Example(Doc(nlp.vocab, words=["ca", "n't", "go"], spaces=[False, True, True]), gold)

    train_on(nlp, [eg])

    doc = parser(Doc(nlp.vocab, words=["ca", "n't", "go"], spaces=[False, True, True]))
    assert [(token.head.i, token.dep_) for token in doc] == [(1, "subtok"), (2, "aux"), (2, "ROOT")]


def test_rehearsal_pulls_back_to_what_was_known_when_training_was_resumed() -> None:
    nlp = untrained()
    egs = [joined(nlp, [0, 3])]
    train_on(nlp, egs)
    optimizer = nlp.resume_training()
    optimizer.learn_rate = 0.01
    words = TREES[0][0] + TREES[3][0]
    flat = {"heads": [0, 0, 0, 0, 0, 0, 0], "deps": ["ROOT"] + ["obj"] * 6}
    others = [Example.from_dict(Doc(nlp.vocab, words=words), flat)]

    at_once = nlp.rehearse(egs, sgd=False)["parser"]
    for _ in range(15):
        nlp.update(others, sgd=optimizer)
    forgotten = nlp.evaluate(egs)["dep_uas"]
    losses = [nlp.rehearse(egs, sgd=optimizer)["parser"] for _ in range(40)]

    assert at_once == pytest.approx(0.0, abs=1e-9)
    assert forgotten < 1.0
    assert losses[-1] < losses[0] / 10
    assert nlp.evaluate(egs)["dep_las"] == 1.0


def test_documents_without_annotation_teach_nothing(trained: tuple[Language, list[Example]]) -> None:
    nlp, _ = trained
    bare = Example(Doc(nlp.vocab, words=["we", "sing"]), Doc(nlp.vocab, words=["we", "sing"]))
    empty = Example(Doc(nlp.vocab), Doc(nlp.vocab))

    assert nlp.update([bare, empty], sgd=False)["parser"] == 0.0


def test_a_circle_of_heads_is_refused_with_its_document() -> None:
    nlp = untrained()
    good = joined(nlp, [0])
    nlp.initialize(lambda: [good])
    bad = Example(Doc(nlp.vocab, words=["a", "b", "c"]), Doc(nlp.vocab, words=["a", "b", "c"]))
    bad.reference.adopt_columns({"HEAD": np.array([1, -1, -1], dtype=np.int32)})

    with pytest.raises(DataError, match=r"parser: document 1 of the batch: expected a tree, got 'a b c"):
        nlp.update([good, bad])


def test_training_data_without_trees_are_refused() -> None:
    nlp = untrained()

    with pytest.raises(
        DataError, match="parser: no token of the training data has a head or dependency label"
    ):
        nlp.initialize(lambda: [Example(Doc(nlp.vocab, words=["a"]), Doc(nlp.vocab, words=["a"]))])


def test_invalid_moves_are_refused() -> None:
    nlp = kernel.blank("xx")

    with pytest.raises(
        ModelError, match=re.escape("parser: expected moves, got ['S', 'X-y'] (unknown move 'X-y')")
    ):
        nlp.add_pipe("parser", config={"moves": ["S", "X-y"]})


def test_a_model_that_scores_no_actions_is_refused() -> None:
    nlp = kernel.blank("xx")

    with pytest.raises(ModelError, match="parser: expected a model that scores actions, got 'tok2vec'"):
        nlp.add_pipe("parser", config={"model": nlp.get_factory_meta("tok2vec").default_config["model"]})


def test_a_model_that_was_made_for_an_entity_recogniser_is_refused() -> None:
    with pytest.raises(ConfigError, match='write state_type = "parser"'):
        kernel.blank("xx").add_pipe("parser", config={"model": {"state_type": "ner"}})


@pytest.mark.parametrize(
    "config",
    [
        {"model": {"extra_state_tokens": True}},
        {"model": {"use_upper": False}},
        {"model": {"use_upper": False, "extra_state_tokens": True}},
        {"model": {"nO": 3}},
        {"update_with_oracle_cut_size": 1},
        {"update_with_oracle_cut_size": 0},
    ],
)
def test_it_learns_under_all_settings(config: dict[str, Any]) -> None:
    nlp = kernel.blank("xx")
    model = {"tok2vec": TOK2VEC, **config.get("model", {})}
    nlp.add_pipe("parser", config={"min_action_freq": 1, **config, "model": model})
    egs = trees(nlp)
    train_on(nlp, egs)

    alone = [[(token.head.i, token.dep_) for token in nlp(eg.predicted.copy())] for eg in egs]

    scores = nlp.evaluate(egs)
    assert (scores["dep_las"], scores["sents_f"]) == (1.0, 1.0)
    assert alone == [[(token.head.i, token.dep_) for token in eg.reference] for eg in egs]


def test_moves_can_be_given() -> None:
    nlp = untrained()
    nlp.initialize(lambda: [joined(nlp, [0, 1, 3])])
    moves = nlp.get_pipe("parser").label_data

    other, third = kernel.blank("xx"), kernel.blank("xx")
    other.add_pipe("parser", config={"moves": moves})
    third.add_pipe("parser").initialize(lambda: [joined(third, [2])], nlp=third, labels=moves)

    assert other.get_pipe("parser").move_names == moves
    assert other.get_pipe("parser").labels == ("ROOT", "advmod", "dep", "nsubj", "obj")
    assert third.get_pipe("parser").move_names == moves


def test_heads_that_are_missing_do_not_stand_in_the_way_of_others(
    trained: tuple[Language, list[Example]],
) -> None:
    nlp, _ = trained
    words = ["we", "sing", "songs"]
    reference = Doc(nlp.vocab, words=words, heads=[1, 1, 2], deps=["nsubj", "ROOT", ""])

    losses = nlp.update([Example(Doc(nlp.vocab, words=words), reference)], sgd=False)

    assert 0.0 < losses["parser"] < 0.1


HEADS = st.lists(st.integers(0, 7), max_size=7)


@settings(max_examples=40, deadline=None)
@given(st.lists(HEADS, min_size=1, max_size=3), st.data())
def test_bad_trees_are_trained_through_or_refused_by_name(
    trained: tuple[Language, list[Example]], trees: list[list[int]], data: st.DataObject
) -> None:
    nlp, _ = trained
    bad = []
    for heads in trees:
        n = len(heads)
        words = data.draw(st.lists(st.sampled_from(["a", "b", "\n"]), min_size=n, max_size=n))
        labels = data.draw(st.lists(st.sampled_from(["nsubj", "new", "", "ROOT"]), min_size=n, max_size=n))
        reference, predicted = Doc(nlp.vocab, words=words), Doc(nlp.vocab, words=words)
        offsets = np.array([head % n - i for i, head in enumerate(heads)], dtype=np.int32)
        keys = np.array([nlp.vocab.strings.add(label) for label in labels], dtype=np.uint64)
        reference.adopt_columns({"HEAD": offsets, "DEP": keys})
        predicted.set_column("SENT_START", [data.draw(st.sampled_from([-1, 0, 0, 1])) for _ in words])
        bad.append(Example(predicted, reference))
    circles = [any(goes_round(eg.reference, i) for i in range(len(eg.reference))) for eg in bad]

    with contextlib.ExitStack() as stack:
        if any(circles):
            message = f"parser: document {circles.index(True)} of the batch: expected a tree"
            stack.enter_context(pytest.raises(DataError, match=message))
        loss = nlp.update(bad, sgd=False)["parser"]
        assert np.isfinite(loss)


def goes_round(doc: Doc, token: int) -> bool:
    offsets = doc.column("HEAD").tolist()
    for _ in offsets:
        token += offsets[token]
    return offsets[token] != 0


def test_an_architecture_may_bring_its_own_component() -> None:
    nlp, made = kernel.blank("xx"), []
    model = Model(
        "arcs",
        lambda model, X, is_train: (X, None),
        attrs={"parser_component": lambda *a, **k: made.append(k)},
    )

    parser(nlp, "parser", model, None, 100, False, 30, None)

    assert made == [
        {
            "scorer": None,
            "moves": None,
            "update_with_oracle_cut_size": 100,
            "learn_tokens": False,
            "min_action_freq": 30,
        }
    ]

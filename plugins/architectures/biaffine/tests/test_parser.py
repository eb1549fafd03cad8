"""The parser with a biaffine model: what it learns, writes, keeps and refuses."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import small
from hypothesis import given, settings
from hypothesis import strategies as st
from small import TOK2VEC, joined, train_on, trees

import kernel
from kernel import Example
from kernel.errors import DataError, ModelError
from kernel.language import Language
from kernel.testing.runs.components import check_component, check_on_device
from kernel.tokens import Doc

CROSSING = (["a", "b", "c", "d", "e"], [2, 3, 3, 3, 1], ["x", "y", "z", "ROOT", "q"])


def config(**settings: Any) -> dict[str, Any]:
    model = {
        "@architectures": "kernel.BiaffineParser.v1",
        "arc_width": 16,
        "label_width": 8,
        "tok2vec": TOK2VEC,
    }
    return {"min_action_freq": 1, "model": model, **settings}


def untrained(**settings: Any) -> Language:
    nlp = kernel.blank("xx")
    nlp.add_pipe("parser", config=config(**settings))
    return nlp


@pytest.fixture(scope="module")
def trained() -> tuple[Language, list[Example]]:
    nlp = untrained()
    examples = trees(nlp)
    train_on(nlp, examples)
    return nlp, examples


def test_it_is_a_component() -> None:
    check_component("parser", lambda nlp: [joined(nlp, [0, 1]), joined(nlp, [2, 3])], config=config())


def test_it_runs_on_a_device() -> None:
    check_on_device("parser", lambda nlp: [joined(nlp, [0, 1]), joined(nlp, [2, 3, 0])], config=config())


def test_it_learns_trees_and_sentences(trained: tuple[Language, list[Example]]) -> None:
    nlp, examples = trained

    scores = nlp.evaluate(examples)

    assert (scores["dep_uas"], scores["dep_las"], scores["sents_f"]) == (1.0, 1.0, 1.0)


def test_a_saved_parser_parses_the_same(trained: tuple[Language, list[Example]], tmp_path: Path) -> None:
    nlp, examples = trained
    nlp.to_disk(tmp_path)

    loaded = kernel.load(tmp_path)

    assert loaded.get_pipe("parser").labels == nlp.get_pipe("parser").labels
    assert loaded.evaluate(examples)["dep_las"] == 1.0


def test_known_sentence_starts_stay(trained: tuple[Language, list[Example]]) -> None:
    small.known_starts_stay(trained[0])


def test_whitespace_hangs_on_the_word_before(trained: tuple[Language, list[Example]]) -> None:
    small.whitespace_hangs_on_the_word_before(trained[0])


@pytest.mark.parametrize("words", [[], ["stop"], [" "], ["\n", " "]])
def test_the_shortest_documents_are_trees(trained: tuple[Language, list[Example]], words: list[str]) -> None:
    doc = small.short_document_is_a_tree(trained[0], words)
    assert {token.dep_ for token in doc if token.head.i == token.i} <= {"ROOT"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["we", "sing", "c", " "]), max_size=9), min_size=1, max_size=5),
    st.data(),
)
def test_whatever_the_weights_every_sentence_is_a_tree(texts: list[list[str]], data: st.DataObject) -> None:
    nlp = scrambled(data.draw(st.integers(0, 3)))
    docs = [Doc(nlp.vocab, words=words) for words in texts]
    for doc in docs:
        doc.set_column("SENT_START", [data.draw(st.sampled_from([-1, 0, 0, 0, 1])) for _ in doc])
    fixed = [doc.column("SENT_START").tolist() for doc in docs]

    docs = list(nlp.get_pipe("parser").pipe(docs))

    for doc, known in zip(docs, fixed, strict=True):
        roots = [token.i for token in doc if token.head.i == token.i]
        assert len(roots) == len(list(doc.sents))
        assert all(token.head.sent.start == token.sent.start for token in doc)
        words = [i for i, token in enumerate(doc) if not token.is_space]
        starts = {next((w for w in words if w >= sent.start), None) for sent in doc.sents}
        assert {w for w in words if known[w] == 1} <= starts
        assert not [
            w for w in words[1:] if known[w] == -1 and known[w - 1] != 1 and w - 1 in words and w in starts
        ]


@lru_cache
def scrambled(seed: int) -> Language:
    """Make a parser with random weights."""
    nlp = untrained()
    nlp.initialize(lambda: [joined(nlp, [0, 1, 2, 3])])
    random = np.random.default_rng(seed)
    for node in nlp.get_pipe("parser").model.walk():
        for name in node.param_names:
            node.set_param(name, random.normal(size=node.get_param(name).shape).astype(np.float32))
    return nlp


def test_a_sentence_longer_than_any_window_is_one_tree() -> None:
    nlp = scrambled(0)
    doc = Doc(nlp.vocab, words=["we", "sing"] * 400)
    doc.set_column("SENT_START", [1] + [-1] * 799)

    nlp.get_pipe("parser")(doc)

    assert len(list(doc.sents)) == 1
    assert sum(token.head.i == token.i for token in doc) == 1


def test_a_long_document_without_breaks_is_cut_into_sentences() -> None:
    nlp = scrambled(9)
    nlp.get_pipe("parser").model.get_ref("starts").set_param("b", np.array([-1e6], dtype=np.float32))

    doc = nlp.get_pipe("parser")(Doc(nlp.vocab, words=["we", "sing", "c"] * 700))

    assert 0 < max(len(sent) for sent in doc.sents) <= 256


def test_many_documents_parse_as_each_alone() -> None:
    nlp = scrambled(2)
    random = np.random.default_rng(5)
    texts = [" ".join(random.choice(["we", "sing", "c", "d"], size=n)) for n in range(1, 60)]

    alone = [[(token.head.i, token.dep_) for token in nlp(text)] for text in texts]

    assert [[(token.head.i, token.dep_) for token in doc] for doc in nlp.pipe(texts)] == alone


def test_crossing_arcs_are_learnt_as_they_are() -> None:
    nlp = untrained()
    words, heads, deps = CROSSING
    train_on(nlp, [Example.from_dict(Doc(nlp.vocab, words=words), {"heads": heads, "deps": deps})])

    doc = nlp(Doc(nlp.vocab, words=words))

    assert [token.head.i for token in doc] == heads
    assert [token.dep_ for token in doc] == deps


def test_rare_labels_become_dep() -> None:
    nlp = untrained(min_action_freq=2)
    examples = [joined(nlp, [0, 1, 3]), joined(nlp, [1, 0])]

    train_on(nlp, examples)

    assert nlp.get_pipe("parser").labels == ("ROOT", "dep", "nsubj", "obj", "advmod")
    assert untrained_labels(min_action_freq=3) == ("ROOT", "dep")


def untrained_labels(**settings: Any) -> tuple[str, ...]:
    nlp = untrained(**settings)
    nlp.initialize(lambda: [joined(nlp, [0, 1])])
    labels: tuple[str, ...] = nlp.get_pipe("parser").labels
    return labels


def test_labels_can_be_given() -> None:
    nlp = untrained()
    data = ["ROOT", "dep", "obj"]

    nlp.get_pipe("parser").initialize(lambda: [joined(nlp, [0])], labels=data)

    assert nlp.get_pipe("parser").label_data == data


def test_it_can_be_initialized_anew_with_fewer_labels() -> None:
    nlp = untrained()
    nlp.initialize(lambda: [joined(nlp, [0, 3])])
    parser = nlp.get_pipe("parser")
    parser.cfg["labels"] = []

    train_on(nlp, [joined(nlp, [0])])

    assert parser.labels == ("ROOT", "dep", "nsubj", "obj")
    assert nlp.evaluate([joined(nlp, [0])])["dep_las"] == 1.0


def test_labels_that_are_no_text_are_refused() -> None:
    nlp = untrained()

    with pytest.raises(ModelError, match="parser: expected labels as str, got 3"):
        nlp.get_pipe("parser").initialize(lambda: [joined(nlp, [0])], labels=["ROOT", 3])


def test_a_label_added_later_keeps_what_was_learnt() -> None:
    nlp = untrained()
    eg = joined(nlp, [0, 3])
    train_on(nlp, [eg])
    parser = nlp.get_pipe("parser")

    assert parser.add_label("vocative") == 1
    assert parser.add_label("vocative") == 0

    assert parser.labels[-1] == "vocative"
    assert nlp.evaluate([eg])["dep_las"] == 1.0
    assert nlp.update([eg], sgd=nlp.create_optimizer())["parser"] >= 0.0


def test_pieces_of_a_split_token_learn_to_be_joined() -> None:
    nlp = untrained(learn_tokens=True)
    gold = Doc(nlp.vocab, words=["can't", "go"], heads=[1, 1], deps=["aux", "ROOT"])
    words, spaces = ["ca", "n't", "go"], [False, True, True]

    train_on(nlp, [Example(Doc(nlp.vocab, words=words, spaces=spaces), gold)])

    doc = nlp.get_pipe("parser")(Doc(nlp.vocab, words=words, spaces=spaces))
    assert [(token.head.i, token.dep_) for token in doc] == [(1, "subtok"), (2, "aux"), (2, "ROOT")]


def test_words_without_a_gold_head_teach_nothing_about_theirs(
    trained: tuple[Language, list[Example]],
) -> None:
    nlp = untrained()
    whole = joined(nlp, [0])
    nlp.initialize(lambda: [whole])
    partial = Example.from_dict(
        Doc(nlp.vocab, words=["we", "sing", "songs"]), {"heads": [1, 1, 2], "deps": ["nsubj", "ROOT", ""]}
    )

    losses = [nlp.update([eg], sgd=False)["parser"] for eg in (whole, partial)]

    assert 0.0 < losses[1] < losses[0]


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


def test_a_model_without_labels_is_refused() -> None:
    model = untrained().get_pipe("parser").model

    with pytest.raises(ModelError, match="biaffine_parser: the number of labels is unknown"):
        model.initialize(X=[])

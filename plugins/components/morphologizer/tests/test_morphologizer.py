"""The morphologizer: its labels, what it learns from, what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from house import COMPONENTS
from house import examples as annotated_examples
from hypothesis import given
from hypothesis import strategies as st
from small import MORPHS, POS, WORDS, encoder, train_component

import kernel
from kernel.errors import CheckpointError, DataError, ModelError
from kernel.testing import check_component
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.vocab.vocab import Vocab
from pkg_morphologizer.component import MorphologizerComponent
from pkg_morphologizer.labels import EMPTY, join_label, merge_feats, split_label
from pkg_tagger.model import Tagger

feats = st.dictionaries(
    st.sampled_from(["Case", "Gender", "Number", "Person", "Tense"]), st.sampled_from(["A", "B", "C"])
).map(lambda pairs: "|".join(f"{name}={value}" for name, value in sorted(pairs.items())))


@pytest.fixture
def vocab():
    return Vocab()


def morphologizer(vocab, **settings):
    return MorphologizerComponent(vocab, Tagger(encoder()), **settings)


def examples(vocab):
    return [Example.from_dict(Doc(vocab, words=WORDS), {"pos": POS, "morphs": MORPHS})]


def trained(vocab, **settings):
    return train_component(morphologizer(vocab, **settings), examples(vocab))


def seen(doc):
    return [(token.pos_, str(token.morph)) for token in doc]


@given(feats, st.sampled_from(["", "NOUN", "X"]))
def test_a_label_holds_features_and_part_of_speech(given_feats, pos):
    assert split_label(join_label(given_feats, pos)) == (given_feats, pos)


@given(feats, feats)
def test_merged_features_hold_those_of_both_and_the_preferred_win(old, new):
    names = {pair.partition("=")[0] for text in (old, new) for pair in text.split("|") if pair}

    merged = merge_feats(old, new, prefer_new=True)

    assert {pair.partition("=")[0] for pair in merged.split("|") if pair} == names
    assert set(new.split("|")) - {""} <= set(merged.split("|"))


def test_it_learns_parts_of_speech_and_features(vocab):
    component = trained(vocab)

    doc = component(Doc(vocab, words=WORDS))

    assert component.labels == (
        "Case=Nom|Number=Sing|POS=PRON",
        "Number=Plur|POS=NOUN",
        "POS=ADJ",
        "POS=VERB|Tense=Pres",
    )
    assert seen(doc) == list(zip(POS, MORPHS, strict=True))


def test_a_word_with_neither_is_labelled_empty(vocab):
    eg = Example.from_dict(Doc(vocab, words=["a", "b"]), {"pos": ["X", ""], "morphs": ["", "_"]})
    component = morphologizer(vocab)

    component.initialize(lambda: [eg])

    assert component.labels == ("POS=X", EMPTY)


def test_what_is_set_stays_without_overwrite(vocab):
    component = trained(vocab, overwrite=False)

    doc = component(Doc(vocab, words=WORDS, pos=["X", "", "", ""]))

    assert seen(doc)[:2] == [("X", MORPHS[0]), ("VERB", MORPHS[1])]


@pytest.mark.parametrize(
    ("overwrite", "expected"), [(True, "Foo=Bar|Tense=Pres"), (False, "Foo=Bar|Tense=Past")]
)
def test_features_are_added_to_those_that_are_set_with_extend(vocab, overwrite, expected):
    component = trained(vocab, overwrite=overwrite, extend=True)

    doc = component(Doc(vocab, words=WORDS, morphs=["", "Foo=Bar|Tense=Past", "", ""]))

    assert str(doc[1].morph) == expected


def test_training_data_without_annotation_are_refused(vocab):
    with pytest.raises(DataError, match="no token of the training data has a part of speech or features"):
        morphologizer(vocab).initialize(lambda: [Example.from_dict(Doc(vocab, words=WORDS), {})])


def test_scores_are_those_of_parts_of_speech_and_features(vocab):
    predicted = Doc(vocab, words=WORDS, pos=["PRON", "VERB", "ADJ", "ADJ"], morphs=["Case=Nom", *MORPHS[1:]])
    eg = Example(predicted, Doc(vocab, words=WORDS, pos=POS, morphs=MORPHS))

    scores = morphologizer(vocab).score([eg])

    assert scores["pos_acc"] == 0.75
    assert scores["morph_acc"] == 0.75
    assert scores["morph_per_feat"]["Number"]["r"] == 0.5


def test_it_is_saved_and_loaded_with_the_same_predictions(vocab, tmp_path):
    component = trained(vocab)
    component.to_disk(tmp_path / "morphologizer")

    loaded = morphologizer(vocab).from_disk(tmp_path / "morphologizer")

    assert seen(loaded(Doc(vocab, words=WORDS))) == list(zip(POS, MORPHS, strict=True))


@pytest.mark.parametrize("label", ["POS=NOUM", "Number=Sing|POS=ORTH", "POS=\ufffdERB"])
def test_a_label_with_another_part_of_speech_is_refused(label: str, tmp_path: Path) -> None:
    nlp = kernel.blank("en")
    component: Any = nlp.add_pipe("morphologizer")
    with pytest.raises(ModelError, match=r"morphologizer: label '.*': unknown part of speech '"):
        component.add_label(label)

    component.add_label("POS=NOUN")
    nlp.initialize()
    nlp.to_disk(tmp_path)
    (tmp_path / "morphologizer" / "cfg.json").write_text(json.dumps({"labels": [label]}), "utf-8")

    with pytest.raises(CheckpointError, match=r"cfg\.json: .*: unknown part of speech '"):
        kernel.load(tmp_path, verify=False)


def test_the_component_keeps_the_contract():
    factory, config = COMPONENTS["morphologizer"]

    check_component(factory, annotated_examples, config=config, lang="en")

"""Augmented examples: another text, and every annotation still at its token."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kernel
from kernel.errors import ConfigError
from kernel.registry import registry
from kernel.testing.runs.names import check_names
from kernel.tokens import Doc, DocBin, Span, Token
from kernel.training import Example

NLP = kernel.blank("xx")
QUOTES = {
    "single": [{"tags": ["DASH"], "variants": ["-", "--", "—"]}],
    "paired": [{"tags": ["``", "''"], "variants": [["'", "'"], ["‘", "’"], ["“", "”"]]}],
}


def make_example(words: str = "Anna LEE said ‘ yes ’ — İs It", **more: Any) -> Example:
    """An example with every kind of annotation."""
    given = words.split()
    n = len(given)
    doc = Doc(
        NLP.vocab,
        words=given,
        spaces=[True] * (n - 1) + [False],
        tags=[{"‘": "``", "’": "''", "—": "DASH"}.get(word, word) for word in given],
        pos=["X"] * n,
        morphs=[f"Place={i}" for i in range(n)],
        lemmas=given,
        heads=[max(0, i - 1) for i in range(n)],
        deps=["ROOT"] + ["dep"] * (n - 1),
        ents=["B-PER", "I-PER"] + ["O"] * (n - 2),
        **more,
    )
    doc.cats = {"A": 1.0}
    doc.spans["all"] = [Span(doc, 1, n, label="S", span_id="1")]
    return Example(NLP.make_doc(doc.text), doc)


def one(augmenter: str, example: Example, **settings: Any) -> Example:
    """What an augmenter makes of one example."""
    (made,) = registry.augmenters.get(f"kernel.{augmenter}.v1")(**settings)(NLP, example)
    assert isinstance(made, Example)
    return made


def annotation(doc: Doc) -> dict[str, Any]:
    """What must stay when words change."""
    kept = {
        name: doc.column(name).tolist()
        for name in ("TAG", "POS", "MORPH", "LEMMA", "DEP", "HEAD", "SENT_START")
    }
    spans = [(span.start, span.end, span.label_, span.id_) for span in doc.spans["all"]]
    ents = [(ent.start, ent.end, ent.label_) for ent in doc.ents]
    return {**kept, "spans": spans, "ents": ents, "cats": doc.cats, "spaces": doc.column("SPACY").tolist()}


def test_its_names_resolve() -> None:
    assert len(check_names("augmenters")) == 4


def test_lower_case_keeps_the_annotation_even_where_the_length_of_the_text_changes() -> None:
    example = make_example()
    made = one("lower_case", example, level=1.0)

    assert made.reference.text == example.reference.text.lower() == made.predicted.text
    assert len(made.reference.text) != len(example.reference.text)
    assert annotation(made.reference) == annotation(example.reference)
    assert one("lower_case", example, level=0.0) is example


def test_added_attributes_go_with_their_tokens() -> None:
    Token.set_extension("mark", default=None, force=True)
    example = make_example("İ Is It")
    example.reference[2]._.mark = "last"
    lowered = one("lower_case", example, level=1.0)
    spaced = one(
        "combined_augmenter",
        example,
        lower_level=0.0,
        orth_level=0.0,
        orth_variants=None,
        whitespace_level=1.0,
        whitespace_per_token=1.0,
        whitespace_variants=["\n"],
    )

    assert [token._.mark for token in lowered.reference] == [None, None, "last"]
    assert [token.text for token in spaced.reference if token._.mark] == ["It"]


def test_variants_are_one_choice_for_the_whole_text_and_pairs_stay_pairs() -> None:
    seen = set()
    for seed in range(30):
        random.seed(seed)
        made = one("orth_variants", make_example(), level=1.0, lower=0.0, orth_variants=QUOTES)
        words = made.reference.words
        seen.add((words[3], words[5]))
        assert annotation(made.reference) == annotation(make_example().reference)
        assert words[6] in ("-", "--", "—")
    assert seen == {("'", "'"), ("‘", "’"), ("“", "”")}


def test_what_is_drawn_follows_the_seed() -> None:
    random.seed(3)
    first = one("orth_variants", make_example(), level=0.5, lower=0.5, orth_variants=QUOTES).reference.text
    random.seed(3)

    assert (
        one("orth_variants", make_example(), level=0.5, lower=0.5, orth_variants=QUOTES).reference.text
        == first
    )


@settings(deadline=None)
@given(seed=st.integers(0, 1000))
def test_whitespace_hangs_from_the_token_before_and_breaks_nothing(seed: int) -> None:
    random.seed(seed)
    example = make_example()
    made = one(
        "combined_augmenter",
        example,
        lower_level=0.0,
        orth_level=0.0,
        orth_variants=None,
        whitespace_level=1.0,
        whitespace_per_token=0.4,
        whitespace_variants=[" ", "\t", "\n\n"],
    )
    doc = made.reference
    added = [token for token in doc if token.is_space]

    assert len(added) == int(0.4 * len(example.reference))
    assert [token.text for token in doc if not token.is_space] == example.reference.words
    assert all((token.tag_, token.pos_, token.dep_) == ("_SP", "SPACE", "dep") for token in added)
    assert all(token.head != token for token in added)
    assert {token.text for ent in doc.ents for token in ent if not token.is_space} == {"Anna", "LEE"}
    old = {token.text: token.head.text for token in example.reference}
    assert {token.text: token.head.text for token in doc if not token.is_space} == old
    assert len(list(doc.sents)) == 1
    assert made.alignment is not None


@settings(deadline=None)
@given(
    words=st.lists(st.sampled_from(["Straße", "ab", "word", "x1y", "…", "AbC"]), min_size=2),
    seed=st.integers(0, 99),
)
def test_noise_changes_letters_of_words_only(words: list[str], seed: int) -> None:
    random.seed(seed)
    example = make_example(" ".join(words))
    made = one("char_noise", example, level=1.0, per_word=1.0)

    assert annotation(made.reference) == annotation(example.reference)
    for old, new in zip(words, made.reference.words, strict=True):
        assert new[0] == old[0]
        assert abs(len(new) - len(old)) <= 1
        assert new == old or (old.isalpha() and len(old) > 2)


def test_where_spaces_are_unknown_the_gold_tokens_stay() -> None:
    doc = Doc(NLP.vocab, words=["It's", "A.B", "C"])
    made = one("lower_case", Example(doc.copy(), doc), level=1.0)

    assert made.predicted.words == ["it's", "a.b", "c"]


def test_a_reader_applies_it(tmp_path: Path) -> None:
    DocBin(docs=[make_example().reference]).to_disk(tmp_path / "train.spacy")
    corpus = registry.readers.get("kernel.Corpus.v1")
    lower = registry.augmenters.get("kernel.lower_case.v1")(level=1.0)

    (example,) = corpus(tmp_path / "train.spacy", augmenter=lower)(NLP)
    assert example.text == make_example().text.lower()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"singles": []}, "expected the keys 'single' and 'paired', got ['singles']"),
        ({"single": [{"tags": ["X"]}]}, "single 0: variants: expected a list of strings, got None"),
        ({"paired": [{"tags": ["X"], "variants": [["a"]]}]}, "paired 0: variants: expected a list of pairs"),
    ],
)
def test_an_invalid_table_is_refused(table: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        registry.augmenters.get("kernel.orth_variants.v1")(level=1.0, lower=0.0, orth_variants=table)
    assert message in str(refused.value)

"""Scores of predictions against gold annotation."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

import kernel
from kernel.scorer import PRFScore, ROCAUCScore, Scorer, get_ner_prf
from kernel.text.doc.doc import Doc
from kernel.text.doc.span import Span
from kernel.text.gold.example import Example
from kernel.text.storage.docbin import DocBin
from kernel.text.tokenizer.tokenizer import Tokenizer
from kernel.text.vocab.vocab import Vocab

VOCAB = Vocab()


def example(x_words: list[str], y_words: list[str] | None = None, **annotations: tuple[Any, Any]) -> Example:
    """Make an example out of (predicted, gold) pairs of annotation."""
    predicted = Doc(VOCAB, words=x_words, **{key: pair[0] for key, pair in annotations.items()})
    gold = Doc(VOCAB, words=y_words or x_words, **{key: pair[1] for key, pair in annotations.items()})
    return Example(predicted, gold)


def approx(**scores: float) -> Any:
    return pytest.approx(scores)


def test_the_three_numbers_of_counts() -> None:
    score = PRFScore(tp=3, fp=1, fn=3)

    assert score.to_dict() == approx(p=0.75, r=0.5, f=0.6)
    assert PRFScore().to_dict() == {"p": 0.0, "r": 0.0, "f": 0.0}
    assert (score + PRFScore(1, 1, 1)) == PRFScore(4, 2, 4)


@pytest.mark.parametrize(
    ("scores", "golds", "area"),
    [
        ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1.0),
        ([0.9, 0.2, 0.8, 0.1], [0, 0, 1, 1], 0.25),
        ([0.5, 0.5, 0.5], [0, 1, 1], 0.5),
        ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1], 0.75),
    ],
)
def test_the_area_under_the_curve(scores: list[float], golds: list[int], area: float) -> None:
    auc = ROCAUCScore(scores, golds)

    assert auc.is_binary()
    assert auc.score == pytest.approx(area)


def test_attributes_are_compared_where_gold_is_known() -> None:
    eg = example(["a", "b", "c", "d"], tags=(["X", "Y", "Z", ""], ["X", "Z", "", "Y"]))

    assert Scorer.score_token_attr([eg], "tag") == approx(tag_acc=1 / 3)


def test_whitespace_that_is_predicted_does_not_count() -> None:
    eg = example(["a", " ", "b"], tags=(["X", "_SP", "Y"], ["X", "_SP", "Y"]))

    # Two predictions, both right, of three gold values: precision 1, recall 2/3.
    assert Scorer.score_token_attr([eg], "tag") == approx(tag_acc=0.8)


def test_tokens_that_do_not_match_are_missed() -> None:
    eg = example(["ab", "c", "d", "e"], ["a", "b", "c", "de"], tags=(["X"] * 4, ["X"] * 4))

    # `c` is right; `d` and `e` stand for one gold token and count once; `ab` stands for two and does not count.
    assert Scorer.score_token_attr([eg], "tag") == approx(tag_acc=2 * (2 / 2) * (2 / 4) / (1 + 0.5))


def test_fragments_with_different_values_count_apart() -> None:
    eg = example(["d", "e"], ["de"], tags=(["X", "Y"], ["X"]))

    assert Scorer.score_token_attr([eg], "tag") == approx(tag_acc=2 * 0.5 * 1 / 1.5)


@pytest.mark.parametrize(
    "tokens", [(["a", "b", "c"], ["a", "b", "c"]), (["ab", "c", "d"], ["a", "b", "c", "d"])]
)
def test_a_getter_gives_what_the_column_gives(tokens: tuple[list[str], list[str]]) -> None:
    x_words, y_words = tokens
    eg = Example(
        Doc(VOCAB, words=x_words, tags=["X", "Y", "Z"]),
        Doc(VOCAB, words=y_words, tags=["X", "Z", "Z", ""][: len(y_words)]),
    )

    by_getter = Scorer.score_token_attr([eg], "tag", getter=lambda token, attr: token.tag_)

    assert by_getter == pytest.approx(Scorer.score_token_attr([eg], "tag"))


def test_missing_values_can_be_chosen() -> None:
    eg = example(["a", "b"], tags=(["X", "Y"], ["X", "-"]))

    assert Scorer.score_token_attr([eg], "tag", missing_values={"-"}) == approx(tag_acc=1.0)
    assert Scorer.score_token_attr([eg], "tag") == approx(tag_acc=0.5)


def test_nothing_annotated_is_no_score() -> None:
    eg = example(["a", "b"])

    assert Scorer.score_token_attr([eg], "tag") == {"tag_acc": None}
    assert Scorer.score_deps([eg], "dep")["dep_las"] is None
    assert Scorer.score_spans([eg], "ents") == {
        "ents_p": None,
        "ents_r": None,
        "ents_f": None,
        "ents_per_type": None,
    }


def test_features_are_scored_one_by_one() -> None:
    predicted = ["Case=Nom|Number=Sing", "Number=Plur", "Tense=Past"]
    gold = ["Case=Nom|Number=Plur", "Number=Plur", ""]

    scores = Scorer.score_token_attr_per_feat([example(["a", "b", "c"], morphs=(predicted, gold))], "morph")

    # The third token has no gold feature, so what is predicted there does not count.
    assert scores["morph_micro_p"] == pytest.approx(2 / 3)
    assert scores["morph_micro_r"] == pytest.approx(2 / 3)
    assert scores["morph_per_feat"]["Case"] == approx(p=1.0, r=1.0, f=1.0)
    assert scores["morph_per_feat"]["Number"] == approx(p=0.5, r=0.5, f=0.5)
    assert "Tense" not in scores["morph_per_feat"]


def test_features_by_getter_are_those_of_the_column() -> None:
    eg = example(["a", "b"], morphs=(["Case=Nom", "Case=Acc"], ["Case=Nom", "Case=Nom|Number=Sing"]))

    by_getter = Scorer.score_token_attr_per_feat([eg], "morph", getter=lambda token, attr: token.morph.key)

    assert by_getter == Scorer.score_token_attr_per_feat([eg], "morph")


def test_tokens_are_scored_by_place() -> None:
    scores = Scorer.score_tokenization(
        [
            Example(
                Doc(VOCAB, words=["ab", "c", "d"], spaces=[False, False, False]),
                Doc(VOCAB, words=["a", "b", "c", "d"], spaces=[False, False, False, False]),
            )
        ]
    )

    assert scores["token_p"] == pytest.approx(2 / 3)
    assert scores["token_r"] == pytest.approx(2 / 4)
    assert scores["token_acc"] == pytest.approx(2 / 3)


def test_tokens_whose_spaces_are_unknown_are_not_scored() -> None:
    assert Scorer.score_tokenization([example(["a", "b"])])["token_acc"] is None


def test_trees_are_scored_by_head_and_label() -> None:
    eg = example(
        ["a", "b", "c", "."],
        heads=([1, 1, 1, 0], [1, 1, 0, 1]),
        deps=(["x", "ROOT", "y", "punct"], ["z", "ROOT", "y", "punct"]),
    )

    scores = Scorer.score_deps([eg], "dep", ignore_labels=("punct",))

    assert scores["dep_uas"] == pytest.approx(2 / 3)
    assert scores["dep_las"] == pytest.approx(1 / 3)
    assert scores["dep_las_per_type"]["root"] == approx(p=1.0, r=1.0, f=1.0)
    assert set(scores["dep_las_per_type"]) == {"x", "z", "root", "y"}


def test_arcs_of_tokens_that_do_not_match_are_wrong() -> None:
    eg = Example(
        Doc(VOCAB, words=["ab", "c"], heads=[0, 0], deps=["ROOT", "x"]),
        Doc(VOCAB, words=["a", "b", "c"], heads=[0, 0, 0], deps=["ROOT", "y", "x"]),
    )

    assert Scorer.score_deps([eg], "dep")["dep_uas"] == 0.0


def test_labels_and_heads_can_be_read_by_getters() -> None:
    eg = example(["a", "b"], heads=([1, 1], [1, 1]), deps=(["x", "ROOT"], ["x", "ROOT"]))

    scores = Scorer.score_deps(
        [eg], "dep", getter=lambda token, attr: token.dep_, head_getter=lambda token, attr: token.head
    )

    assert scores["dep_las"] == pytest.approx(1.0)
    assert set(scores["dep_las_per_type"]) == {"x", "ROOT"}


def test_spans_are_scored_by_type() -> None:
    eg = example(["a", "b", "c"])
    eg.predicted.ents = [Span(eg.x, 0, 1, label="A"), Span(eg.x, 1, 3, label="B")]
    eg.reference.ents = [Span(eg.y, 0, 1, label="A"), Span(eg.y, 1, 2, label="B")]

    scores = Scorer.score_spans([eg], "ents")

    assert scores["ents_f"] == pytest.approx(0.5)
    assert scores["ents_per_type"]["A"] == approx(p=1.0, r=1.0, f=1.0)
    assert scores["ents_per_type"]["B"] == {"p": 0.0, "r": 0.0, "f": 0.0}
    assert Scorer.score_spans([eg], "ents", labeled=False).keys() == {"ents_p", "ents_r", "ents_f"}
    assert Scorer.score_spans([eg], "ents", has_annotation=lambda doc: False)["ents_f"] is None


def test_entities_on_unknown_tokens_do_not_count() -> None:
    eg = Example.from_dict(Doc(VOCAB, words=["a", "b", "c"]), {"entities": ["U-A", "-", "O"]})
    eg.predicted.ents = [
        Span(eg.x, 0, 1, label="A"),
        Span(eg.x, 1, 2, label="A"),
        Span(eg.x, 2, 3, label="A"),
    ]

    assert get_ner_prf([eg])["ents_p"] == pytest.approx(0.5)
    assert get_ner_prf([eg])["ents_r"] == pytest.approx(1.0)


def test_one_gold_entity_makes_one_prediction_right() -> None:
    eg = Example.from_dict(Doc(VOCAB, words=["a", "b"]), {"words": ["ab"], "entities": ["U-A"]})
    eg.predicted.ents = [Span(eg.x, 0, 1, label="A"), Span(eg.x, 1, 2, label="A")]

    assert get_ner_prf([eg])["ents_p"] == pytest.approx(0.5)
    assert get_ner_prf([eg])["ents_r"] == pytest.approx(1.0)


def cats_example(predicted: dict[str, float], gold: dict[str, float]) -> Example:
    eg = example(["a"])
    eg.predicted.cats, eg.reference.cats = predicted, gold
    return eg


CATS = [
    cats_example({"A": 0.2, "B": 0.7, "C": 0.1}, {"A": 0, "B": 1, "C": 0}),
    cats_example({"A": 0.5, "B": 0.3, "C": 0.2}, {"A": 0, "B": 1}),
    cats_example({"A": 0.1, "B": 0.3, "C": 0.9}, {}),
    cats_example({"A": 0.3, "B": 0.31}, {"A": 1.0, "C": 0.0}),
    cats_example({"A": 0.9, "B": 0.1, "C": 0.0}, {"A": 1.0, "B": 0.0, "C": 0.0}),
]


def test_categories_of_which_several_may_hold() -> None:
    scores = Scorer.score_cats(CATS, "cats", labels=["A", "B", "C"])

    assert scores["cats_score"] == pytest.approx((0.75 + 1.0) / 3)
    assert scores["cats_score_desc"] == "macro AUC"
    assert scores["cats_micro_p"] == pytest.approx(2 / 3)
    assert scores["cats_micro_r"] == pytest.approx(2 / 4)
    assert scores["cats_auc_per_type"] == {"A": pytest.approx(0.75), "B": pytest.approx(1.0), "C": None}


def test_categories_that_exclude_each_other() -> None:
    scores = Scorer.score_cats(CATS, "cats", labels=["A", "B", "C"], multi_label=False)

    assert scores["cats_score"] == pytest.approx(1 / 3)
    assert scores["cats_score_desc"] == "macro F"
    assert scores["cats_f_per_type"]["A"] == approx(p=0.5, r=0.5, f=0.5)
    assert scores["cats_f_per_type"]["C"] == {"p": 0.0, "r": 0.0, "f": 0.0}


def test_one_of_two_categories_can_be_the_one_that_counts() -> None:
    scores = Scorer.score_cats(CATS, "cats", labels=["A", "B"], multi_label=False, positive_label="A")

    assert scores["cats_score"] == pytest.approx(0.5)
    assert scores["cats_score_desc"] == "F (A)"


class FakePipeline:
    """Two components, of which one scores itself."""

    class Tagger:
        def score(self, examples: list[Example], **cfg: Any) -> dict[str, Any]:
            return Scorer.score_token_attr(examples, "tag", **cfg)

    pipeline = (("tagger", Tagger()), ("silent", object()))


def test_components_score_themselves() -> None:
    eg = example(["a", "b"], tags=(["X", "Y"], ["X", "Z"]))
    scorer = Scorer(FakePipeline())

    assert scorer.score([eg]) == {
        "token_acc": None,
        "token_p": None,
        "token_r": None,
        "token_f": None,
        "tag_acc": 0.5,
    }
    assert scorer.score([eg], per_component=True)["tagger"] == {"tag_acc": 0.5}


def test_without_examples_there_are_no_scores() -> None:
    scores = Scorer().score([])

    assert scores["tag_acc"] is None
    assert scores["dep_las"] is None
    assert scores["cats_score"] == 0.0


def test_documents_without_tokens_score_nothing() -> None:
    scores = Scorer().score([Example(Doc(VOCAB), Doc(VOCAB))])

    assert scores["token_acc"] is None
    assert scores["tag_acc"] is None
    assert scores["dep_uas"] is None


DATA = os.environ.get("KERNEL_DATA")


def predicted_doc(gold: Doc, line: str) -> Doc:
    """Build the document that `Doc.to_json` described."""
    described = json.loads(line)
    tokens = described["tokens"]
    columns: dict[str, Any] = {
        argument: [token[key] for token in tokens]
        for argument, key in [
            ("tags", "tag"),
            ("pos", "pos"),
            ("morphs", "morph"),
            ("heads", "head"),
            ("deps", "dep"),
        ]
        if key in tokens[0]
    }
    spaces = [bool(space) for space in gold.column("SPACY")]
    doc = Doc(gold.vocab, words=gold.words, spaces=spaces, **columns)
    ents = [doc.char_span(ent["start"], ent["end"], label=ent["label"]) for ent in described.get("ents", [])]
    doc.ents = [ent for ent in ents if ent is not None]
    doc.cats = described.get("cats", {})
    return doc


@pytest.mark.skipif(not DATA, reason="KERNEL_DATA is not set")
@pytest.mark.parametrize("name", ["ud", "ner", "textcat"])
def test_the_numbers_are_those_of_spacy(name: str) -> None:
    folder = Path(str(DATA)) / "interop" / "trained"
    golds = DocBin().from_disk(folder / f"{name}.gold.spacy").get_docs(Vocab())
    with gzip.open(folder / f"{name}.predictions.jsonl.gz", "rt", encoding="utf-8") as lines:
        examples = [Example(predicted_doc(gold, line), gold) for gold, line in zip(golds, lines, strict=True)]
    expected = json.loads((folder / f"{name}.scores.json").read_text(encoding="utf-8"))

    scores = Scorer().score(examples)

    assert flat({key: scores[key] for key in expected}) == pytest.approx(flat(expected), abs=1e-12)


def flat(scores: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Write nested scores side by side."""
    found: dict[str, Any] = {}
    for key, value in scores.items():
        found.update(flat(value, f"{prefix}{key}/") if isinstance(value, dict) else {prefix + key: value})
    return found


def linked(predicted: list[tuple[str, int, int, str]], gold: list[tuple[str, int, int, str]]) -> Example:
    sides = [Doc(VOCAB, words=["a", "b", "c", "d"]) for _ in range(2)]
    for doc, links in zip(sides, (predicted, gold), strict=True):
        doc.ents = [Span(doc, start, end, label=label, kb_id=kb_id) for label, start, end, kb_id in links]
    return Example(*sides)


def test_links_are_scored_where_entities_are_the_same() -> None:
    both = [
        linked(
            [("PERSON", 0, 1, "Q1"), ("ORG", 1, 2, "Q9"), ("GPE", 2, 3, "Q5")],
            [("PERSON", 0, 1, "Q1"), ("ORG", 1, 2, "Q2"), ("GPE", 2, 3, "NIL")],
        ),
        linked([("PERSON", 0, 1, "NIL"), ("ORG", 2, 3, "Q9")], [("PERSON", 0, 1, "Q1")]),
        linked([("PERSON", 1, 2, "Q1")], [("PERSON", 0, 2, "Q1")]),
        linked([("ORG", 0, 1, "Q1")], [("PERSON", 0, 1, "Q1")]),
    ]

    scores = Scorer.score_links(both, negative_labels=["NIL"])

    per_type = scores.pop("nel_f_per_type")
    assert scores.pop("nel_score_desc") == "micro F"
    assert scores == approx(
        nel_score=4 / 8, nel_micro_p=2 / 4, nel_micro_r=2 / 4, nel_micro_f=4 / 8,
        nel_macro_p=1 / 3, nel_macro_r=2 / 9, nel_macro_f=0.8 / 3,
    )  # fmt: skip
    assert per_type == {
        "PERSON": approx(p=1.0, r=2 / 3, f=0.8),
        "ORG": approx(p=0.0, r=0.0, f=0.0),
        "GPE": approx(p=0.0, r=0.0, f=0.0),
    }


def test_without_links_there_is_no_score_of_them() -> None:
    scores = Scorer.score_links([linked([], [])], negative_labels=["NIL"])

    assert scores["nel_score"] is scores["nel_micro_p"] is scores["nel_macro_f"] is None
    assert scores["nel_f_per_type"] == {}


def test_a_tokenizer_scores_itself() -> None:
    class Own(Tokenizer):
        def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
            return {"mine": len(list(examples))}

    nlp = kernel.blank("xx")
    examples = [Example(nlp.make_doc("ab c"), nlp.make_doc("ab c"))]

    assert nlp.tokenizer.score(examples) == approx(token_acc=1.0, token_p=1.0, token_r=1.0, token_f=1.0)

    nlp.tokenizer = Own(nlp.vocab)

    assert Scorer(nlp).score(examples) == {"mine": 1}

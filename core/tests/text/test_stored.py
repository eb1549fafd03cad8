"""Documents into bytes, files, plain data and packs, and back, with all that they carry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.errors import DataError
from kernel.tokens import Doc, DocBin, Span, Token
from kernel.vocab import Vocab

LABELS = st.sampled_from(["", "A", "NOUN", "ünï"])
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31)
    | st.floats(allow_nan=False)
    | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def documents(draw: st.DrawFn) -> Doc:
    """Documents with everything that there is, each part there or not."""
    words = draw(st.lists(st.text("aB.\n é", min_size=1, max_size=4), min_size=1, max_size=7))
    n = len(words)

    def maybe(values: st.SearchStrategy[Any]) -> Any:
        return draw(st.none() | st.lists(values, min_size=n, max_size=n))

    trees = {}
    if draw(st.booleans()):
        trees = {
            "heads": [draw(st.integers(0, i)) for i in range(n)],
            "deps": [draw(LABELS) or "d" for _ in words],
        }
    doc = Doc(
        Vocab(),
        words,
        draw(st.lists(st.booleans(), min_size=n, max_size=n)),
        tags=maybe(LABELS),
        lemmas=maybe(LABELS),
        pos=maybe(st.sampled_from(["", "NOUN", "VERB"])),
        morphs=maybe(st.sampled_from([None, "", "Case=Nom"])),
        sent_starts=None if trees else maybe(st.sampled_from([True, False, None])),
        **trees,
    )
    if draw(st.booleans()):
        end = draw(st.integers(1, n))
        doc.set_ents(
            [Span(doc, 0, end, draw(LABELS) or "E", kb_id=draw(LABELS), span_id=draw(LABELS))],
            default=draw(st.sampled_from(["outside", "missing"])),
        )
    starts = range(draw(st.integers(0, n + 1)))
    doc.spans["g"] = [Span(doc, start, n, draw(LABELS), kb_id=draw(LABELS)) for start in starts]
    doc.spans["g"].attrs = draw(st.dictionaries(st.text(max_size=3), PLAIN, max_size=2))
    doc.spans["alias"] = doc.spans["g"]
    doc.sentiment = draw(st.sampled_from([0.0, -0.5]))
    doc.has_unknown_spaces = draw(st.booleans())
    if draw(st.booleans()):
        doc[draw(st.integers(0, n - 1))].norm_ = draw(LABELS) or "norm"
    doc.cats = draw(st.dictionaries(st.text(max_size=3), st.floats(0, 1), max_size=3))
    if draw(st.booleans()):
        doc.tensor = np.arange(2 * n, dtype=np.float32).reshape(n, 2)
    doc.user_data.update(draw(st.dictionaries(st.text(max_size=3), PLAIN, max_size=2)))
    doc.user_data[("._.", "x", 0, None)] = draw(PLAIN)
    return doc


def facts(doc: Doc) -> dict[str, Any]:
    """What is compared: every column, and the rest."""
    strings = doc.vocab.strings
    is_parsed = doc.has_column("HEAD")
    columns = {
        name: values.tolist()
        for name, values in doc.set_columns.items()
        if name != "LEX" and values.any() and not (name == "SENT_START" and is_parsed)
    }
    return {
        "words": doc.words,
        "columns": columns,
        "parsed": is_parsed,
        "spans": {
            name: [[*key[:2], *(strings[number] for number in key[2:])] for key in group.keys]
            for name, group in doc.spans.items()
        },
        "groups": {name: (group.name, group.attrs) for name, group in doc.spans.items()},
        "cats": doc.cats,
        "sentiment": doc.sentiment,
        "unknown_spaces": doc.has_unknown_spaces,
    }  # fmt: skip


def tuples_for_lists(value: Any) -> Any:
    """What a pack makes of lists, as spaCy does."""
    if isinstance(value, dict):
        return {key: tuples_for_lists(inner) for key, inner in value.items()}
    return tuple(map(tuples_for_lists, value)) if isinstance(value, list | tuple) else value


@given(documents())
def test_bytes_lose_nothing(doc: Doc) -> None:
    again = Doc(Vocab()).from_bytes(doc.to_bytes())

    assert facts(again) == facts(doc)
    assert again.user_data == doc.user_data
    assert np.array_equal(again.tensor, doc.tensor)
    assert facts(Doc(Vocab()).from_dict(doc.to_dict())) == facts(doc)


@given(documents())
def test_a_pack_that_may_hold_everything_loses_nothing(doc: Doc) -> None:
    pack = DocBin(docs=[doc], store_user_data=True, store_tensor=True)

    (again,) = DocBin().from_bytes(pack.to_bytes()).get_docs(Vocab())

    assert facts(again) == facts(doc)
    assert again.user_data == tuples_for_lists(doc.user_data)
    assert np.array_equal(again.tensor, doc.tensor)


@given(documents())
def test_json_gives_back_what_it_shows(doc: Doc) -> None:
    shown = doc.to_json()

    assert Doc(Vocab()).from_json(json.loads(json.dumps(shown))).to_json() == shown


@given(documents())
def test_json_loses_nothing(doc: Doc) -> None:
    shown = doc.to_json(complete=True)

    again = Doc(Vocab()).from_json(json.loads(json.dumps(shown)))

    assert again.to_json(complete=True) == shown
    assert facts(again) == facts(doc)
    assert again.user_data == doc.user_data
    assert np.array_equal(again.tensor, doc.tensor)


def test_json_says_what_is_not_known_of_entities() -> None:
    doc = Doc(Vocab(), ["Anna", "met", "Bo", "and", "Cy"])
    doc.set_ents([Span(doc, 0, 1, "PER", span_id="a1")], missing=[doc[2:4]], blocked=[doc[4:5]])

    shown = doc.to_json()

    assert shown["ents"] == [{"start": 0, "end": 4, "label": "PER", "id": "a1"}]
    assert (shown["ents_missing"], shown["ents_blocked"]) == (
        [{"start": 9, "end": 15}],
        [{"start": 16, "end": 18}],
    )
    again = Doc(Vocab()).from_json(shown)
    assert again.to_json() == shown
    assert [token.ent_iob_ for token in again] == ["B", "O", "", "", "B"]


def test_arrays_among_the_attributes_of_a_group_stay_arrays() -> None:
    doc = Doc(Vocab(), ["a", "b"])
    doc.spans["sc"] = [doc[0:1], doc[1:1]]
    doc.spans["sc"].attrs["scores"] = np.array([0.25, 1.0], dtype=np.float32)

    again = Doc(Vocab()).from_json(json.loads(json.dumps(doc.to_json())))

    scores = again.spans["sc"].attrs["scores"]
    assert (scores.dtype, scores.tolist()) == (np.float32, [0.25, 1.0])
    assert [(span.start, span.end) for span in again.spans["sc"]] == [(0, 1), (1, 1)]


def test_attributes_of_a_group_that_json_cannot_hold_are_named() -> None:
    doc = Doc(Vocab(), ["a"])
    doc.spans["sc"] = [doc[0:1]]
    doc.spans["sc"].attrs["odd"] = object()

    with pytest.raises(DataError, match=r"spans\['sc'\].attrs: JSON cannot hold them, .*; remove them"):
        doc.to_json()


def test_tensors_stand_in_files_that_are_asked_to_hold_them() -> None:
    doc = Doc(Vocab(), ["a", "b"])
    doc.tensor = np.ones((2, 3), dtype=np.float32)

    assert "tensor" not in doc.to_json()
    (without,) = DocBin(docs=[doc]).get_docs(Vocab())
    assert without.tensor.size == 0


@given(documents())
def test_a_copy_is_the_same_and_apart(doc: Doc) -> None:
    before = facts(doc)
    copied = doc.copy()
    assert facts(copied) == before

    copied.cats["new"] = 1.0
    copied.spans["g"] = []
    copied[0].tag_ = "changed"

    assert facts(doc) == before


def test_tuples_stay_tuples_and_arrays_arrays() -> None:
    doc = Doc(Vocab(), ["a"], user_data={("k", 1): [(1, 2), [3]], "array": np.arange(3)})

    again = Doc(Vocab()).from_bytes(doc.to_bytes())

    assert again.user_data[("k", 1)] == [(1, 2), [3]]
    assert again.user_data["array"].tolist() == [0, 1, 2]


def test_what_cannot_be_written_is_named() -> None:
    with pytest.raises(DataError, match="user_data: only plain data and arrays can be written, got <object"):
        Doc(Vocab(), ["a"], user_data={"x": object()}).to_bytes()


def test_added_attributes_of_tokens_and_spans_go_through_json() -> None:
    Token.set_extension("mark", default=0, force=True)
    Span.set_extension("note", default="", force=True)
    doc = Doc(Vocab(), ["a", "b", "c"])
    doc[1]._.mark, doc[0:2]._.note = 7, "n"

    shown = doc.to_json(underscore=["mark", "note"])
    again = Doc(Vocab()).from_json(shown)

    assert shown["underscore_token"] == {"mark": [{"start": 2, "value": 7}]}
    assert shown["underscore_span"] == {"note": [{"start": 0, "value": "n", "end": 3}]}
    assert (again[1]._.mark, again[0:2]._.note) == (7, "n")
    Token.remove_extension("mark")
    Span.remove_extension("note")


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ({"text": "ab"}, "KeyError: 'tokens'"),
        ({"text": "ab", "tokens": [{"id": 0, "start": 1, "end": 2}]}, "do not match the text"),
        (
            {"text": "a", "tokens": [{"start": 0, "end": 1}], "ents": [{"start": 0, "end": 5}]},
            "the entity from 0 to 5",
        ),
        (
            {"text": "ab", "tokens": [{"start": 0, "end": 1, "tag": "X"}, {"start": 1, "end": 2}]},
            "tag is set for 1",
        ),
        ({"text": "a", "tokens": [{"start": 0, "end": 1}], "sentiment": "good"}, "ValueError: could not"),
        ({"text": "a", "tokens": [{"start": 0, "end": 1}], "sent_starts": [1, 1]}, "needs 1 values"),
        (
            {"text": "a", "tokens": [{"start": 0, "end": 1, "morph": ""}], "morphs_missing": [1]},
            "IndexError",
        ),
        (
            {"text": "a", "tokens": [{"start": 0, "end": 1}], "span_groups": {"none": {}}},
            "KeyError: 'none'",
        ),
        ({"text": "a", "tokens": [{"start": 0, "end": 1}], "user_data": "?"}, "not the description"),
        ({"text": "a", "tokens": [{"start": 0, "end": 1}], "user_data": "gQ=="}, "not the description"),
        (
            {
                "text": "a",
                "tokens": [{"start": 0, "end": 1}],
                "tensor": {"dtype": "V999", "shape": [1], "values": [1]},
            },
            "must hold numbers, got dtype 'V999'",
        ),
    ],
)
def test_a_description_that_does_not_fit_is_refused(description: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        Doc(Vocab()).from_json(description)

    # What is clear already is not wrapped in another message.
    assert "DataError" not in str(caught.value)


def test_a_file_that_is_no_document_is_named(tmp_path: Path) -> None:
    (tmp_path / "doc").write_bytes(b"\xff")

    with pytest.raises(DataError, match=f"{tmp_path / 'doc'}: doc: not a document's bytes"):
        Doc(Vocab()).from_disk(tmp_path / "doc")
    with pytest.raises(DataError, match="cannot be read"):
        Doc(Vocab()).from_disk(tmp_path / "none")


def test_documents_are_joined_with_all_that_they_carry() -> None:
    vocab = Vocab()
    one = Doc(vocab, ["a", "b"], [True, False], heads=[1, 1], deps=["x", "ROOT"], ents=["B-X", "O"])
    two = Doc(vocab, ["c"], [False], heads=[0], deps=["ROOT"], ents=["B-Y"])
    one.spans["s"], two.spans["s"] = [one[0:2]], [two[0:1]]
    one.tensor, two.tensor = np.ones((2, 1), dtype=np.float32), np.zeros((1, 1), dtype=np.float32)
    two.user_data[("._.", "mark", 0, None)] = 3

    joined = Doc.from_docs([one, two])

    assert joined is not None
    assert joined.text == "a b c"
    assert [token.head.i for token in joined] == [1, 1, 2]
    assert [sent.text for sent in joined.sents] == ["a b", "c"]
    assert [ent.label_ for ent in joined.ents] == ["X", "Y"]
    assert [span.text for span in joined.spans["s"]] == ["a b", "c"]
    assert joined.user_data == {("._.", "mark", 4, None): 3}
    assert joined.tensor.shape == (3, 1)


def test_documents_of_two_vocabularies_are_not_joined() -> None:
    with pytest.raises(DataError, match="expected documents of one vocabulary"):
        Doc.from_docs([Doc(Vocab(), ["a"]), Doc(Vocab(), ["b"])])


def test_joining_asks_for_no_space_after_whitespace_or_where_none_is_wanted() -> None:
    vocab = Vocab()
    docs = [Doc(vocab, ["a", "\n"], [False, False]), Doc(vocab, ["b"], [False]), Doc(vocab, ["c"], [False])]

    spaced, joined = Doc.from_docs(docs), Doc.from_docs(docs, ensure_whitespace=False)

    assert spaced is not None
    assert joined is not None
    assert (spaced.text, joined.text) == ("a\nb c", "a\nbc")


def test_a_slice_keeps_its_tokens_in_one_tree_and_drops_entities_that_it_cuts() -> None:
    doc = Doc(
        Vocab(),
        ["a", "b", "c", "d", "e"],
        heads=[0, 0, 0, 0, 1],
        deps=["ROOT", "x", "x", "x", "x"],
        ents=["O", "B-E", "I-E", "O", "O"],
    )

    piece = doc[2:5].as_doc()

    assert [(token.dep_, token.head.i) for token in piece] == [("dep", 0), ("dep", 0), ("dep", 0)]
    assert len(list(piece.sents)) == 1
    assert [token.ent_iob_ for token in piece] == ["", "O", "O"]


@pytest.mark.parametrize(
    ("cats", "message"),
    [
        ({"A": float("nan")}, "expected a finite number for 'A', got nan"),
        ({"A": float("inf")}, "expected a finite number for 'A', got inf"),
        ({"A": {"B": 1.0}}, r"expected a finite number for 'A', got \{'B': 1\.0\}"),
        ({"A": "1"}, "expected a finite number for 'A', got '1'"),
        ({"A": None}, "expected a finite number for 'A', got None"),
        ({1: 1.0}, "expected a string as label, got 1"),
        ([1.0], r"expected a dictionary, got \[1\.0\]"),
    ],
)
def test_categories_are_labels_and_finite_numbers(cats: Any, message: str) -> None:
    told = Doc(Vocab(), words=["a"]).to_dict()
    described = Doc(Vocab(), words=["a"]).to_json()

    with pytest.raises(DataError, match=f"cats: {message}"):
        Doc(Vocab()).from_dict({**told, "cats": cats})
    with pytest.raises(DataError, match=f"cats: {message}"):
        Doc(Vocab()).from_json({**described, "cats": cats})


@pytest.mark.parametrize("tensor", [{"a": 1}, 3, "x", {"dtype": "<f4", "shape": [2], "values": [0, 1]}])
def test_a_tensor_of_another_shape_is_refused(tensor: Any) -> None:
    described = Doc(Vocab(), words=["a"]).to_json()

    with pytest.raises(DataError, match="doc: the tensor must have a row per token, got"):
        Doc(Vocab()).from_json({**described, "tensor": tensor})


def test_tuples_without_end_in_each_other_are_refused() -> None:
    # Each level takes 60 KB of the stack of the machine; a thousand would end the process.
    data, value = b"\xc0", ()
    for _ in range(5000):
        data, value = b"\xc9" + len(data).to_bytes(4, "big") + b"\x01" + data, (value,)
    told = Doc(Vocab(), words=["a"]).to_dict()
    doc = Doc(Vocab(), words=["a"])
    doc.user_data["deep"] = value

    with pytest.raises(DataError, match="user_data: tuples nested more than 16 levels deep; write it"):
        Doc(Vocab()).from_dict({**told, "user_data_keys": data, "user_data_values": data})
    with pytest.raises(DataError, match="user_data: tuples nested more than 16 levels deep; use lists"):
        doc.to_bytes()


def test_a_few_tuples_in_each_other_come_back() -> None:
    doc = Doc(Vocab(), words=["a"])
    doc.user_data["deep"] = ((((((((1, "a"),),),),),),),)

    assert Doc(Vocab()).from_bytes(doc.to_bytes()).user_data == doc.user_data

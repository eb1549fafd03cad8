"""JSON, JSON lines and tables: what becomes of them, and what is said of malformed ones."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.convert.readable_text import TextFault
from kernel.errors import DataError
from kernel.registry import registry
from kernel.testing.data.converters import check_converter
from kernel.testing.runs.names import check_names
from kernel.tokens import Doc, DocBin, Span
from kernel.training import docs_to_json
from kernel.vocab import Vocab


def convert(path: Path, **options: Any) -> list[Doc]:
    name = path.name.removesuffix(".gz").rpartition(".")[2]
    return list(registry.converters.get(name)(path, **options))


def write(folder: Path, name: str, *lines: Any) -> Path:
    """Write lines, those that are no strings as JSON."""
    path = folder / name
    written = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path


def ents(doc: Doc) -> list[tuple[str, str]]:
    return [(ent.text, ent.label_) for ent in doc.ents]


def test_its_names_resolve() -> None:
    assert {name for _, name in check_names("records")} == {"csv", "json", "jsonl", "tsv"}


def test_all_are_converters(tmp_path: Path) -> None:
    record = {"text": "Anna sings.", "entities": [[0, 4, "PER"]]}
    wrong = {"text": "Anna sings.", "entities": [[0, 3, "PER"]]}
    for name, good, bad, line in (
        ("jsonl", [record], [record, wrong], 2),
        ("json", ["[", record, "]"], ["[", record, ",", wrong, "]"], 4),
        ("csv", ["text,label", "Nice!,POS"], ["text,label", "Nice!,POS", '"Two', 'lines",POS', "Bad"], 5),
        ("tsv", ["text\tlabel", "Nice!\tPOS"], ["text\tlabel", "Nice!"], 2),
    ):
        convert = registry.converters.get(name)
        check_converter(
            convert, write(tmp_path, f"good.{name}", *good), write(tmp_path, f"bad.{name}", *bad), line
        )


@pytest.mark.parametrize(
    "annotation",
    [
        {"entities": [[0, 4, "PER"], [14, 18, "LOC"]]},
        {"ents": [{"start": 0, "end": 4, "label": "PER"}, {"start": 14, "end": 18, "label": "LOC"}]},
        {"label": [[0, 4, "PER"], [14, 18, "LOC"]]},
        {"entities": [{"start_offset": 0, "end_offset": 4, "label": "PER"}, [14, 18, "LOC"]]},
        {"spans": [{"start": 0, "end": 4, "label": "PER"}, [14, 18, "LOC", "Q585"]]},
        {"tokens": ["Anna", "lives", "in", "Oslo", "."], "entities": ["U-PER", "O", "O", "U-LOC", "O"]},
    ],
)
def test_entities_come_in_many_spellings(tmp_path: Path, annotation: dict[str, Any]) -> None:
    (doc,) = convert(write(tmp_path, "a.jsonl", {"text": "Anna lives in Oslo.", "id": 7, **annotation}))

    assert ents(doc) == [("Anna", "PER"), ("Oslo", "LOC")]
    assert doc.text == "Anna lives in Oslo."


def test_labels_are_mapped_or_dropped(tmp_path: Path) -> None:
    path = write(tmp_path, "a.jsonl", {"text": "Anna Oslo", "entities": [[0, 4, "PER"], [5, 9, "LOC"]]})

    (doc,) = convert(path, ner_map={"PER": "PERSON", "LOC": ""})
    assert ents(doc) == [("Anna", "PERSON")]


def test_categories_by_name_say_that_the_others_are_not(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "a.jsonl",
        {"text": "a", "label": "X"},
        {"text": "b", "label": ["Y", "Z"]},
        {"text": "c", "cats": {"W": 0.5}},
        {"text": "d"},
    )

    assert [doc.cats for doc in convert(path)] == [
        {"X": 1.0, "Y": 0.0, "Z": 0.0},
        {"X": 0.0, "Y": 1.0, "Z": 1.0},
        {"W": 0.5},
        {},
    ]


def test_tables_give_categories(tmp_path: Path) -> None:
    one = convert(write(tmp_path, "a.csv", "id,Text,Label", '1,"Good, ""very""",POS', "2,Bad,NEG"))
    several = convert(write(tmp_path, "b.csv", "labels;text", "A|B;x", ";y"))
    numbers = convert(write(tmp_path, "c.tsv", "sentence\tGOOD\tBAD", "x\t1\t0.25"))

    assert [(doc.text, doc.cats) for doc in one] == [
        ('Good, "very"', {"POS": 1.0, "NEG": 0.0}),
        ("Bad", {"POS": 0.0, "NEG": 1.0}),
    ]
    assert [doc.cats for doc in several] == [{"A": 1.0, "B": 1.0}, {}]
    assert numbers[0].cats == {"GOOD": 1.0, "BAD": 0.25}


def test_the_training_format_of_spacy_2_is_read(tmp_path: Path) -> None:
    tokens = [
        {"id": 0, "orth": "Anna", "space": " ", "tag": "N", "head": 1, "dep": "nsubj", "ner": "U-PER"},
        {"id": 1, "orth": "sings", "space": "", "tag": "V", "head": 0, "dep": "root", "ner": "O"},
        {"id": 2, "orth": ".", "space": " ", "tag": ".", "head": -1, "dep": "punct", "ner": "O"},
    ]
    more = [{"orth": "Yes", "ner": "-"}]
    paragraph = {
        "raw": "Anna sings. ",
        "sentences": [{"tokens": tokens, "brackets": []}],
        "cats": [{"label": "A", "value": 1}],
    }
    path = write(
        tmp_path,
        "a.json",
        [{"id": 0, "paragraphs": [paragraph, {"raw": "Yes Yes", "sentences": [{"tokens": more}] * 2}]}],
    )

    first, second = convert(path)
    assert (first.text, first.cats, ents(first)) == ("Anna sings. ", {"A": 1.0}, [("Anna", "PER")])
    assert [(token.tag_, token.dep_, token.head.i) for token in first] == [
        ("N", "nsubj", 1),
        ("V", "ROOT", 1),
        (".", "punct", 1),
    ]
    assert second.text == "Yes Yes"
    assert [token.is_sent_start for token in second] == [True, True]
    assert [token.ent_iob_ for token in second] == ["", ""]


def test_lists_of_texts_with_offsets_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path, "a.json", '[["Anna sings", {"entities": [[0, 4, "PER"]]}],', '{"text": "Oslo"}', "]"
    )

    assert [ents(doc) for doc in convert(path)] == [[("Anna", "PER")], []]

    path = write(tmp_path, "a.jsonl", ["Anna sings", {"entities": [[0, 4, "PER"]]}])

    assert [ents(doc) for doc in convert(path)] == [[("Anna", "PER")]]


@settings(deadline=None, max_examples=50)
@given(words=st.lists(st.sampled_from(["Anna", "é", "x-y", "."]), min_size=1, max_size=6), data=st.data())
def test_json_lines_to_spacy_and_back_say_the_same(
    tmp_path_factory: pytest.TempPathFactory, words: list[str], data: st.DataObject
) -> None:
    n = len(words)
    spaces = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    doc = Doc(
        Vocab(),
        words=words,
        spaces=spaces,
        tags=data.draw(st.lists(st.sampled_from(["N", "V"]), min_size=n, max_size=n)),
        morphs=data.draw(st.lists(st.sampled_from(["", "Case=Nom"]), min_size=n, max_size=n)),
        heads=[max(0, i - 1) for i in range(n)],
        deps=["ROOT"] + ["dep"] * (n - 1),
        ents=data.draw(st.lists(st.sampled_from(["O", "B-X"]), min_size=n, max_size=n)),
    )
    doc.cats = {"A": 0.25}
    doc.spans["sc"] = [Span(doc, 0, 1, label="S", kb_id="Q1"), Span(doc, 0, n, label="T")]
    doc.spans["sc"].attrs["source"] = "rules"
    doc.sentiment = 0.5
    doc[n - 1].norm_ = "norm"
    folder = tmp_path_factory.mktemp("round")
    (read,) = convert(write(folder, "a.jsonl", doc.to_json()))
    DocBin(docs=[read]).to_disk(folder / "a.spacy")
    (again,) = DocBin().from_disk(folder / "a.spacy").get_docs(Vocab())

    assert json.dumps(again.to_json()) == json.dumps(doc.to_json())


def test_what_json_lines_say_of_entities_comes_back(tmp_path: Path) -> None:
    doc = Doc(Vocab(), ["Anna", "met", "Bo", "and", "Cy"])
    doc.set_ents([Span(doc, 0, 1, "PER", kb_id="Q1", span_id="a1")], missing=[doc[2:4]], blocked=[doc[4:5]])

    (again,) = convert(write(tmp_path, "a.jsonl", doc.to_json()))

    assert again.to_json() == doc.to_json()


def test_keys_that_only_documents_have_are_passed_over_in_other_records(tmp_path: Path) -> None:
    record = {"text": "Nice", "sentiment": "positive", "tensor": "none", "span_groups": 3, "label": "POS"}

    (doc,) = convert(write(tmp_path, "a.jsonl", record))

    assert (doc.cats, doc.sentiment) == ({"POS": 1.0}, 0.0)


def test_malformed_entries_can_be_left_out(tmp_path: Path) -> None:
    refused: list[TextFault] = []
    path = write(tmp_path, "a.jsonl", {"text": "a"}, "{", {"text": "b", "cats": 1}, {"text": "c"})

    docs = convert(path, refuse=refused.append)
    assert [doc.text for doc in docs] == ["a", "c"]
    assert [(fault.place, fault.text) for fault in refused] == [
        (f"{path}:2", "{"),
        (f"{path}:3", '{"text": "b", "cats": 1}'),
    ]


def test_compressed_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "a"}\n'))

    assert [doc.text for doc in convert(path)] == ["a"]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("[1]", "expected an object with a text, got [1]"),
        ('{"txt": "a"}', 'expected the key "text" or "tokens", got \'txt\''),
        ('{"text": 1}', "text: expected a string, got 1"),
        ('{"text": ""}', "expected a text, got no tokens"),
        (
            '{"text": "a", "entities": [[0, 9, "X"]]}',
            "entities[0]: expected 0 <= start < end <= 1, got 0 and 9",
        ),
        ('{"text": "a", "entities": [[0, 1e30, "X"]]}', "entities[0]: expected start and end in characters"),
        ('{"text": "a", "entities": [[0, 1]]}', "entities[0]: expected [start, end, label], got [0, 1]"),
        ('{"text": "a", "entities": [[0, 1, 3]]}', "entities[0]: expected a label in quotes, got 3"),
        ('{"text": "a b", "entities": [[0, 2, "X"]]}', "an entity begins or ends on whitespace"),
        ('{"text": "abc", "entities": [[0, 2, "X"]]}', "inside a token of 'abc', got (0, 2, 'X') for 'ab'"),
        ('{"text": "a b", "entities": [[0, 3, "X"], [2, 3, "Y"]]}', "entities: two overlap"),
        ('{"text": "a", "tags": ["X", "Y"]}', "tags: 2 values for 1 tokens"),
        ('{"text": "a", "tokens": ["b"]}', "tokens: they do not make up the text"),
        ('{"text": "a", "cats": {"X": NaN}}', "cats['X']: expected a number, got nan"),
        ('{"text": "a", "spans": {"k": 1}}', "spans['k']: expected a list of [start, end, label], got 1"),
        ('{"text": "a \\uD800"}', "not readable as JSON (a lone surrogate, '\\ud800')"),
        ('{"text": "a"', "not JSON (Expecting ',' delimiter at character 12)"),
        ("[" * 100000, "not readable as JSON"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, record: str, message: str) -> None:
    path = write(tmp_path, "a.jsonl", '{"text": "fine"}', "", record)

    with pytest.raises(DataError) as refused:
        convert(path)
    assert str(refused.value).startswith(f"{path}:3: ")
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"text": "a"}\n{"text": "b"}]', "a.json:2: expected ',' or ']' after an entry"),
        ('[{"text": "a"},\n{"text": ]', "a.json:2: not JSON (Expecting value)"),
        ('[{"text": "a"}', "a.json:1: expected ',' or ']' after an entry, got ''; is the file truncated?"),
        ('{"text": "a"}\n{"text": "b"}', "a.json:2: expected the end of the file, got"),
        ("", "a.json:1: not JSON"),
        (
            '[{"paragraphs": [{"sentences": [{"tokens": [{}]}]}]}]',
            "paragraph 0: sentence 0, token 0: expected an",
        ),
        ('[{"paragraphs": 3}]', "a.json:1: paragraphs: expected a list, got 3"),
        (
            '[{"paragraphs": [{"sentences": [{"tokens": [{"orth": "a", "head": 4}]}]}]}]',
            "heads: expected a token",
        ),
    ],
)
def test_a_malformed_json_file_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataError) as refused:
        convert(path)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Nice!,POS", "a.csv:1: expected a first row that names a column 'text', got ['Nice!', 'POS']"),
        ("text,label\nNice!,", "a.csv:2: expected a label, got ''"),
        ("text,A\nNice!,x", "a.csv:2: A: expected a number from 0 to 1, got 'x'"),
        ('text,label\n"Nice!,POS', "a.csv:2: expected a row of a table"),
        ("text,label\na,b,c", "a.csv:2: expected 2 cells, got 3"),
    ],
)
def test_a_malformed_table_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DataError) as refused:
        convert(path)
    assert message in str(refused.value)


def test_what_docs_to_json_writes_comes_back(tmp_path: Path) -> None:
    words, spaces = ["Anna", "Berg", "sings", ".", "Yes"], [True, True, False, True, False]
    doc = Doc(
        Vocab(),
        words,
        spaces,
        pos=["PROPN", "PROPN", "VERB", "PUNCT", "INTJ"],
        lemmas=["Anna", "Berg", "sing", ".", "yes"],
        heads=[2, 0, 2, 2, 4],
        deps=["nsubj", "flat", "ROOT", "punct", "ROOT"],
        ents=["B-PER", "I-PER", "O", "O", "O"],
    )
    doc.cats = {"music": 1.0, "sport": 0.0}

    (again,) = convert(write(tmp_path, "a.json", docs_to_json(doc)))

    assert again.to_json() == doc.to_json()

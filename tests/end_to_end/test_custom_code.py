"""The examples of custom code do what their pages say, through the command."""

from __future__ import annotations

import csv
import importlib.util
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from commands import call_kernel
from workspace import ROOT

import kernel
from kernel.errors import DataError, ModelError
from kernel.plugins.manager import load_plugins
from kernel.registry import registry
from kernel.tokens import DocBin

FOLDER = ROOT / "examples" / "custom_code"
STEPS = ("--training.max_steps=4", "--training.eval_frequency=2")
Train = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def own_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test register what it loads, beside nothing that another one has registered."""
    monkeypatch.setitem(vars(registry), "installed", load_plugins(strict=False))


@pytest.fixture
def train(walked: Path, tmp_path: Path) -> Train:
    """Train one of the examples in an empty folder, with its file or with that file changed."""
    corpora = [f"--paths.{split}={walked / split}.spacy" for split in ("train", "dev")]

    def run(
        example: str, *words: str, old: str = "", new: str = "", code: str = ""
    ) -> subprocess.CompletedProcess[str]:
        source = (FOLDER / f"{code or example}.py").read_text("utf-8")
        assert old in source
        (tmp_path / "functions.py").write_text(source.replace(old, new) if old else source, "utf-8")
        call = ["train", str(FOLDER / f"{example}.cfg"), "--code", "functions.py", "--output", "run"]
        return call_kernel(tmp_path, *call, *corpora, *STEPS, *words)

    return run


def loaded(folder: Path) -> kernel.Language:
    """The pipeline that a run has left."""
    return kernel.load(folder / "run" / "model-last", code=True)


def module(name: str) -> ModuleType:
    """Import one of the examples that are programs."""
    spec = importlib.util.spec_from_file_location(f"custom_code_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.mark.parametrize("added", ['(r"-+$",)', '[r"-+$"]'])
def test_a_callback_adds_a_suffix_as_a_tuple_or_as_a_list(train: Train, tmp_path: Path, added: str) -> None:
    done = train("language_data", old='(r"-+$",)', new=added)

    assert done.returncode == 0, done.stderr
    assert [token.text for token in loaded(tmp_path).make_doc("Well--")] == ["Well", "--"]
    assert [token.text for token in kernel.blank("en").make_doc("Well--")] != ["Well", "--"]


@pytest.mark.parametrize("example", ["language_data_arguments", "language_data_strict"])
def test_a_callback_takes_its_arguments_from_the_config(train: Train, tmp_path: Path, example: str) -> None:
    done = train(example)

    assert done.returncode == 0, done.stderr
    assert "Updated stop words and tokenizer suffixes" in done.stdout
    assert [token.is_stop for token in loaded(tmp_path).make_doc("Ooh castle")] == [True, False]


def test_a_plain_bool_takes_one_for_true_and_a_strict_one_does_not(train: Train) -> None:
    one = "--nlp.before_creation.debug=1"
    strict, plain = train("language_data_strict", one), train("language_data_arguments", one)

    assert plain.returncode == 0, plain.stderr
    assert "Updated stop words" in plain.stdout
    assert strict.returncode == 1
    assert strict.stderr == (
        "Error: override --nlp.before_creation.debug: [nlp.before_creation] debug: "
        "expected true or false, got 1\n"
    )


def test_a_list_of_stop_words_that_is_added_as_one_is_told_what_to_write(train: Train) -> None:
    done = train("language_data_arguments", old="stop_words.update(", new="stop_words.add(")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "['ooh', 'aah']; write stop_words.update(words)" in done.stderr


@pytest.mark.parametrize("extra", ["", ", stdout, stderr"])
def test_a_logger_writes_a_table_whatever_it_is_set_up_with(train: Train, tmp_path: Path, extra: str) -> None:
    done = train("logger", old='(nlp: "Language")', new=f'(nlp: "Language"{extra})')

    assert done.returncode == 0, done.stderr
    with (tmp_path / "my_file.tab").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    assert rows[0] == ["step", "score", "loss_tagger", ""]
    assert [row[0] for row in rows[1:]] == ["0", "2", "4"]
    assert all(0 <= float(row[1]) <= 1 and float(row[2]) > 0 for row in rows[1:])


def test_a_schedule_makes_the_batches(train: Train) -> None:
    growing = train("schedule", "--training.batch_size.factor=2", "--training.max_steps=6")

    assert growing.returncode == 0, growing.stderr
    # Ten documents in batches of 2, 4, 8 ...: the second epoch begins with the fourth batch.
    epochs = [line.split()[:2] for line in growing.stdout.splitlines() if line.strip()[:1].isdigit()]
    assert epochs[:2] == [["0", "0"], ["0", "2"]]
    assert epochs[2][0] > "0"


def test_a_schedule_of_batch_sizes_alone_is_that_of_the_usual_batcher(train: Train, tmp_path: Path) -> None:
    config = (FOLDER / "schedule.cfg").read_text("utf-8")
    (tmp_path / "alone.cfg").write_text(config.partition("[training.batcher]")[0], "utf-8")

    done = train(str(tmp_path / "alone"), code="schedule")

    assert done.returncode == 0, done.stderr
    saved = kernel.Config().from_disk(tmp_path / "run" / "config.cfg", interpolate=False)["training"][
        "batcher"
    ]
    assert (saved["@batchers"], saved["size"]) == ("kernel.batch_by_words.v1", "${training.batch_size}")


def test_a_batcher_leaves_out_doublets(train: Train) -> None:
    done = train("batching", "--training.batcher.size=3")
    code = {"kernel": kernel}
    exec((FOLDER / "batching.py").read_text("utf-8"), code)
    nlp = kernel.blank("xx")
    docs = [nlp.make_doc(text) for text in ("a", "b", "a", "c", "d", "d", "e")]
    examples = [kernel.Example(doc, doc.copy()) for doc in docs]

    batches = list(code["filter_batch"](2)(examples))

    assert done.returncode == 0, done.stderr
    assert [[eg.text for eg in batch] for batch in batches] == [["a", "b"], ["a", "c"], ["d", "e"]]


def test_a_network_of_ones_own_is_trained_and_loaded(train: Train, tmp_path: Path) -> None:
    done = train("network", "--components.tagger.model.output_width=64")

    assert done.returncode == 0, done.stderr
    nlp = loaded(tmp_path)
    assert nlp.get_pipe("tagger").model.layers[1].layers[0].layers[0].get_dim("nO") == 64
    assert all(token.tag_ for token in nlp("The ferry leaves."))


@pytest.mark.parametrize(
    ("limit", "reason"),
    [("--training.max_steps=6", "max_steps 6 reached"), ("--training.patience=2", "patience: ")],
)
def test_an_endless_reader_is_stopped_and_its_texts_are_learnt(
    tmp_path: Path, limit: str, reason: str
) -> None:
    texts = {"A draw again.": "SPORT", "She plays the cello.": "MUSIC"}
    rows = [f"{text},{int(cat == 'SPORT')},{int(cat == 'MUSIC')}\n" for text, cat in texts.items()]
    (tmp_path / "texts.csv").write_text(f"text,SPORT,MUSIC\n{''.join(rows)}", "utf-8")
    docs = list(map(kernel.blank("en").make_doc, texts))
    for doc in docs:
        doc.cats = {cat: float(texts[doc.text] == cat) for cat in ("SPORT", "MUSIC")}
    DocBin(docs=docs).to_disk(tmp_path / "dev.spacy")
    example = [str(FOLDER / "streaming.cfg"), "--code", str(FOLDER / "streaming.py")]

    done = call_kernel(
        tmp_path, "train", *example, "--output", "run", "--paths.source=texts.csv",
        "--paths.dev=dev.spacy", "--training.eval_frequency=2", limit,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert f"stopped: {reason}" in done.stdout
    found = [loaded(tmp_path)(text).cats for text in texts]
    assert [max(cats, key=cats.__getitem__) for cats in found] == list(texts.values())


def test_examples_come_from_documents_and_from_dictionaries() -> None:
    gold = module("gold_examples")
    nlp = kernel.blank("en")

    for example in (gold.from_docs(nlp.vocab), gold.from_tags(nlp)):
        assert [token.tag_ for token in example.reference] == ["NOUN", "VERB", "NOUN"]
        assert [token.tag_ for token in example.predicted] == ["", "", ""]
    entities = gold.from_entities(nlp)
    assert [(ent.text, ent.label_) for ent in entities.reference.ents] == [
        ("Facebook", "ORG"), ("React", "TECHNOLOGY"), ("2014", "DATE"),
    ]  # fmt: skip
    assert entities.get_aligned_ner() == ["U-ORG", "O", "U-TECHNOLOGY", "O", "U-DATE"]


def test_the_loop_by_hand_learns_and_saves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, FOLDER / "training_loop.py", tmp_path / "loop"],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1:] == ["Facebook\tORG", "React\tTECHNOLOGY", "2014\tDATE"]


def test_the_old_way_to_update_is_told_the_new_one() -> None:
    nlp = kernel.blank("en")
    text, tags = "Facebook released React in 2014", ["U-ORG", "O", "U-TECHNOLOGY", "O", "U-DATE"]

    with pytest.raises(DataError, match=r"Example\.from_dict\(nlp\.make_doc\(text\), annotations\)"):
        nlp.update([text], [{"entities": tags}])  # type: ignore[list-item,arg-type]
    with pytest.raises(ImportError, match=r"'GoldParse' is not available here; write Example\.from_dict"):
        exec("from kernel.training import GoldParse")
    with pytest.raises(
        ImportError, match=r"GoldParse does not exist; write Example\.from_dict\(nlp\.make_doc"
    ):
        exec("from kernel.gold import GoldParse")


@pytest.mark.parametrize(
    ("name", "label", "gold"),
    [
        ("ner", "ORG", {"entities": ["U-ORG", "O"]}),
        ("tagger", "X", {"tags": ["X", "X"]}),
        ("textcat_multilabel", "X", {"cats": {"X": 1.0}}),
    ],
)
def test_an_update_before_begin_training_is_told_what_is_missing(name: str, label: str, gold: dict) -> None:
    nlp = kernel.blank("en")
    nlp.add_pipe(name).add_label(label)  # type: ignore[attr-defined]

    with pytest.raises(ModelError, match=rf"^{name}: the model has no parameters yet; call nlp\.initialize"):
        nlp.update([kernel.Example.from_dict(nlp.make_doc("React released"), gold)])

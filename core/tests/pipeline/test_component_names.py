"""Names of components: their section in a config and their folder in a saved pipeline carry them."""

import re

import pytest

import kernel
from kernel.errors import ConfigError

PATHS = ("a/b", "../up", "/outside", "a\\b", "C:", "C:up", ".", "..", "a.b", "~/x")
PARTS = ("vocab", "tokenizer", "code", "VOCAB", "Tokenizer", "ｖｏｃａｂ", "config.cfg", "META.JSON")
OTHERS = (
    "",
    "nul\0",
    "a\nb",
    "a\x7fb",
    "s\ud800",
    "a\u202eb",
    "x" * 201,
    "é" * 101,
    "aux",
    "COM1",
    "*",
    " a",
    "a ",
)
REFUSED = pytest.mark.parametrize("name", [*PATHS, *PARTS, *OTHERS, 5], ids=ascii)


def with_one(name="one"):
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", name=name)
    return nlp


@REFUSED
def test_a_name_that_is_no_name_of_a_folder_is_refused_by_every_method(name):
    nlp, other = with_one(), with_one()
    calls = (
        lambda: nlp.add_pipe("sentencizer", name=name),
        lambda: nlp.add_pipe("one", name=name, source=other),
        lambda: nlp.create_pipe("sentencizer", name=name),
        lambda: nlp.create_pipe_from_source("one", other, name=name),
        lambda: nlp.rename_pipe("one", name),
    )
    for call in calls:
        with pytest.raises(ConfigError, match=r"pipeline: a component's name (is|must be)"):
            call()
    assert nlp.pipe_names == ["one"]


@REFUSED
def test_a_name_that_is_no_name_of_a_folder_is_refused_in_a_config(name):
    config = {"nlp": {"pipeline": [name]}, "components": {name: {"factory": "sentencizer"}}}

    with pytest.raises(ConfigError) as raised:
        kernel.blank("xx", config=config)

    assert str(raised.value).isprintable()


@pytest.mark.parametrize("name", ["a/b", "vocab", "code", "x" * 300])
def test_a_saved_pipeline_whose_component_has_such_a_name_is_not_loaded(name, tmp_path):
    with_one().to_disk(tmp_path / "saved")
    config = (tmp_path / "saved/config.cfg").read_text("utf-8")
    changed = re.sub(r"\bcomponents\.one\b", lambda _: f"components.{name}", config)
    (tmp_path / "saved/config.cfg").write_text(changed.replace('["one"]', f'["{name}"]'), "utf-8")

    with pytest.raises(ConfigError, match="a component's name must be usable as a folder name, got '"):
        kernel.load(tmp_path / "saved")


def test_whatever_a_saved_folder_holds_is_no_name_for_a_component(tmp_path):
    code = tmp_path / "mine.py"
    code.write_text(
        "from kernel.language import Language\n@Language.component('quiet')\ndef quiet(doc): return doc\n"
    )
    from kernel.config.code import import_files

    import_files([code])
    nlp = kernel.blank("xx")
    nlp.add_pipe("quiet", name="only")
    nlp.to_disk(tmp_path / "saved")
    parts = {path.name for path in (tmp_path / "saved").iterdir()} - {"only"}

    assert {"config.cfg", "meta.json", "tokenizer", "vocab", "code"} <= parts
    for part in parts:
        with pytest.raises(ConfigError):
            kernel.blank("xx").add_pipe("quiet", name=part)


def test_two_names_that_differ_in_case_alone_would_be_one_folder_on_some_systems():
    nlp = with_one("ner")

    with pytest.raises(
        ConfigError, match="some file systems cannot distinguish this name from 'ner', got 'NER'"
    ):
        nlp.add_pipe("sentencizer", name="NER")
    nlp.rename_pipe("ner", "NER")

    assert nlp.pipe_names == ["NER"]


def test_a_name_is_free_again_once_its_component_is_gone_or_renamed():
    nlp = with_one("a")
    nlp.remove_pipe("a")
    nlp.add_pipe("sentencizer", name="A")
    nlp.rename_pipe("A", "b")
    nlp.add_pipe("sentencizer", name="a")

    assert nlp.pipe_names == ["b", "a"]


@pytest.mark.parametrize("name", ["Satz-Ende 2", "文", "model-best", "_x", "x" * 200])
def test_any_other_name_is_fine_and_comes_back(name, tmp_path):
    with_one(name).to_disk(tmp_path)

    assert kernel.load(tmp_path).pipe_names == [name]

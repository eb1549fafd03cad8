"""Loading with a check: the text, the overrides, the references and the values are judged in one report."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.config import make_plan
from kernel.config.overrides import given_overrides
from kernel.errors import ConfigError
from kernel.limits import DataPath
from kernel.registry import registry


def report(tmp_path: Path, text: str, *words: str, has_data: bool = False) -> list[str]:
    path = tmp_path / "a.cfg"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        make_plan(path, given_overrides(words), has_data=has_data)
    return str(caught.value).replace(f"{tmp_path}/", "").split("\n")


def test_a_malformed_line_a_lost_reference_a_wrong_value_and_a_bad_override_are_one_report(tmp_path, base):
    text = base + "[training]\nseed\npatience = lots\nmax_steps = ${paths.trian}\ndropout = 7\n"

    found = report(tmp_path, text, "--training.patiance", "3", "--training.max_epochs", "-5")

    assert [line.split(": ")[:3] for line in found] == [
        ["a.cfg:13", "neither a section nor a value, got 'seed'; write it as key = value"],
        ["override --training.patiance", found[1].split(": ")[1]],
        ["a.cfg:14", "[training] patience", found[2].split(": ")[2]],
        ["a.cfg:15", "[training] max_steps", found[3].split(": ")[2]],
        ["a.cfg:16", "[training] dropout", found[4].split(": ")[2]],
        ["override --training.max_epochs", "[training] max_epochs", found[5].split(": ")[2]],
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[components.labeller]", "[components.labeller"),
        ("[components.labeller]", "[compnents.labeller]"),
        ('factory = "labeller"', 'factory = "labeller"\nfactory = "labeller"'),
        ('factory = "labeller"', "factory = 'labeller'"),
        ('pipeline = ["labeller"]', "pipeline = ${nlp.pipelin}"),
        ("[nlp]", "[nlp]\n[nlp]"),
    ],
)
def test_one_slip_gives_one_message(tmp_path, base, old, new):
    assert len(report(tmp_path, base.replace(old, new))) == 1


def test_what_a_lost_reference_leaves_open_is_not_reported_twice(tmp_path, base):
    text = base + "[own]\na = ${own.c}\nb = ${own.a}\n[training]\nmax_steps = ${own.b}\npatience = x\n"

    lines = report(tmp_path, text)

    assert [line.split(" ")[0] for line in lines] == ["a.cfg:13:", "a.cfg:17:"]


def test_a_circle_and_other_mistakes_are_told_together(tmp_path, base):
    text = base + "[own]\na = ${own.b}\nb = ${own.a}\n[training]\nmax_steps = ${own.b}\npatience = x\n"

    lines = report(tmp_path, text)

    assert ["refers to itself" in line for line in lines] == [True, False]


def test_a_value_from_the_environment_is_blamed_on_it(tmp_path, base, monkeypatch):
    monkeypatch.setenv("KERNEL_CONFIG_OVERRIDES", "--training.patience lots")

    [line] = report(tmp_path, base, "--training.patience", "5")

    assert line.startswith(
        "KERNEL_CONFIG_OVERRIDES --training.patience: [training] patience: expected an int"
    )


def test_what_is_missing_is_placed_where_the_section_around_it_begins(tmp_path):
    lines = report(tmp_path, "[nlp]\npipeline = []\n")

    assert lines == ["a.cfg:1: [nlp] lang: expected a string, got None"]


def test_a_default_that_is_wrong_is_placed_in_the_file(tmp_path):
    lines = report(tmp_path, "[paths]\ntrain = null\n")

    assert lines == ["a.cfg: [nlp] lang: expected a string, got None"]


def test_a_config_without_mistakes_is_given_back_with_its_overrides(tmp_path, base):
    path = tmp_path / "a.cfg"
    path.write_text(base)

    assert make_plan(path, {"training.patience": 700}).given["training"] == {"patience": 700}


def test_a_misspelt_key_is_not_also_reported_missing(tmp_path, base):
    assert len(report(tmp_path, base.replace("lang =", "language ="))) == 1
    assert len(report(tmp_path, base.replace("[nlp]", "[npl]"))) == 1


def test_a_value_that_many_refer_to_is_blamed_once(tmp_path, base):
    text = base + "[system]\nseed = x\n[training]\nseed = ${system.seed}\n"

    assert report(tmp_path, text) == [
        "a.cfg:13: [system] seed: expected an int, at least 0, at most 4294967295 or null, got 'x'"
    ]


def test_missing_corpora_are_named_by_the_path_that_leads_to_them(tmp_path, base, monkeypatch):
    def reader(path: DataPath = None, **_: object) -> object:
        return path

    registry.readers("test.Files.v1", func=reader)
    block = '[corpora.{0}]\n@readers = "test.Files.v1"\npath = ${{paths.{0}}}\n'
    text = base.replace("null", '"no.spacy"') + "[corpora]\n" + block.format("train") + block.format("dev")

    assert report(tmp_path, text, has_data=True) == [
        "a.cfg:1: [paths] dev: no corpus is set, got None; pass --paths.dev FILE",
        "a.cfg:2: [paths] train: no such file or folder, got 'no.spacy'; correct it, or pass --paths.train FILE",
    ]


#: Two functions whose arguments are right each for itself, and an optimizer with a wrong one.
PICKY = """
[training]
patience = lots

[training.batcher]
@batchers = "toy.pair.v1"
a = [1]
b = []

[training.dropout]
@schedules = "toy.never.v1"

[training.optimizer]
@optimizers = "Adam.v1"
learn_rate = -1

[training.logger]
@loggers = "toy.reaching.v1"
"""


@pytest.fixture
def picky():
    """Functions that refuse what their types allow."""

    @registry.batchers("toy.pair.v1")
    def pair(a: list, b: list):
        if len(a) != len(b):
            raise ValueError(f"a and b must have one length, got {len(a)} and {len(b)}")

    @registry.schedules("toy.never.v1")
    def never():
        raise ConfigError("never, got a call; leave me out")

    @registry.loggers("toy.reaching.v1")
    def reaching():
        raise AssertionError("a logger may do more than build, and is not tried")


@pytest.mark.usefixtures("picky")
def test_what_only_functions_can_judge_stands_in_the_report(tmp_path, base):
    lines = report(tmp_path, base + PICKY, has_data=True)

    start = base.count("\n") + 1
    wanted = "expected a float, at least 0 or a list of floats, at least 0 or a schedule"
    assert lines == [
        f"a.cfg:{start + 2}: [training] patience: expected an int, at least 0, got 'lots'",
        f"a.cfg:{start + 4}: [training.batcher]: 'toy.pair.v1' failed, got ValueError: a and b must have one length, "
        "got 1 and 0; check its values",
        f"a.cfg:{start + 9}: [training.dropout]: never, got a call; leave me out",
        f"a.cfg:{start + 14}: [training.optimizer] learn_rate: {wanted}, got -1",
    ]


@pytest.mark.usefixtures("picky")
def test_a_config_that_is_not_trained_with_calls_no_function(tmp_path, base):
    assert len(report(tmp_path, base + PICKY)) == 2

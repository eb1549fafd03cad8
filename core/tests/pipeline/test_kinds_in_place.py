"""Functions run only in the places of their kind, in a saved pipeline's config too, which may be anybody's."""

import inspect
import json
from pathlib import Path

import pytest

import kernel
from kernel import hookspecs
from kernel.config.resolve import resolve_value
from kernel.config.rules.kinds import ACTING, NOT_CALLED
from kernel.errors import ConfigError
from kernel.hookspecs import KINDS
from kernel.plugins.manager import load_plugins
from kernel.registry import registry

SLOTS = {
    "nlp.before_creation": "callbacks",
    "nlp.after_creation": "callbacks",
    "nlp.after_pipeline_creation": "callbacks",
    "nlp.tokenizer": "tokenizers",
    "nlp.vectors": "vectors",
    "corpora": "readers",
    "corpora.train": "readers",
    "training.dropout": "schedules",
    "training.before_update": "callbacks",
    "training.before_to_disk": "callbacks",
    "training.batcher": "batchers",
    "training.optimizer": "optimizers",
    "training.launcher": "launchers",
    "training.updater": "updaters",
    "training.logger": "loggers",
    "training.logger.*.one": "loggers",
    "initialize.before_init": "callbacks",
    "initialize.after_init": "callbacks",
    "initialize.vocab_data": "readers",
    "initialize.lookups": "misc",
}


@pytest.fixture(scope="module")
def installed():
    """Tables of which other tests see nothing."""
    return load_plugins(strict=False)


@pytest.fixture
def calls(installed, monkeypatch):
    """The kinds whose test function has been called."""
    seen = []

    def noting(kind):
        return lambda **arguments: seen.append(kind)

    monkeypatch.setitem(vars(registry), "installed", installed)
    for kind in KINDS:
        registry.table(kind).register("test.noting.v1", func=noting(kind))
    return seen


def saved_with(folder: Path, path: str, kind: str) -> Path:
    """Save a pipeline and write a block of a kind into its config."""
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", name="one")
    if not folder.exists():
        nlp.to_disk(folder)
    config = nlp.config.copy()
    *parents, key = path.split(".")
    node = config
    for parent in parents:
        node = node.setdefault(parent, {})
    node[key] = {f"@{kind}": "test.noting.v1"}
    config.to_disk(folder / "config.cfg")
    return folder


@pytest.mark.parametrize("path", [path for path in SLOTS if path.startswith("nlp.")])
def test_a_saved_pipeline_calls_nothing_of_another_kind_in_a_slot(path, calls, tmp_path):
    for kind in sorted({*KINDS} - {SLOTS[path]}):
        folder = saved_with(tmp_path / "saved", path, kind)

        with pytest.raises(ConfigError, match=rf"config\.cfg:\d+: \[{path}\] @{kind}: "):
            kernel.load(folder)

    assert calls == []


@pytest.mark.parametrize("path", SLOTS)
def test_a_slot_resolves_its_own_kind_and_no_other(path, calls):
    for kind in KINDS:
        block = {f"@{kind}": "test.noting.v1"}
        if kind == SLOTS[path]:
            resolve_value(block, path)
        else:
            with pytest.raises(ConfigError, match=rf"^\[{path.replace('*', '.')}\] @{kind}: "):
                resolve_value(block, path)

    assert calls == [SLOTS[path]]


@pytest.mark.parametrize(
    "path", ["components.one.scorer", "components.one.punct_chars", "components.one.scorer.x"]
)
@pytest.mark.parametrize("kind", sorted(NOT_CALLED | ACTING))
def test_an_argument_of_a_component_calls_nothing_that_acts_or_is_no_kind_of_a_block(
    path, kind, calls, tmp_path
):
    folder = saved_with(tmp_path / "saved", path, kind)

    with pytest.raises(ConfigError, match=rf"@{kind}: "):
        kernel.load(folder)

    assert calls == []


def test_a_loaded_pipeline_trains_with_no_function_out_of_place(calls, tmp_path):
    nlp = kernel.load(saved_with(tmp_path / "a", "training.optimizer", "loggers"))
    with pytest.raises(ConfigError, match=r"\[training.optimizer\] @loggers: expected @optimizers"):
        nlp.resume_training()
    nlp = kernel.load(saved_with(tmp_path / "b", "initialize.before_init", "loggers"))
    with pytest.raises(ConfigError, match=r"\[initialize.before_init\] @loggers: expected @callbacks"):
        nlp.initialize()

    assert calls == []


def test_what_training_needs_may_be_missing_where_a_pipeline_is_loaded(tmp_path):
    folder = saved_with(tmp_path / "saved", "training.logger", "loggers")
    config = (folder / "config.cfg").read_text("utf-8").replace("test.noting.v1", "not.installed.v1")
    (folder / "config.cfg").write_text(config, "utf-8")

    assert kernel.load(folder).pipe_names == ["one"]


def test_a_saved_config_is_checked_like_any_other_but_for_components_that_are_left_out(tmp_path):
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", name="one")
    nlp.to_disk(tmp_path)
    config = (tmp_path / "config.cfg").read_text("utf-8")
    changed = config.replace("punct_chars = null", "punct_chars = 5").replace(
        "batch_size = 1000", "batch_size = -1"
    )
    (tmp_path / "config.cfg").write_text(changed, "utf-8")

    with pytest.raises(ConfigError) as raised:
        kernel.load(tmp_path)
    with pytest.raises(ConfigError) as other:
        kernel.load(tmp_path, exclude=["one"])

    assert "[nlp] batch_size:" in str(raised.value)
    assert "[components.one] punct_chars:" in str(raised.value)
    assert "[components.one]" not in str(other.value)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('lang = "xx"', "lang = 5"),
        ('lang = "xx"', 'lang = ["xx"]'),
        ('lang = "xx"', ""),
        ('pipeline = ["one"]', "pipeline = 5"),
        ('pipeline = ["one"]', 'pipeline = [["one"]]'),
        ('pipeline = ["one"]', 'pipeline = {"one": 1}'),
        ('factory = "sentencizer"', "factory = 5"),
        ('factory = "sentencizer"', 'factory = ["sentencizer"]'),
        ("disabled = []", "disabled = [5]"),
        ('@tokenizers = "kernel.Tokenizer.v1"', "@tokenizers = 5"),
        ("[components]", "[components]\nother = 5"),
    ],
)
def test_a_saved_config_of_odd_types_is_refused_with_its_line(right, wrong, tmp_path):
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", name="one")
    nlp.to_disk(tmp_path)
    config = (tmp_path / "config.cfg").read_text("utf-8")
    (tmp_path / "config.cfg").write_text(config.replace(right, wrong, 1), "utf-8")

    with pytest.raises(ConfigError, match=r"config\.cfg:\d+: \[(nlp|components).*\].*: expected "):
        kernel.load(tmp_path)


@pytest.mark.parametrize("name", [5, None, ["Adam.v1"], {"a": 1}])
def test_the_name_of_a_function_is_a_text(name):
    with pytest.raises(ConfigError, match=r"^\[training.optimizer\] @optimizers: expected a name, got "):
        resolve_value({"@optimizers": name}, "training.optimizer")


def test_a_pipeline_that_has_lost_a_component_loads_though_the_training_still_names_it(tmp_path):
    nlp = kernel.blank("xx")
    nlp.add_pipe("sentencizer", name="one")
    nlp.config["training"]["frozen_components"] = ["one"]
    nlp.remove_pipe("one")
    nlp.to_disk(tmp_path)

    assert kernel.load(tmp_path).pipe_names == []


def test_functions_of_one_kind_may_be_made_of_each_other(calls):
    registry.loggers.register("test.around.v1", func=lambda inner: ("around", inner))
    inner = {"@loggers": "test.noting.v1"}

    assert resolve_value({"@loggers": "test.around.v1", "inner": inner}, "training.logger") == (
        "around",
        None,
    )
    assert calls == ["loggers"]


def test_kinds_that_no_block_calls_are_those_that_say_so():
    words = {kind: inspect.getdoc(getattr(hookspecs, f"register_{kind}")) for kind in KINDS}
    config = {
        kind: next(line for line in text.splitlines() if line.startswith("Config"))
        for kind, text in words.items()
    }

    assert {kind for kind, line in config.items() if f"@{kind}" not in line} == NOT_CALLED
    assert json.dumps(sorted(ACTING)) == '["launchers", "loggers", "updaters"]'

"""Checking: each kind of mistake with its whole message, and what must be accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.config import Config, check_config, fill_config
from kernel.errors import ConfigError, UnknownName


def raw(text: str) -> Config:
    return Config().from_str(text, interpolate=False)


def report(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        check_config(raw(text))
    return str(caught.value)


def test_a_right_config_passes_filled_or_not(base: str):
    check_config(raw(base))
    check_config(fill_config(raw(base)))
    check_config(fill_config(raw(base)).interpolate())
    check_config(raw(fill_config(raw(base)).to_str()))


MISTAKES = [
    (
        "[components.other]\nsource = null",
        "line 13: [components.other] source: expected a string, got None",
    ),
    (
        '[components.other]\nsource = "path"\nreplace_listeners = "model.tok2vec"',
        "line 14: [components.other] replace_listeners: expected a list of strings, got 'model.tok2vec'",
    ),
    (
        "[training]\npatiance = 5",
        "line 13: [training] patiance: no such key, got 5; did you mean 'patience'?",
    ),
    ("[traning]\nseed = 5", "line 12: [traning]: no such section, got [traning]; did you mean 'training'?"),
    ("[own]\nx = 5", "line 12: [own]: no such section, got [own]; remove it, or refer to one of its values"),
    ("[system]\nsead = 5", "line 13: [system] sead: no such key, got 5; did you mean 'seed'?"),
    (
        "[training]\nmax_steps = 1.5",
        "line 13: [training] max_steps: expected an int, at least 0, got 1.5",
    ),
    ('[training]\nmax_steps = "5"', "line 13: [training] max_steps: expected an int, at least 0, got '5'"),
    ("[training]\nmax_epochs = -2", "line 13: [training] max_epochs: expected an int, at least -1, got -2"),
    (
        "[training]\naccumulate_gradient = 0",
        "line 13: [training] accumulate_gradient: expected an int, at least 1, got 0",
    ),
    (
        '[training]\n[training.accumulate_gradient]\n@schedules = "constant.v1"\nrate = 2',
        "line 13: [training] accumulate_gradient: expected an int, at least 1, got a section",
    ),
    (
        "[training]\nseed = true",
        "line 13: [training] seed: expected an int, at least 0, at most 4294967295 or null, got True",
    ),
    (
        "[training]\nbatcher = null",
        "line 13: [training] batcher: expected a section with @batchers, got None",
    ),
    (
        "[training]\ndropout = 2",
        "line 13: [training] dropout: expected a float, at least 0, at most 1 or a section with @schedules, got 2",
    ),
    (
        "[training]\npatience = 50",
        "line 13: [training] patience: must be at least eval_frequency, which is 200, got 50; "
        "training would stop before the first evaluation",
    ),
    (
        "[training]\n\n[training.checkpoint]\nkeep_lost = 2",
        "line 15: [training.checkpoint] keep_lost: no such key, got 2; did you mean 'keep_last'?",
    ),
    (
        "[training]\n\n[training.checkpoint]\nkeep_best = 0",
        "line 15: [training.checkpoint] keep_best: expected an int, at least 1, got 0",
    ),
    (
        "[training]\n\n[training.score_weights]\nlabel_acc = 0.0\nlabel_f = null",
        "line 14: [training.score_weights]: no score has a weight, got 0 or null for each; set one, such as "
        "label_acc = 1.0",
    ),
    (
        "[training]\nbefore_update = 5",
        "line 13: [training] before_update: expected null or a section with @callbacks, got 5",
    ),
    (
        '[training]\nfrozen_components = ["labler"]',
        "line 13: [training] frozen_components: no such component in the pipeline, got 'labler'; "
        "did you mean 'labeller'?",
    ),
    (
        '[training]\ntrain_corpus = "corpora.trian"',
        "line 13: [training] train_corpus: there is no such section, got 'corpora.trian'; "
        "did you mean 'corpora.train'?",
    ),
    (
        "[training]\n[training.score_weights]\na = x",
        "line 14: [training.score_weights] a: expected a float or null, got 'x'",
    ),
    (
        '[training]\n[training.optimizer]\n@optimizers = "Adm.v1"',
        "line 14: [training.optimizer] @optimizers: unknown name 'Adm.v1'; "
        "did you mean 'Adam.v1' (pkg-kernel 0.1.0)?",
    ),
    (
        '[training]\n[training.optimizer]\n@optimisers = "Adam.v1"',
        "line 14: [training.optimizer] @optimisers: expected @optimizers, got '@optimisers'; "
        "did you mean 'optimizers'?",
    ),
    (
        '[training]\n[training.optimizer]\n@optimizers = "Adam.v1"\n@schedules = "constant.v1"',
        "line 13: [training.optimizer]: a section can only call one function, got @optimizers and @schedules; keep one",
    ),
    (
        "[training]\n[training.optimizer]\nlearn_rate = [1, x]",
        "line 14: [training.optimizer] learn_rate: expected a float, at least 0 or "
        "a list of floats, at least 0 or a schedule, got '[1, x]'",
    ),
    (
        "[training]\n[training.optimizer]\nbeta3 = 1",
        "line 14: [training.optimizer] beta3: no such argument of 'Adam.v1', got 1; did you mean 'beta2'?",
    ),
    (
        "[training]\n[training.batcher]\ndiscard_oversize = 1",
        "line 14: [training.batcher] discard_oversize: expected true or false, got 1",
    ),
    (
        '[training]\n[training.batcher]\nsize = "many"',
        "line 14: [training.batcher] size: expected a list of ints or an int, got 'many'",
    ),
    (
        '[training]\n[training.batcher]\n[training.batcher.size]\n@schedules = "constant.v1"',
        "line 14: [training.batcher.size] rate: 'constant.v1' requires this argument, "
        "got nothing; set it to a float, at least 0",
    ),
    (
        '[components.labeller.model]\n@architectures = "test.Encoder.v1"\nwidth = 1\ndepth = "a"',
        "line 15: [components.labeller.model] depth: expected an int, got 'a'",
    ),
    (
        '[components.x]\nfactory = "labler"',
        "line 13: [components.x] factory: unknown name 'labler'; did you mean 'labeller' (FILE)?",
    ),
    (
        '[components.x]\nfactor = "labeller"',
        "line 13: [components.x] factor: no such key, got 'labeller'; did you mean 'factory'?",
    ),
    (
        "[components.x]\nmodel = null",
        "line 12: [components.x]: a component needs a factory or a source, got neither",
    ),
    (
        '[components.x]\nfactory = "labeller"\nsource = "en_model"',
        "line 13: [components.x] factory: a component is either created or copied, "
        "got both a factory and a source; remove one",
    ),
    (
        "[own]\nrate = 5\nspeed = 3\n[training]\nmax_steps = ${own.rate}",
        "line 14: [own] speed: no variable refers to this; remove it, or refer to it",
    ),
    (
        '[components.x]\nsource = "en_model"\nreplace_listners = ["model"]',
        "line 14: [components.x] replace_listners: no such key, got ['model']; did you mean 'replace_listeners'?",
    ),
    (
        "[initialize]\n[initialize.components]\n[initialize.components.labler]",
        "line 14: [initialize.components] labler: no such component in the pipeline, got 'labler'; "
        "did you mean 'labeller'?",
    ),
    (
        "[corpora]\ntrain = 5",
        "line 13: [corpora] train: expected a section with @readers, got 5",
    ),
    (
        '[corpora]\n[corpora.trian]\n@readers = "kernel.Corpus.v1"\npath = "x"',
        "line 13: [corpora.trian]: unused reader, got [corpora.trian]; did you mean 'train'?",
    ),
    (
        "[training]\nseed = ${system.sed}",
        "line 13: [training] seed: refers to an unknown section or key, got '${system.sed}'; "
        "did you mean 'system.seed'?",
    ),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_a_mistake_is_named_with_its_line_section_and_key(base: str, text: str, message: str):
    here = str(Path(__file__).with_name("conftest.py"))

    assert message in report(f"{base}{text}\n").replace(here, "FILE").split("\n")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"en"', "null", "line 5: [nlp] lang: expected a string, got None"),
        (
            '"en"',
            '"enn"',
            "line 5: [nlp] lang: unknown name 'enn'; did you mean 'en' (builtins)?",
        ),
        (
            '["labeller"]',
            '["labeler"]',
            "line 6: [nlp] pipeline: this component has no section, got 'labeler'; did you mean 'labeller'?",
        ),
        (
            '["labeller"]',
            '["labeller", "x"]',
            "line 6: [nlp] pipeline: this component has no section, got 'x'; add [components.x]",
        ),
        (
            '["labeller"]',
            '["labeller", "labeller"]',
            "line 6: [nlp] pipeline: a component can be listed only once, got 'labeller' twice",
        ),
        (
            "train = null",
            "trian = null",
            "line 2: [paths] trian: no such key, got None; did you mean 'train'?",
        ),
    ],
)
def test_a_wrong_name_in_the_base_is_named(base: str, old: str, new: str, message: str):
    assert report(base.replace(old, new)) == message


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(base: str):
    lines = report(base + "[training]\npatiance = 5\nmax_steps = x\nseed = x\n\n[sistem]\nx = 1\n").split(
        "\n"
    )

    assert [line.split(":")[0] for line in lines] == ["line 13", "line 14", "line 15", "line 17"]


def test_the_file_is_named_where_it_is_known(base: str, tmp_path: Path):
    path = tmp_path / "base.cfg"
    path.write_text(base + "[training]\npatiance = 5\n")

    with pytest.raises(ConfigError) as caught:
        check_config(Config().from_disk(path, interpolate=False))

    assert (
        str(caught.value) == f"{path}:13: [training] patiance: no such key, got 5; did you mean 'patience'?"
    )


def test_a_config_of_python_names_section_and_key():
    with pytest.raises(ConfigError) as caught:
        check_config({"nlp": {"lang": "en"}, "training": {"patiance": 5}})

    assert str(caught.value) == "[training] patiance: no such key, got 5; did you mean 'patience'?"


def test_only_unknown_names_make_an_unknown_name(base: str):
    with pytest.raises(UnknownName):
        check_config(raw(base.replace('factory = "labeller"', 'factory = "labeler"')))


@pytest.mark.parametrize(
    "text",
    [
        "[own]\nrate = 5\n[training]\nmax_steps = ${own.rate}",
        "[system]\nseed = 1\nrate = 5\n[training]\nmax_steps = ${system.rate}",
        "[training]\ndropout = 0\nbefore_update = null",
        '[training]\n[training.dropout]\n@schedules = "constant.v1"\nrate = 0.1',
        '[training]\n[training.batcher]\n@batchers = "kernel.batch_by_words.v1"\nsize = [1, 2]',
        '[training]\n[training.optimizer]\n[training.optimizer.learn_rate]\n@schedules = "constant.v1"\nrate = 0.1',
        "[pretraining]\noptimizer = ${training.optimizer}",
        '[components.x]\nsource = "en_model"\ncomponent = "ner"',
        '[nlp.before_creation]\n@callbacks = "test.callback.v1"\nwords = ["a"]',
        '[corpora]\n[corpora.more]\n@readers = "kernel.Corpus.v1"\npath = null',
        '[initialize]\n[initialize.components]\n[initialize.components.labeller]\nlabels = ["a"]',
    ],
)
def test_what_is_right_is_accepted(base: str, text: str):
    check_config(raw(f"{base}\n{text}\n"))


def test_one_function_may_make_all_readers(base: str):
    from kernel.registry import registry

    @registry.readers("test.both.v1")
    def both(folder: str) -> dict[str, object]:
        return {"training": None, "dev": None}

    check_config(
        raw(
            base
            + '\n[corpora]\n@readers = "test.both.v1"\nfolder = "x"\n\n[training]\ndev_corpus = "corpora.dev"\n'
        )
    )


def test_a_path_of_the_users_own_is_accepted(base: str):
    check_config(raw(base.replace("train = null", 'train = null\nraw_text = "x.jsonl"')))


def test_one_type_that_cannot_be_imported_does_not_switch_off_the_other_checks(base: str):
    text = '[components.labeller.model]\n@architectures = "test.Encoder.v1"\nwindow = "any"\nwidth = "wide"\n'

    assert (
        report(f"{base}{text}") == "line 15: [components.labeller.model] width: expected an int, got 'wide'"
    )


def test_an_argument_may_be_null_while_a_config_is_being_written(base: str):
    text = (
        base + '\n[components.labeller.model]\n@architectures = "test.Encoder.v1"\nwidth = ${paths.train}\n'
    )

    check_config(raw(text), unset_is_fine=True)
    with pytest.raises(ConfigError, match=r"width: expected an int, got None"):
        check_config(raw(text))

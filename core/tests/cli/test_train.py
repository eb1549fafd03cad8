"""`kernel train`: from the words of the command line to a saved pipeline."""

from __future__ import annotations

import io
import logging

import pytest

from kernel import Config, load
from kernel.cli import run

CODE = '''
import kernel
from kernel import Example
from kernel.language import Language


@kernel.registry.readers("toy.Lines.v1")
def lines(n: int, path: str = ""):
    def read(nlp):
        for i in range(n):
            doc = nlp.make_doc(f"line {i}")
            yield Example.from_dict(doc, {"tags": ["WORD", "NUMBER"]})

    return read


@kernel.registry.batchers("toy.ones.v1")
def ones():
    return lambda examples: ([eg] for eg in examples)


@kernel.registry.loggers("toy.Quiet.v1")
def quiet():
    """A logger as the documentation shows it."""

    def setup_logger(nlp):
        def log_step(info: dict):
            print("step", info["step"], "score", info["score"], sorted(info))

        return log_step, lambda: print("closed")

    return setup_logger


@kernel.registry.callbacks("toy.say.v1")
def say():
    return lambda nlp, args: print("update", args)


@Language.component("toy_words")
def toy_words(doc):
    return doc
'''

CONFIG = """
[nlp]
lang = "xx"
pipeline = ["words"]

[components]

[components.words]
factory = "toy_words"

[corpora]

[corpora.train]
@readers = "toy.Lines.v1"
n = 3

[corpora.dev]
@readers = "toy.Lines.v1"
n = 2

[training]
max_steps = 2
eval_frequency = 2

[training.batcher]
@batchers = "toy.ones.v1"

[training.logger]
@loggers = "toy.Quiet.v1"

[training.before_update]
@callbacks = "toy.say.v1"
"""

OUTPUT = """\
Pipeline: words
Initial learn rate: 0.001
update {'step': 0, 'epoch': 0}
step 0 score 0.0 ['checkpoints', 'epoch', 'losses', 'other_scores', 'score', 'seconds', 'step', 'words']
update {'step': 1, 'epoch': 0}
update {'step': 2, 'epoch': 0}
step 2 score 0.0 ['checkpoints', 'epoch', 'losses', 'other_scores', 'score', 'seconds', 'step', 'words']
closed
stopped: max_steps 2 reached
"""


@pytest.fixture(scope="module")
def code(tmp_path_factory):
    """The code that the config needs: one file, as names may come from one file only."""
    path = tmp_path_factory.mktemp("code") / "functions.py"
    path.write_text(CODE, "utf-8")
    return path


@pytest.fixture
def desk(code, tmp_path, monkeypatch):
    """A folder with a config, and the code beside it."""
    tmp_path.joinpath("config.cfg").write_text(CONFIG, "utf-8")
    tmp_path.joinpath("functions.py").symlink_to(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KERNEL_CONFIG_OVERRIDES", raising=False)
    return tmp_path


def train(*args: str, config: str = "config.cfg") -> int:
    with pytest.raises(SystemExit) as caught:
        run(["train", config, "--code", "functions.py", *args])
    return int(caught.value.code or 0)


def test_a_run_from_first_line_to_last(desk, capsys):
    assert train() == 0

    assert capsys.readouterr().out == OUTPUT
    assert sorted(path.name for path in desk.iterdir()) == ["config.cfg", "functions.py"]


def test_the_output_has_the_pipelines_and_the_filled_config(desk, capsys):
    train("--output", "new/run")

    assert sorted(path.name for path in (desk / "new/run").iterdir()) == [
        "checkpoints",
        "config.cfg",
        "log.jsonl",
        "manifest.json",
        "model-best",
        "model-last",
    ]
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "saved: new/run/model-last",
        "stopped: max_steps 2 reached",
    ]
    assert [token.text for token in load("new/run/model-best")("line 1")] == ["line", "1"]
    assert "max_steps = 2" in (desk / "new/run/model-last/config.cfg").read_text("utf-8")


def test_a_run_can_be_repeated_from_the_config_that_it_left(desk, capsys):
    train("--output", "run", "--training.max_steps", "1")
    first = capsys.readouterr().out

    train("--output", "again", config="run/config.cfg")

    assert capsys.readouterr().out == first.replace("run/", "again/")


def contents(folder):
    """Everything in a folder: names and bytes."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_that_is_not_empty_is_refused_and_nothing_touched(desk, capsys):
    (desk / "run").mkdir()
    (desk / "run/notes.txt").write_text("mine", "utf-8")
    before = contents(desk)

    assert train("--output", "run") == 2
    assert contents(desk) == before
    assert capsys.readouterr().err == (
        "Error: run: the folder is not empty; use --resume to resume its run, --overwrite to replace it, or choose "
        "another --output\n"
    )


def test_a_run_that_is_given_up_is_replaced_when_the_new_one_has_something_to_keep(desk):
    train("--output", "run")
    (desk / "run/model-best/mine.txt").touch()

    assert train("--output", "run", "--overwrite", "--corpora.train.n", "0") == 1
    assert (desk / "run/model-best/mine.txt").exists()
    assert train("--output", "run", "--overwrite") == 0
    assert not (desk / "run/model-best/mine.txt").exists()


def test_a_run_that_saved_nothing_leaves_no_folder(desk):
    assert train("--output", "run", "--corpora.train.n", "0") == 1

    assert not (desk / "run").exists()
    assert train("--output", "run") == 0


def test_a_folder_without_a_run_cannot_be_gone_on_with(desk, capsys):
    (desk / "run").mkdir()
    (desk / "run/notes.txt").touch()

    assert train("--output", "run", "--resume") == 2
    assert "run: the folder holds no run to resume" in capsys.readouterr().err


def test_going_on_where_nothing_was_begun_begins(desk):
    assert train("--output", "run", "--resume") == 0
    load("run/model-best")


def test_a_run_can_be_extended(desk, capsys):
    train("--output", "run")
    capsys.readouterr()

    assert train("--output", "run", "--resume", "--training.max_steps", "4") == 0

    assert "\n".join(capsys.readouterr().out.splitlines()[2:5]) == (
        "Resuming after step 2\nupdate {'step': 3, 'epoch': 1}\nupdate {'step': 4, 'epoch': 1}"
    )


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (["--training.dropout", "0.3"], "[training] dropout was 0.1, got 0.3"),
        (["--training.max_epochs", "-1"], "[training] max_epochs was 0, got -1"),
        (["--system.seed", "1"], "[system] seed was 0, got 1; [training] seed was 0, got 1"),
        (["--paths.dev", "functions.py"], "[paths] dev was None, got 'functions.py'"),
    ],
)
def test_a_run_is_not_gone_on_with_under_other_settings(desk, capsys, args, what):
    train("--output", "run")
    before = contents(desk)
    capsys.readouterr()

    assert train("--output", "run", "--resume", *args) == 1
    assert capsys.readouterr().err == (
        f"Error: --resume: run was started with other settings or data: {what}; restore them, or start again with "
        "--overwrite\n"
    )
    assert contents(desk) == before


def test_a_run_whose_own_config_was_edited_is_not_resumed(desk, capsys):
    train("--output", "run")
    config = desk / "run/config.cfg"
    config.write_text(config.read_text("utf-8").replace("dropout = 0.1", "dropout = 0.3"), "utf-8")
    before = contents(desk)
    capsys.readouterr()

    assert train("--output", "run", "--resume", config="run/config.cfg") == 1
    assert capsys.readouterr().err.startswith(
        "Error: run/config.cfg: settings other than training.max_steps, "
    )
    assert contents(desk) == before


def test_a_run_may_be_extended_in_its_own_config(desk, capsys):
    train("--output", "run")
    config = desk / "run/config.cfg"
    config.write_text(config.read_text("utf-8").replace("max_steps = 2", "max_steps = 4"), "utf-8")

    assert train("--output", "run", "--resume", config="run/config.cfg") == 0
    assert "update {'step': 4" in capsys.readouterr().out


def test_a_run_is_not_gone_on_with_when_its_data_have_changed(desk, capsys):
    (desk / "dev.txt").write_text("one", "utf-8")
    block = 'n = 2\npath = "dev.txt"'
    (desk / "config.cfg").write_text(CONFIG.replace("n = 2", block), "utf-8")
    train("--output", "run")
    (desk / "dev.txt").write_text("two", "utf-8")

    assert train("--output", "run", "--resume") == 1
    assert "data: corpora.dev.path: 'dev.txt' has changed; restore them" in capsys.readouterr().err

    (desk / "dev.txt").unlink()
    assert train("--output", "run", "--resume") == 1
    assert "data: corpora.dev.path: 'dev.txt' is missing; restore them" in capsys.readouterr().err


def test_a_seed_that_is_left_open_is_drawn_and_written_down(desk):
    seed = ["--system.seed", "null"]
    train("--output", "run", *seed)
    train("--output", "other", *seed)

    seeds = [Config().from_disk(desk / run / "config.cfg")["system"]["seed"] for run in ("run", "other")]
    assert all(isinstance(seed, int) for seed in seeds)
    assert seeds[0] != seeds[1]
    assert train("--output", "run", *seed, "--resume", "--training.max_steps", "4") == 0


@pytest.mark.parametrize(
    "args", [["--output", "run", "--resume", "--overwrite"], ["--resume"], ["--overwrite"]]
)
def test_what_becomes_of_a_folder_is_said_once_and_of_a_folder(desk, args):
    assert train(*args) == 2


@pytest.mark.parametrize("override", [["--training.max_steps", "1"], ["--training.max_steps=1"]])
def test_overrides_set_values_of_the_config(desk, capsys, override):
    train(*override)

    assert capsys.readouterr().out.splitlines()[-1] == "stopped: max_steps 1 reached"


def test_the_environment_takes_precedence(desk, capsys, monkeypatch):
    monkeypatch.setenv("KERNEL_CONFIG_OVERRIDES", "--training.max_steps 0 --training.max_epochs=1")

    train("--training.max_steps", "1")

    assert capsys.readouterr().out.splitlines()[-1] == "stopped: max_epochs 1 reached"


def test_the_config_can_come_from_the_standard_input(desk, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(CONFIG))

    assert train(config="-") == 0
    assert capsys.readouterr().out == OUTPUT


def test_verbose_says_what_is_done(desk, capsys):
    logger = logging.getLogger("kernel")
    level, handlers = logger.level, list(logger.handlers)
    try:
        train("--verbose")
    finally:
        logger.setLevel(level)
        logger.handlers[:] = handlers

    assert "kernel.training.preparation: initialized components: words" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--training.max_stepz", "1"], "max_stepz"),
        (["--training.patience", "lots"], "[training] patience"),
        (["--corpora.train.n", "0"], "[training] train_corpus: the corpus has no examples"),
        (["--corpora.dev.n", "0"], "[training] dev_corpus: the corpus has no examples"),
        (["--training.train_corpus", "corpora.trian"], "corpora.trian"),
        (["--training.frozen_components", '["wrods"]'], "wrods"),
        (["--code", "missing.py"], "missing.py"),
        (["--output", "config.cfg"], "config.cfg"),
        (["--gpu-id", "99"], "--gpu-id: no GPU can be used, got 99"),
    ],
)
def test_a_mistake_is_one_message(desk, capsys, args, message):
    assert train(*args) == 1

    shown = capsys.readouterr()
    assert message in shown.err
    assert shown.err.count("Error: ") == 1


def test_overrides_before_the_config_are_wrong_usage(desk, capsys):
    with pytest.raises(SystemExit) as caught:
        run(["train", "--training.max_steps", "1", "config.cfg"])

    assert caught.value.code == 2
    assert "the config must come before its overrides" in capsys.readouterr().err

"""What a config leaves of the plugins, and code that travels with a pipeline, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kernel.testing.runs.distributions import table_module, write_distribution

HELPERS = "TAGS = ['WORD', 'NUMBER']\n"
CODE = """
import kernel
from helpers import TAGS
from kernel import Example
from kernel.language import Language


@kernel.registry.readers("toy.Lines.v1")
def lines(n: int):
    def read(nlp):
        for i in range(n):
            yield Example.from_dict(nlp.make_doc(f"line {i}"), {"tags": TAGS})

    return read


@kernel.registry.batchers("toy.ones.v1")
def ones():
    return lambda examples: ([eg] for eg in examples)


@kernel.registry.loggers("toy.Quiet.v1")
def quiet():
    return lambda nlp: (lambda info: None, lambda: None)


@Language.component("toy_words")
def toy_words(doc):
    doc.user_data["words"] = len(doc)
    return doc
"""
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
max_steps = 1
eval_frequency = 1

[training.batcher]
@batchers = "toy.ones.v1"

[training.logger]
@loggers = "toy.Quiet.v1"
"""
OWN_CODE = ["--code", "helpers.py", "--code", "functions.py"]
LOUD = "print('acme is imported')\n"
LOAD = """
import kernel
from kernel.errors import KernelError
try:
    nlp = kernel.load({path!r}, code={code})
    print(nlp("one two").user_data["words"])
    nlp.to_disk("again")
except KernelError as error:
    print(f"{{type(error).__name__}}: {{error}}")
"""


def call(folder: Path, *args: str, site: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a folder, with a site of further distributions."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}
    path = {"PYTHONPATH": str(site)} if site else {}
    return subprocess.run(
        [sys.executable, *args],
        cwd=folder,
        env={**clean, **path, **env},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def load(folder: Path, path: str = "run/model-last", *, code: bool = False, site: Path | None = None) -> str:
    """Load a pipeline in a process of its own and use it."""
    done = call(folder, "-c", LOAD.format(path=path, code=code), site=site)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a config, the code that it needs, and the pipeline that was trained with both."""
    folder = tmp_path_factory.mktemp("desk")
    for name, text in (("helpers.py", HELPERS), ("functions.py", CODE), ("config.cfg", CONFIG)):
        (folder / name).write_text(text, "utf-8")
    done = call(folder, "-m", "kernel", "train", "config.cfg", *OWN_CODE, "--output", "run")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def moved(desk: Path, tmp_path: Path) -> Path:
    """The trained pipeline alone, elsewhere."""
    import shutil

    shutil.copytree(desk / "run" / "model-last", tmp_path / "model")
    return tmp_path


def test_a_pipeline_is_saved_with_its_code_and_says_who_gives_what(desk: Path) -> None:
    from kernel import __version__

    saved = desk / "run" / "model-best"
    meta = json.loads((saved / "meta.json").read_text("utf-8"))

    assert {path.name: path.read_text("utf-8") for path in (saved / "code").iterdir()} == {
        "functions.py": CODE,
        "helpers.py": HELPERS,
    }
    assert list(meta["code"]) == ["helpers.py", "functions.py"]
    assert meta["functions"]["factories"] == {"toy_words": "code/functions.py"}
    assert meta["functions"]["tokenizers"] == {"kernel.Tokenizer.v1": f"pkg-kernel=={__version__}"}


def test_its_code_is_not_run_unless_that_is_asked_for(moved: Path) -> None:
    assert load(moved, "model") == (
        "UnknownName: model: needs 'toy_words' of factories from code/functions.py, code that was saved with it and "
        "runs only on request; use kernel.load('model', code=True), or on the command line "
        "--code model/code/helpers.py --code model/code/functions.py\n"
    )


def test_it_loads_where_nothing_else_is_registered_and_travels_on(moved: Path) -> None:
    assert load(moved, "model", code=True) == "2\n"
    assert load(moved, "again", code=True) == "2\n"
    assert sorted(path.name for path in (moved / "again" / "code").iterdir()) == [
        "functions.py",
        "helpers.py",
    ]


@pytest.mark.parametrize("code", [False, True])
def test_changed_code_is_refused(moved: Path, code: bool) -> None:
    file = moved / "model" / "code" / "functions.py"
    file.write_text("print('run')\n" + CODE, "utf-8")

    said = load(moved, "model", code=code)

    assert said.startswith(
        "CheckpointError: model/code/functions.py: changed since the pipeline was saved, got sha256 "
    )
    assert said.endswith("restore the saved file, or load it with exclude=['code'] after importing yours\n")


@pytest.mark.parametrize("name", ["functions.py", "../functions.py"])
def test_code_that_is_missing_or_elsewhere_is_refused(moved: Path, name: str) -> None:
    (moved / "model" / "code" / "functions.py").rename(moved / "model" / "functions.py")
    meta = json.loads((moved / "model" / "meta.json").read_text("utf-8"))
    meta["code"] = {name: meta["code"]["functions.py"]}
    (moved / "model" / "meta.json").write_text(json.dumps(meta), "utf-8")

    assert load(moved, "model", code=True) == (
        f"CheckpointError: model/code/{name}: code of the pipeline is missing; restore the file, or load it with "
        "exclude=['code']\n"
    )


def test_code_that_was_given_already_is_not_run_again(desk: Path) -> None:
    program = """
import kernel
nlp = kernel.train("config.cfg", "run2", code=["helpers.py", "functions.py"])
print(len(nlp.code), kernel.load("run2/model-last")("one").user_data, end=" ")
print(kernel.load("run2/model-best", code=True)("one").user_data)
"""
    done = call(desk, "-c", program)

    assert done.returncode == 0, done.stderr
    assert [
        line for line in done.stderr.splitlines() if not line.startswith("note: no component learns")
    ] == []
    assert done.stdout.splitlines()[-1] == "2 {'words': 1} {'words': 1}"


def test_the_saved_code_serves_the_command_line(moved: Path) -> None:
    (moved / "config.cfg").write_text(CONFIG, "utf-8")
    code = ["--code", "model/code/helpers.py", "--code", "model/code/functions.py"]

    done = call(moved, "-m", "kernel", "train", "config.cfg", *code)

    assert done.stdout.endswith("stopped: max_steps 1 reached\n"), done.stderr


def test_a_distribution_that_is_gone_is_one_line_before_anything_is_imported(moved: Path) -> None:
    table = table_module(factories={"acme_there": "acme_there.code:f"})
    write_distribution(moved / "site", "there", table, modules={"code": LOUD})
    config = moved / "model" / "config.cfg"
    text = config.read_text("utf-8").replace('"toy_words"', '"acme_words"')
    text = text.replace("pipeline = [", 'pipeline = ["there",')
    config.write_text(f'{text}\n[components.there]\nfactory = "acme_there"\n', "utf-8")
    meta = json.loads((moved / "model" / "meta.json").read_text("utf-8"))
    meta["functions"]["factories"] = {"acme_words": "acme-words==2.1", "acme_there": "acme-there==1.0"}
    meta["requirements"] += ["acme-words==2.1", "acme-there==1.0"]
    (moved / "model" / "meta.json").write_text(json.dumps(meta), "utf-8")

    assert load(moved, "model", site=moved / "site") == (
        "UnknownName: model: needs 'acme_words' of factories from acme-words==2.1, which is not installed; "
        "pip install acme-words==2.1\n"
    )


# -- [plugins] -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plugin that says when it is imported, and takes a name of the user's code."""
    folder = tmp_path_factory.mktemp("site")
    table = table_module(factories={"toy_words": "acme_loud.code:f"})
    write_distribution(folder, "loud", LOUD + table)
    return folder


DENY = '\n[plugins]\ndeny = ["loud"]\n'
CONFLICT = (
    "'toy_words' is registered by {code} and acme-loud 1.0; "
    'write [plugins] deny = ["loud"] in the config, or set KERNEL_PLUGINS=-loud, or uninstall one'
)


def test_a_conflict_says_what_to_write_in_the_config(desk: Path, site: Path) -> None:
    done = call(desk, "-m", "kernel", "train", "config.cfg", *OWN_CODE, site=site)

    assert done.returncode == 1
    assert CONFLICT.format(code=desk / "functions.py") in done.stderr


@pytest.mark.parametrize("how", ["config", "override"])
def test_training_and_loading_import_nothing_that_the_config_denies(
    desk: Path, site: Path, tmp_path: Path, how: str
) -> None:
    (tmp_path / "config.cfg").write_text(CONFIG + DENY * (how == "config"), "utf-8")
    override = ["--plugins.deny", '["loud"]'] if how == "override" else []
    code = [str(desk / word) if word.endswith(".py") else word for word in OWN_CODE]

    done = call(
        tmp_path, "-m", "kernel", "train", "config.cfg", *code, "--output", "run", *override, site=site
    )

    assert done.returncode == 0, done.stderr
    assert "acme is imported" not in done.stdout
    assert 'deny = ["loud"]' in (tmp_path / "run/model-last/config.cfg").read_text("utf-8")
    assert load(tmp_path, code=True, site=site) == "2\n"


def test_filling_a_config_and_building_from_it_import_nothing_that_it_denies(
    desk: Path, site: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.cfg").write_text(CONFIG + DENY, "utf-8")
    code = [str(desk / word) if word.endswith(".py") else word for word in OWN_CODE]
    config = {"nlp": {"lang": "xx"}, "plugins": {"deny": ["loud"]}}
    program = f"import kernel; print(kernel.Language.from_config({config}))"

    filled = call(tmp_path, "-m", "kernel", "init", "fill-config", "config.cfg", *code, site=site)
    built = call(tmp_path, "-c", program, site=site)

    assert (filled.returncode, built.returncode) == (0, 0), filled.stderr + built.stderr
    assert '[plugins]\ndeny = ["loud"]\n' in filled.stdout
    assert "acme is imported" not in filled.stdout + built.stdout


# -- broken plugins ------------------------------------------------------------------------------------------


def test_training_with_others_goes_on_beside_every_kind_of_broken_plugin(desk: Path, tmp_path: Path) -> None:
    hook = "from kernel import hookimpl\n@hookimpl\ndef register_loggers():\n    raise ValueError('no')\n"
    write_distribution(tmp_path, "imports", "import no_such_module")
    write_distribution(tmp_path, "exits", "raise SystemExit(3)")
    write_distribution(tmp_path, "hooks", hook)
    write_distribution(tmp_path, "needs", "", requires=["acme-nowhere"])

    trained = call(desk, "-m", "kernel", "train", "config.cfg", *OWN_CODE, site=tmp_path)
    strict = call(desk, "-m", "kernel", "--strict-plugins", "train", "config.cfg", *OWN_CODE, site=tmp_path)
    shown = call(desk, "-m", "kernel", "--help", site=tmp_path)

    assert (trained.returncode, strict.returncode, shown.returncode) == (0, 1, 0), trained.stderr
    for name in ("imports", "exits", "hooks", "needs"):
        assert f"plugin '{name}' (acme-{name} 1.0)" in strict.stderr

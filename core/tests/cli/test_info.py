"""`kernel info`: what is installed, and what a saved pipeline holds."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from kernel import __version__
from kernel.cli import run
from kernel.cli.info import command

META = {
    "lang": "xx",
    "name": "pipeline",
    "version": "0.0.0",
    "description": "",
    "pipeline": ["tok2vec", "tagger"],
    "labels": {"tok2vec": [], "tagger": [f"T{i}" for i in range(10)]},
    "performance": {"tag_acc": 0.94321, "morph_per_feat": {"Case": {"f": 1.0}}},
}

SHOWN = """\
lang         xx
name         pipeline
version      0.0.0
pipeline     tok2vec, tagger
labels
  tok2vec: 
  tagger: T0, T1, T2, T3, T4, T5, T6, T7 ... (10 in all)
performance
  tag_acc: 0.9432
  morph_per_feat: 1 entries
"""  # noqa: W291


@pytest.fixture
def model(tmp_path):
    tmp_path.joinpath("meta.json").write_text(json.dumps(META), "utf-8")
    return tmp_path


def test_it_shows_what_a_report_of_a_problem_needs():
    facts = json.loads(CliRunner().invoke(command, ["--json"]).output)

    assert facts["kernel_version"] == __version__
    assert facts["python_version"] == ".".join(map(str, sys.version_info[:3]))
    assert set(facts) == {"kernel_version", "location", "platform", "python_version", "plugins"}


def test_it_shows_what_a_pipeline_holds(model):
    shown = CliRunner().invoke(command, [str(model)]).output

    assert shown == f"{SHOWN}source       {model}\nintegrity    unverified, saved without checksums\n"


def test_json_is_the_meta_data_and_where_they_are(model):
    shown = CliRunner().invoke(command, [str(model), "--json"]).output

    assert json.loads(shown) == {
        **META,
        "source": str(model),
        "integrity": "unverified, saved without checksums",
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read, got No such file"),
        ("{", "not JSON"),
        ("[]", "expected a JSON object, got list"),
    ],
)
def test_what_is_no_pipeline_is_named(tmp_path, capsys, content, message):
    if content is not None:
        tmp_path.joinpath("meta.json").write_text(content, "utf-8")

    with pytest.raises(SystemExit) as caught:
        run(["info", str(tmp_path)])

    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path / 'meta.json'}: {message}")


def test_it_loads_no_arrays(model):
    code = (
        "import sys; from click.testing import CliRunner; from kernel.cli.info import command;"
        f"CliRunner().invoke(command, [{str(model)!r}]); print({{'numpy', 'thinc'}} & set(sys.modules))"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert shown.stdout == "set()\n"

"""The pages for newcomers do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from commands import call_kernel
from workspace import ROOT, read_toml

EXAMPLE = ROOT / "examples" / "petrogold"


def block(language: str, start: str) -> str:
    """Give the code block of the README that begins with a text."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n({re.escape(start)}.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder to put on the path, with the plugin of the README installed in it."""
    project = tmp_path / "pyproject.toml"
    project.write_text(block("toml", "[project]"), encoding="utf-8")
    settings = read_toml(project)["project"]
    (name, module), *_ = settings["entry-points"]["kernel"].items()

    folder = tmp_path / "site"
    info = folder / f"acme_dots-{settings['version']}.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {settings['name']}\nVersion: {settings['version']}\n", encoding="utf-8"
    )
    info.joinpath("entry_points.txt").write_text(f"[kernel]\n{name} = {module}\n", encoding="utf-8")
    code = block("python", "from itertools import count")
    folder.joinpath(f"{module}.py").write_text(code, encoding="utf-8")
    return folder


def test_the_plugin_of_the_readme_watches_a_run(site: Path, walked: Path, tmp_path: Path) -> None:
    section = block("ini", "[training.logger]")
    config = re.sub(
        r"\[training\.logger\]\n(?:[^\[\n].*\n|\n)*",
        lambda _: section + "every = 2\n\n",
        (walked / "config.cfg").read_text(encoding="utf-8"),
    )
    (tmp_path / "dots.cfg").write_text(config, encoding="utf-8")

    done = call_kernel(
        walked,
        *f"train {tmp_path / 'dots.cfg'} --paths.train train.spacy --paths.dev dev.spacy".split(),
        *["--training.max_steps", "6", "--training.eval_frequency", "6"],
        PYTHONPATH=str(site),
    )

    assert done.returncode == 0, done.stderr
    assert re.search(r"^ 0\.\d\d\n\.\.\. 0\.\d\d\n", done.stdout, re.MULTILINE)


def test_the_plugin_of_the_readme_is_twenty_lines() -> None:
    lines = block("python", "from itertools import count").splitlines()

    assert len([line for line in lines if line.strip()]) <= 20


def test_the_example_trains_and_tags(tmp_path: Path) -> None:
    trained = subprocess.run(
        [sys.executable, EXAMPLE / "run.py", "--quick", "--output", tmp_path / "run"],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    tagged = subprocess.run(
        [sys.executable, EXAMPLE / "tag.py", "--model", tmp_path / "run" / "model-best", "O poço é fundo."],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert trained.returncode == 0, trained.stderr
    assert "stopped: max_steps 20 reached" in trained.stdout
    assert re.search(r"^TAG +[3-9]\d\.\d\d$", trained.stdout, re.MULTILINE)
    assert tagged.returncode == 0, tagged.stderr
    assert [line.split()[0] for line in tagged.stdout.splitlines()] == ["O", "poço", "é", "fundo", "."]

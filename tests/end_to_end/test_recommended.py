"""What `kernel init config` proposes depends on what is there, and trains as it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from commands import call_kernel
from small import train_on, trees

from kernel.config import load_config, recommend_config
from kernel.language import Language

PARSERS = {
    ("efficiency", ""): "kernel.TransitionBasedParser.v1",
    ("accuracy", ""): "kernel.BiaffineParser.v1",
    ("accuracy", "-biaffine"): "kernel.TransitionBasedParser.v1",
}


@pytest.mark.parametrize(("aim", "plugins"), PARSERS)
def test_the_parser_for_accuracy_is_that_of_pkg_biaffine_where_it_is_installed(
    aim: str, plugins: str, tmp_path: Path
) -> None:
    given = {"KERNEL_PLUGINS": plugins} if plugins else {}

    done = call_kernel(tmp_path, "init", "config", "made.cfg", "-l", "xx", "-p", "parser", "-o", aim, **given)

    assert done.returncode == 0, done.stderr
    model = load_config(tmp_path / "made.cfg")["components"]["parser"]["model"]
    assert model["@architectures"] == PARSERS[aim, plugins]


def test_a_component_may_propose_settings_of_one_that_it_requires() -> None:
    found = {
        (pipe, aim): recommend_config("xx", [pipe], optimize=aim)["components"]["tok2vec"]["model"]["embed"]
        for pipe in ("tagger", "parser")
        for aim in ("efficiency", "accuracy")
    }

    assert [pair for pair, embed in found.items() if embed["word_dropout"]] == [("parser", "accuracy")]
    assert all(embed["@architectures"] == "kernel.MultiHashEmbed.v1" for embed in found.values())


def test_what_is_proposed_for_accuracy_learns() -> None:
    config = recommend_config("xx", ["parser"], optimize="accuracy")
    # Narrow, to be quick.
    config["components"]["tok2vec"]["model"]["encode"] |= {"width": 32, "depth": 2}
    config["components"]["parser"]["min_action_freq"] = 1
    nlp = Language.from_config(config)
    examples = trees(nlp)
    train_on(nlp, examples)

    assert type(nlp.get_pipe("parser")).__name__ == "BiaffineComponent"
    assert nlp.evaluate(examples)["dep_las"] == 1.0

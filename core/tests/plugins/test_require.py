"""`[plugins] require`: the distributions that a config needs, and names that are missing without them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import kernel
from kernel.config import check_config
from kernel.config.resolve import resolve
from kernel.errors import ConfigError, UnknownName
from kernel.plugins.manager import Plugins
from kernel.registry import Registry, registry
from kernel.testing.runs.distributions import table_module, write_distribution

NOT_THERE = "not installed"


@pytest.fixture(autouse=True)
def shout(site: Path, load: Callable[..., Plugins], monkeypatch: pytest.MonkeyPatch) -> None:
    """One plugin, acme-shout 1.2, in the place of what is installed."""
    table = table_module(loggers={"acme.Shout.v1": "acme_shout.code:f"})
    write_distribution(site, "shout", table, version="1.2", modules={"code": "def f():\n    return print\n"})
    monkeypatch.setitem(vars(registry), "installed", load())


def mistakes(logger: str, *lines: str) -> list[str]:
    """The report about a config that names a logger and requires something, without what else it lacks."""
    config = {
        "plugins": {"require": list(lines)},
        "nlp": {"lang": "xx"},
        "training": {"logger": {"@loggers": logger}},
    }
    try:
        check_config(config, unset_is_fine=True)
    except ConfigError as error:
        said = str(error).splitlines()
        return [line for line in said if line.startswith(("[plugins]", "[training.logger]"))]
    return []


@pytest.mark.parametrize(
    "line", ["acme-shout", "Acme.Shout>=1", "acme_shout >=1.0,<2", "acme-shout[loud]~=1.1", "pkg-kernel>=0.1"]
)
def test_what_is_installed_in_a_version_that_fits_is_no_mistake(line: str) -> None:
    assert mistakes("acme.Shout.v1", line) == []


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("acme-whisper>=2", f"{NOT_THERE}, got 'acme-whisper>=2'; pip install 'acme-whisper>=2'"),
        ("acme-whisper @ https://a.org/w.whl", f"{NOT_THERE}, got 'acme-whisper @ https://a.org/w.whl'; pip"),
        ("acme-shout>=2", "version 1.2 is installed, got 'acme-shout>=2'; pip install 'acme-shout>=2'"),
        ("pip install acme", "expected a requirement such as 'acme-shout>=1.2', got 'pip install acme'"),
    ],
)
def test_what_is_not_there_is_a_mistake_whoever_gives_the_names(line: str, what: str) -> None:
    [said] = mistakes("acme.Shout.v1", line)

    assert said.startswith(f"[plugins] require: {what}")


def test_a_requirement_for_other_machines_is_left_to_the_installer() -> None:
    assert mistakes("acme.Shout.v1", "acme-whisper>=2; sys_platform == 'never'") == []


def test_an_application_that_hands_a_plugin_in_has_it() -> None:
    mine = Registry()
    mine.use("acme_shout.plugin", name="handed", distribution="acme-handed", version="3.0")

    assert mine.plugins.shortfall("acme-handed>=3") == ""
    assert mine.plugins.shortfall("acme-handed>=4") == "version 3.0 is installed"


def test_a_missing_name_comes_with_what_to_install() -> None:
    said, _ = mistakes("other.Log.v1", "other-logs>=1.2")

    assert said == (
        "[training.logger] @loggers: unknown name 'other.Log.v1'; it may come with a "
        "distribution that [plugins] require lists and that is not installed: pip install 'other-logs>=1.2'"
    )


def test_a_missing_name_says_so_wherever_it_is_looked_up() -> None:
    config = {
        "plugins": {"require": ["other-logs>=1.2"]},
        "training": {"logger": {"@loggers": "other.Log.v1"}},
    }

    with pytest.raises(UnknownName, match=r"pip install 'other-logs>=1\.2'$"):
        resolve(config, "training.logger")


def test_a_name_of_somebody_unknown_says_how_to_find_him() -> None:
    [said] = mistakes("other.Log.v1")

    assert said == (
        "[training.logger] @loggers: unknown name 'other.Log.v1'; no installed plugin registers "
        "names that begin with 'other': install the one that does (`kernel plugins freeze` names it where the config "
        "works), or pass your own file with --code"
    )


def test_it_also_names_the_nearest_that_is_here() -> None:
    [said] = mistakes("other.Shout.v1")

    assert (
        "; did you mean 'acme.Shout.v1' (acme-shout 1.2)? No installed plugin registers names that begin with 'other'"
        in said
    )


def test_a_slip_in_a_name_of_somebody_known_names_the_nearest_alone() -> None:
    [said] = mistakes("acme.Shuot.v1")

    assert said.endswith("unknown name 'acme.Shuot.v1'; did you mean 'acme.Shout.v1' (acme-shout 1.2)?")


def test_a_pipeline_is_built_without_what_only_training_needs() -> None:
    nlp = kernel.Language.from_config({"nlp": {"lang": "xx"}, "plugins": {"require": ["acme-whisper>=2"]}})

    assert nlp.pipe_names == []
    assert nlp.config["plugins"] == {"require": ["acme-whisper>=2"]}

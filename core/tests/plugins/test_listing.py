"""What `kernel plugins list`, `show` and `check` print."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner, Result

from kernel import __version__
from kernel.cli import main
from kernel.cli.plugins import as_json, as_names, as_requirements, as_table
from kernel.errors import KernelError
from kernel.plugins.manager import Plugins
from kernel.registry import registry
from kernel.testing.runs.distributions import table_module, write_distribution

Load = Callable[..., Plugins]

CODE = '''
from kernel.contracts import factory

def logger(path: str, every: int = 10) -> list[str]:
    """Log to a file.

    Args:
        path: Where to.
        every: How often, in steps.
    """
    return []

@factory("shout", default_config={"volume": 11}, assigns=["doc.text"], default_score_weights={"loud": 1.0})
def shout(nlp: object, name: str, volume: int) -> object:
    """Make a component that shouts."""
    return name
'''


@pytest.fixture
def kernel(site: Path, load: Load, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command over what is installed in the folder, and nothing else."""

    def run(*args: str) -> Result:
        monkeypatch.setitem(vars(registry), "installed", load())
        return CliRunner().invoke(main, ["plugins", *args])

    return run


@pytest.fixture
def acme(site: Path) -> None:
    """One good plugin and one broken."""
    tables = table_module(
        loggers={"acme.Log.v1": "acme_log.code:logger"}, factories={"shout": "acme_log.code:shout"}
    )
    write_distribution(site, "log", tables, modules={"code": CODE}, requires=["pkg-kernel>=0.1,<0.2"])
    write_distribution(site, "broken", "import no_such_module", version="2.0")


FAULT = (
    "plugin 'broken' (acme-broken 2.0) cannot be imported from 'acme_broken.plugin', "
    "got ModuleNotFoundError: No module named 'no_such_module'"
)


@pytest.mark.usefixtures("acme")
def test_the_table_shows_plugins_states_counts_and_faults(load: Load) -> None:
    assert as_table(load()) == dedent(
        f"""\
        plugin  distribution  version  kernel      state  names
        broken  acme-broken   2.0      -           error
        log     acme-log      1.0      >=0.1,<0.2  ok     1 factories, 1 loggers

        ! {FAULT}"""
    )


@pytest.mark.usefixtures("acme")
def test_json_has_everything(load: Load) -> None:
    shown = json.loads(as_json(load()))

    assert [plugin["state"] for plugin in shown["plugins"]] == ["error", "ok"]
    assert shown["plugins"][1]["names"] == {"factories": ["shout"], "loggers": ["acme.Log.v1"]}
    assert shown["faults"] == [FAULT]
    assert [plugin["made_for"] for plugin in shown["plugins"]] == ["", ">=0.1,<0.2"]


def test_a_plugin_for_another_kernel_is_shown_with_its_range_and_not_imported(site: Path, load: Load) -> None:
    write_distribution(site, "future", "raise RuntimeError('imported')", requires=["pkg-kernel>=99,<100"])

    _, row, _, reason = as_table(load()).splitlines()
    [shown] = json.loads(as_json(load()))["plugins"]

    assert row.split() == ["future", "acme-future", "1.0", ">=99,<100", "error"]
    assert reason == (
        f"! plugin 'future' (acme-future 1.0) requires pkg-kernel>=99,<100, got {__version__}; "
        "install a version for this kernel"
    )
    assert (shown["made_for"], shown["state"]) == (">=99,<100", "error")


@pytest.mark.usefixtures("acme")
def test_names_are_shown_with_their_owners(load: Load) -> None:
    rows = [line.split(maxsplit=2) for line in as_names(load()).splitlines()]

    assert ["loggers", "acme.Log.v1", "acme-log 1.0"] in rows
    assert ["optimizers", "Adam.v1"] in [row[:2] for row in rows]


@pytest.mark.usefixtures("acme")
def test_requirements_pin_the_kernel_and_what_takes_part(load: Load) -> None:
    kernel_line, *rest = as_requirements(load(choice="log")).splitlines()

    assert kernel_line.startswith("pkg-kernel==")
    assert rest == ["acme-log==1.0"]


def test_without_plugins_it_says_what_to_install(kernel: Callable[..., Result]) -> None:
    listed = kernel("list")

    assert listed.exit_code == 0
    assert listed.output.startswith("No plugins are installed. Available:\n")
    assert (
        "  pip install pkg-tagger         The part-of-speech tagger and its architecture\n" in listed.output
    )


@pytest.mark.usefixtures("acme")
def test_a_plugin_shows_its_names_and_targets(kernel: Callable[..., Result], site: Path) -> None:
    by_name, by_distribution = kernel("show", "log"), kernel("show", "acme-log")

    assert by_name.output == by_distribution.output
    assert by_name.output == dedent(
        f"""\
        plugin log
          from    acme-log 1.0
          module  acme_log.plugin
          file    {site}/acme_log/plugin.py
          kernel  >=0.1,<0.2
          state   ok
          hooks   register_factories, register_loggers
          factories  shout        acme_log.code:shout
          loggers    acme.Log.v1  acme_log.code:logger
        """
    )


@pytest.mark.usefixtures("acme")
def test_a_name_shows_file_arguments_and_docstring(kernel: Callable[..., Result], site: Path) -> None:
    assert kernel("show", "acme.Log.v1").output == dedent(
        f"""\
        loggers acme.Log.v1
          from    acme-log 1.0
          target  acme_log.code:logger
          file    {site}/acme_log/code.py:4

          (
              path: str,
              every: int = 10,
          ) -> list[str]

          Log to a file.

          Args:
              path: Where to.
              every: How often, in steps.
        """
    )


@pytest.mark.usefixtures("acme")
def test_a_factory_shows_what_it_states_and_its_block(kernel: Callable[..., Result]) -> None:
    shown = kernel("show", "shout").output

    assert "  assigns   doc.text\n  scores    loud\n" in shown
    assert '  [components.shout]\n  factory = "shout"\n  volume = 11\n' in shown


@pytest.mark.usefixtures("acme")
def test_a_name_of_several_kinds_shows_all(kernel: Callable[..., Result], site: Path) -> None:
    again = table_module(misc={"shout": "acme_other.code:f"}, factories={"shout": "acme_other.code:f"})
    write_distribution(
        site, "other", again, modules={"code": "def f() -> int:\n    '''One.'''\n    return 1\n"}
    )

    heads = [line for line in kernel("show", "shout").output.splitlines() if line[:1].strip()]

    assert heads == [
        "factories shout",
        "factories shout",
        "! factories: 'shout' is registered by acme-log 1.0 and acme-other 1.0; "
        'write [plugins] deny = ["other"] in the config, or set KERNEL_PLUGINS=-other, or uninstall one',
        "misc shout",
    ]


@pytest.mark.usefixtures("acme")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("acme.Lgo.v1", "did you mean 'acme.Log.v1'?"),
        ("kernel.Tagger.v1", "pkg-tagger registers it: pip install pkg-tagger"),
        ("qqqq", "`kernel plugins list --names` lists every name"),
    ],
)
def test_an_unknown_name_says_what_is_near(kernel: Callable[..., Result], name: str, message: str) -> None:
    start = " It" if message.endswith("?") else "; it"
    reason = FAULT.replace(") cannot", "), which cannot")
    suspect = "" if "pip install" in message else f"{start} may also belong to {reason}"

    shown = kernel("show", name)

    assert isinstance(shown.exception, KernelError)
    assert str(shown.exception) == f"plugins show: unknown name {name!r}; {message}{suspect}"


def test_a_broken_name_is_shown_with_the_reason(site: Path, kernel: Callable[..., Result]) -> None:
    write_distribution(site, "rot", table_module(misc={"acme.Rot.v1": "acme_rot.code:f"}))

    shown = kernel("show", "acme.Rot.v1")

    assert shown.exit_code == 0
    assert "  ! misc: 'acme.Rot.v1' of acme-rot 1.0 cannot be loaded" in shown.output


def test_check_passes_over_good_plugins(site: Path, kernel: Callable[..., Result]) -> None:
    tables = table_module(loggers={"acme.Log.v1": "acme_log.code:logger"})
    write_distribution(site, "log", tables, modules={"code": CODE})

    checked = kernel("check")

    assert "! " not in checked.output
    assert checked.exit_code == 0
    assert checked.output.endswith(" names, 0 faults\n")


def test_check_finds_every_fault(site: Path, kernel: Callable[..., Result]) -> None:
    code = """
    from __future__ import annotations
    from typing import TYPE_CHECKING
    if TYPE_CHECKING:
        from somewhere import Thing

    def hidden(thing: Thing): ...
    def untyped(thing): ...
    number = 3
    """
    names = {
        name: f"acme_bad.code:{name.split('.')[1]}" for name in ("a.hidden.v1", "a.untyped.v1", "a.number.v1")
    }
    names |= {"a.missing.v1": "acme_bad.code:missing", "hidden": "acme_bad.code:untyped"}
    write_distribution(site, "bad", table_module(misc=names), modules={"code": code})
    write_distribution(site, "broken", "import no_such_module", version="2.0")

    checked = kernel("check")

    assert checked.exit_code == 1
    ours = [line for line in checked.output.splitlines() if "acme" in line]
    address = "of acme-bad 1.0"
    assert ours == [
        f"! {FAULT}",
        f"! misc: 'a.hidden.v1' {address} has a type hint that cannot be evaluated, got NameError: "
        "name 'Thing' is not defined; import the type outside TYPE_CHECKING",
        f"! misc: 'a.missing.v1' {address} cannot be loaded from 'acme_bad.code:missing', got AttributeError: "
        "module 'acme_bad.code' has no attribute 'missing'; repair or reinstall acme-bad",
        f"! misc: 'a.number.v1' {address} is not callable, got int; register a function or a class",
        f"! misc: 'a.untyped.v1' {address} has no type hint for its argument 'thing'",
        f"! misc: 'hidden' {address} has no version; call it 'hidden.v1'",
        f"! misc: 'hidden' {address} has no type hint for its argument 'thing'",
    ]

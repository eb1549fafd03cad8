"""The command line's frame, run as a child process over plugins that were installed for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kernel.cli import main
from kernel.plugins.builtins import COMMANDS
from kernel.registry import registry
from kernel.testing.runs.commands import check_command
from kernel.testing.runs.distributions import table_module, write_distribution

HEAVY = ("thinc", "numpy", "torch", "pydantic", "confection", "rich")
HELLO = """
import click

@click.command()
def command():
    '''Say hello.'''
    click.echo("hello")
"""


def kernel(
    *args: str, site: Path | None = None, code: str = "", **env: str
) -> subprocess.CompletedProcess[str]:
    """Run the command line in a child process; `code` runs there after it."""
    run = ["-c", CHILD.format(args=["kernel", *args], code=code)] if code else ["-m", "kernel", *args]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("KERNEL_")}
    path = {"PYTHONPATH": str(site)} if site else {}
    return subprocess.run(
        [sys.executable, *run],
        capture_output=True,
        encoding="utf-8",
        env={**clean, **path, **env},
        check=False,
    )


CHILD = """
import sys
sys.argv = {args!r}
from kernel.__main__ import main
try:
    main()
except SystemExit as exit:
    assert not exit.code, exit.code
{code}
"""


@pytest.fixture
def fifty(tmp_path: Path) -> Path:
    """Fifty plugins, five of which import torch in their code."""
    for number in range(50):
        name = f"many{number}"
        tables = {kind: {f"acme.{kind}{number}.v1": f"acme_{name}.code:f"} for kind in ("loggers", "readers")}
        code = "import torch\n" if number % 10 == 0 else "raise RuntimeError('imported')\n"
        write_distribution(tmp_path, name, table_module(**tables), modules={"code": code})
    return tmp_path


@pytest.mark.parametrize(
    ("args", "shows"),
    [
        (["--help"], "Commands:"),
        (["plugins", "list"], "1 loggers, 1 readers"),
        (["plugins", "list", "--json"], '"acme.loggers49.v1"'),
        (["plugins", "list", "--names"], "acme.readers49.v1"),
        (["plugins", "list", "--requirements"], "acme-many49==1.0"),
        (["plugins", "show", "many49"], "acme_many49.code:f"),
        (["--strict-plugins", "info"], ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_fifty_plugins_are_listed_without_importing_arrays_or_any_module_of_theirs(
    fifty: Path, args: list[str], shows: str
) -> None:
    code = f"""
loaded = {{name.partition(".")[0] for name in sys.modules}}
assert not loaded & set({HEAVY!r}), loaded & set({HEAVY!r})
plugins = [name for name in loaded if name.startswith(("acme_", "pkg_"))]
assert not plugins, plugins
"""

    done = kernel(*args, site=fifty, code=code)

    assert (done.returncode, done.stderr) == (0, "")
    assert shows in done.stdout


def test_a_broken_plugin_among_the_fifty_is_reported_and_the_others_are_still_not_imported(
    fifty: Path,
) -> None:
    write_distribution(fifty, "broken", "import no_such_module")
    write_distribution(fifty, "rubbish", table_module(loggers={"acme.Rubbish.v1": "no target"}))
    code = 'assert not any(name.startswith(("acme_many", "acme_rubbish")) for name in sys.modules)'

    done = kernel("plugins", "list", site=fifty, code=code)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-2:] == [
        "! plugin 'broken' (acme-broken 1.0) cannot be imported from 'acme_broken.plugin', got "
        "ModuleNotFoundError: No module named 'no_such_module'",
        "! plugin 'rubbish' (acme-rubbish 1.0) must map 'acme.Rubbish.v1' in register_loggers to a "
        "'module:attribute' target, got 'no target'",
    ]


def test_importing_the_kernel_imports_no_arrays() -> None:
    code = f"import sys, kernel; print(sorted(set(sys.modules) & set({HEAVY!r})))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert done.stdout == "[]\n"


def test_help_lists_the_commands_of_the_kernel_and_of_plugins(tmp_path: Path) -> None:
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": HELLO})

    shown = kernel("--help", site=tmp_path)
    said = kernel("hello", site=tmp_path)

    assert [line.split()[0] for line in shown.stdout.split("Commands:\n")[1].splitlines()] == [
        *COMMANDS,
        "hello",
    ]
    assert "From acme-greet 1.0." in shown.stdout
    assert (said.stdout, said.returncode) == ("hello\n", 0)


def test_a_broken_command_is_one_line_and_the_others_work(tmp_path: Path) -> None:
    write_distribution(tmp_path, "greet", table_module(commands={"hello": "acme_greet.code:command"}))

    broken, working = kernel("hello", site=tmp_path), kernel("plugins", "list", site=tmp_path)

    assert broken.returncode == 1
    assert broken.stderr == (
        "Error: commands: 'hello' of acme-greet 1.0 cannot be loaded from 'acme_greet.code:command', got "
        "ModuleNotFoundError: No module named 'acme_greet.code'; repair or reinstall acme-greet\n"
    )
    assert working.returncode == 0


def test_a_plugin_cannot_take_a_command_of_the_kernel(tmp_path: Path) -> None:
    tables = table_module(commands={"plugins": "acme_thief.code:command", "train": "acme_thief.code:command"})
    write_distribution(tmp_path, "thief", tables, modules={"code": HELLO})

    listed, train = kernel("plugins", "list", site=tmp_path), kernel("train", "--help", site=tmp_path)
    strict = kernel("--strict-plugins", "plugins", "list", site=tmp_path)

    assert listed.returncode == 0
    assert "commands: 'train' is registered by pkg-kernel" in listed.stdout
    assert train.stdout.startswith("Usage: kernel train ")
    assert (strict.returncode, strict.stdout) == (1, "")


def test_what_is_no_click_command_is_refused(tmp_path: Path) -> None:
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": "command = 3"})

    done = kernel("hello", site=tmp_path)

    assert done.returncode == 1
    assert done.stderr == (
        "Error: commands: 'hello' of acme-greet 1.0 is not a click command, got int; "
        "point 'acme_greet.code:command' at one\n"
    )


def test_an_unknown_command_names_the_nearest() -> None:
    done = kernel("tran")

    assert done.returncode == 2
    assert done.stderr.endswith("Error: unknown command 'tran'; did you mean 'train'?\n")


def test_an_unknown_option_is_wrong_usage() -> None:
    assert kernel("--nonsense").returncode == 2


def test_the_version_is_that_of_the_distribution() -> None:
    done = kernel("--version")

    assert done.stdout.startswith("kernel, version 0.")
    assert done.returncode == 0


def test_an_interrupted_command_exits_with_130(tmp_path: Path) -> None:
    source = HELLO.replace('click.echo("hello")', "raise KeyboardInterrupt")
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": source})

    done = kernel("hello", site=tmp_path)

    assert (done.returncode, done.stderr.strip()) == (130, "Aborted")


def test_the_exit_code_of_a_command_is_that_of_the_program(tmp_path: Path) -> None:
    source = HELLO.replace('click.echo("hello")', "click.get_current_context().exit(3)")
    tables = table_module(commands={"hello": "acme_greet.code:command"})
    write_distribution(tmp_path, "greet", tables, modules={"code": source})

    assert kernel("hello", site=tmp_path).returncode == 3


@pytest.mark.parametrize("how", ["--strict-plugins", "KERNEL_STRICT_PLUGINS"])
def test_strictness_turns_a_broken_plugin_into_a_failure(tmp_path: Path, how: str) -> None:
    write_distribution(tmp_path, "broken", "import no_such_module")
    args, env = ([how], {}) if how.startswith("-") else ([], {how: "1"})

    lenient, strict = (
        kernel("plugins", "list", site=tmp_path),
        kernel(*args, "plugins", "list", site=tmp_path, **env),
    )

    assert lenient.returncode == 0
    assert "! plugin 'broken' (acme-broken 1.0) cannot be imported" in lenient.stdout
    assert strict.returncode == 1
    assert strict.stderr.startswith("Error: plugins: plugin 'broken' (acme-broken 1.0) cannot be imported")


@pytest.mark.parametrize("name", registry.commands.names())
def test_every_command_explains_itself(name: str) -> None:
    command = registry.commands.get(name)

    assert "Usage:" in check_command(command)


def test_module_and_script_are_one_command() -> None:
    assert CliRunner().invoke(main, ["--help"], prog_name="kernel").output == kernel("--help").stdout


@pytest.mark.parametrize("how", ["--plugins", "KERNEL_PLUGINS"])
def test_the_plugins_of_one_call_can_be_chosen(tmp_path: Path, how: str) -> None:
    for name in ("one", "two"):
        tables = table_module(commands={f"hello-{name}": f"acme_{name}.code:command"})
        write_distribution(tmp_path, name, tables, modules={"code": HELLO})
    args, env = ([how, "acme-one"], {}) if how.startswith("-") else ([], {how: "one"})

    shown = kernel(*args, "--help", site=tmp_path, **env)
    said = kernel(*args, "hello-one", site=tmp_path, **env)
    listed = kernel(*args, "plugins", "list", "--json", site=tmp_path, **env)

    assert "hello-one" in shown.stdout
    assert "hello-two" not in shown.stdout
    assert said.stdout == "hello\n"
    states = {plugin["plugin"]: plugin["state"] for plugin in json.loads(listed.stdout)["plugins"]}
    assert {states.pop("one"), *states.values()} == {"ok", "excluded"}
    assert set(states.values()) == {"excluded"}


def test_broken_plugins_that_nobody_names_do_not_stop_a_pipeline(tmp_path: Path) -> None:
    hook = "from kernel import hookimpl\n@hookimpl\ndef register_loggers():\n    raise ValueError('no')\n"
    write_distribution(tmp_path, "imports", "import no_such_module")
    write_distribution(tmp_path, "exits", "raise SystemExit(3)")
    write_distribution(tmp_path, "hooks", hook)
    write_distribution(tmp_path, "needs", "", requires=["acme-nowhere"])
    code = "import kernel; nlp = kernel.blank('xx'); print([token.text for token in nlp('two words')])"

    done = kernel("plugins", "list", site=tmp_path, code=code)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("['two', 'words']\n")
    assert [line.split()[2] for line in done.stdout.splitlines() if line.startswith("!")] == [
        *("'exits'", "'hooks'", "'imports'", "'needs'")
    ]


def test_json_is_json(tmp_path: Path) -> None:
    write_distribution(tmp_path, "broken", "import no_such_module", version="3.0")

    listed = json.loads(kernel("plugins", "list", "--json", site=tmp_path).stdout)
    broken = next(record for record in listed["plugins"] if record["plugin"] == "broken")

    assert broken == {
        "plugin": "broken",
        "distribution": "acme-broken",
        "version": "3.0",
        "made_for": "",
        "module": "acme_broken.plugin",
        "state": "error",
        "fault": (
            "cannot be imported from 'acme_broken.plugin', got ModuleNotFoundError: "
            "No module named 'no_such_module'"
        ),
        "names": {},
        "conflicts": [],
    }

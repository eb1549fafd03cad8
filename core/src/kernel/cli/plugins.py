"""`kernel plugins`: list and check the installed plugins and the names they register."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from kernel import __version__
from kernel.cli.paths import NamedPath
from kernel.contracts import stated_meta
from kernel.errors import PluginError, UnknownName, did_you_mean
from kernel.hookspecs import PREFIX
from kernel.plugins import catalogue, selection
from kernel.plugins.describe import describe, faults
from kernel.plugins.discovery import Plugin
from kernel.plugins.manager import Plugins
from kernel.plugins.requirements import KERNEL, canonical
from kernel.plugins.static_reader import file_of
from kernel.plugins.tables import Entry, conflict
from kernel.registry import registry
from kernel.system.import_name import conflict_anywhere


@click.group("plugins")
def command() -> None:
    """List, check, disable and uninstall plugins.

    Which plugins are active in a process? Precedence, highest first; only the first that is set counts:

    \b
    1. kernel --plugins a,b COMMAND    only these; -a,-b: all but these
    2. the variable KERNEL_PLUGINS     likewise
    3. kernel plugins disable NAME     until it is enabled again
    4. otherwise                       all of them

    A config narrows the result further, only for what uses that config:

    \b
    [plugins]
    allow = ["tagger"]    only these; empty or missing: all
    deny = ["acme"]       all but these

    A name is a plugin's or its distribution's. An excluded plugin is not imported. If two plugins register the same
    name, using that name is an error; exclude one of them to resolve it.
    """


# -- list ----------------------------------------------------------------------------------------------------


@command.command("list")
@click.option("--json", "form", flag_value="json", help="Print everything as JSON.")
@click.option("--names", "form", flag_value="names", help="Print each registered name: kind, name, owner.")
@click.option(
    "--requirements", "form", flag_value="requirements", help="Print the plugins as pip requirements."
)
def list_plugins(form: str | None) -> None:
    """List the plugins: version, required kernel version, state, and how many names of each kind.

    States: ok; empty (registers no names); conflict (another plugin registers one of its names too); excluded (by
    --plugins, KERNEL_PLUGINS or `plugins disable`); error (none of its names can be used; the reason is printed
    below the table).
    """
    plugins = registry.plugins
    shown = {"json": as_json, "names": as_names, "requirements": as_requirements, None: as_table}[form]
    click.echo(shown(plugins))


def as_table(plugins: Plugins) -> str:
    """Format the plugins as a table."""
    lines = []
    if plugins.records:
        head = ("plugin", "distribution", "version", "kernel", "state", "names")
        lines = aligned([head, *(_row(plugin) for plugin in plugins.records)])
    else:
        lines = ["No plugins are installed. Available:", "", *_to_install()]
    if messages := plugins.faults():
        lines += ["", *(f"! {message}" for message in messages)]
    return "\n".join(lines)


def as_json(plugins: Plugins) -> str:
    """Format the plugins as JSON."""
    records = [
        {
            "plugin": plugin.name,
            "distribution": plugin.owner.distribution,
            "version": plugin.owner.version,
            "made_for": plugin.made_for,
            "module": plugin.module,
            "state": plugin.state,
            "fault": plugin.fault,
            "names": {kind: sorted(names) for kind, names in sorted(plugin.tables.items())},
            "conflicts": [{"kind": kind, "name": name} for kind, name in plugin.conflicts],
        }
        for plugin in plugins.records
    ]
    return json.dumps(
        {"kernel": __version__, "plugins": records, "faults": plugins.faults()}, indent=2, ensure_ascii=False
    )


def as_names(plugins: Plugins) -> str:
    """Format every registered name with its kind and owner."""
    rows = [
        (kind, name, str(entry.owner))
        for kind, table in plugins.tables.items()
        for name in table
        for entry in table.entries(name)
    ]
    return "\n".join(aligned(rows))


def as_requirements(plugins: Plugins) -> str:
    """Format the kernel and the active plugins as pinned pip requirements."""
    pins = {(p.owner.distribution, p.owner.version) for p in plugins.records if not p.left_out_by}
    rest = sorted(pins, key=lambda pin: canonical(pin[0]))
    return "\n".join(f"{name}=={number}" for name, number in [(KERNEL, __version__), *rest])


def _row(plugin: Plugin) -> tuple[str, ...]:
    counts = ", ".join(f"{len(names)} {kind}" for kind, names in sorted(plugin.tables.items()))
    owner = plugin.owner
    return plugin.name, owner.distribution, owner.version, plugin.made_for or "-", plugin.state, counts


def _to_install() -> list[str]:
    distributions = catalogue.distributions().items()
    return aligned([(f"  pip install {name}", about.summary) for name, about in distributions])


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Align rows of text in columns, two spaces apart."""
    rows = list(rows)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


# -- show ----------------------------------------------------------------------------------------------------


@command.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show a plugin, or the function behind a registered name: file, arguments, docstring.

    NAME is a plugin, its distribution, or a name such as kernel.Tok2Vec.v1.
    """
    plugins = registry.plugins
    pages = [_plugin_page(one) for one in plugins.records if name in one.names]
    for table in plugins.tables.values():
        entries = table.entries(name)
        pages += [_entry_page(entry) for entry in entries]
        pages += [f"! {conflict(entries)}"] if len(entries) > 1 else []
    if not pages:
        raise UnknownName(f"plugins show: unknown name {name!r}{_advice(plugins, name)}")
    click.echo("\n\n".join(pages))


def _plugin_page(plugin: Plugin) -> str:
    lines = [f"plugin {plugin.name}", f"  from    {plugin.owner}", f"  module  {plugin.module}"]
    if file := file_of(plugin.module.partition(":")[0]):
        lines.append(f"  file    {file}")
    lines.append(f"  kernel  {plugin.made_for or '-'}")
    lines.append(f"  state   {plugin.state}")
    lines += [f"  ! {plugin.fault}"] if plugin.fault else []
    lines += (
        [f"  hooks   {', '.join(PREFIX + kind for kind in sorted(plugin.tables))}"] if plugin.tables else []
    )
    rows = [
        (f"  {kind}", name, to) for kind, names in sorted(plugin.tables.items()) for name, to in names.items()
    ]
    return "\n".join([*lines, *aligned(rows)])


def _entry_page(entry: Entry) -> str:
    lines = [f"{entry.kind} {entry.name}", f"  from    {entry.owner}", f"  target  {entry.target}"]
    try:
        about = describe(entry)
    except PluginError as exc:
        return "\n".join([*lines, f"  ! {exc}"])
    if about.file:
        lines.append(f"  file    {about.file}:{about.line}")
    if about.parameters or about.returns:
        returns = f" -> {about.returns}" if about.returns else ""
        lines += ["", "  (", *(f"      {parameter}," for parameter in about.parameters), f"  ){returns}"]
    lines += ["", *(f"  {line}".rstrip() for line in about.doc.splitlines())]
    meta = stated_meta(entry.resolve())
    return "\n".join([*lines, *(_factory_lines(meta) if meta is not None else [])])


def _factory_lines(meta: Any) -> list[str]:
    from confection import Config

    facts = [
        ("assigns", ", ".join(meta.assigns)),
        ("requires", ", ".join(meta.requires)),
        ("scores", ", ".join(meta.scores)),
    ]
    lines = [f"  {name:<8}  {value}" for name, value in facts if value]
    block = Config({"components": {meta.name: {"factory": meta.name, **meta.default_config}}})
    return ["", *lines, "", *(f"  {line}".rstrip() for line in block.to_str().splitlines())]


def _advice(plugins: Plugins, name: str) -> str:
    for kind in plugins.tables:
        is_unavailable = any(name in plugin.tables.get(kind, {}) for plugin in plugins.records)
        if is_unavailable or catalogue.providers(kind, name):
            return plugins.advice(kind, name)
    names = {plugin.name for plugin in plugins.records}
    names.update(name for table in plugins.tables.values() for name in table)
    near = did_you_mean(name, names) or "; `kernel plugins list --names` lists every name"
    return plugins.with_suspect(near)


# -- disable and enable --------------------------------------------------------------------------------------


@command.command("disable")
@click.argument("names", nargs=-1, required=True)
def disable(names: tuple[str, ...]) -> None:
    """Disable plugins in this environment, until they are enabled again.

    NAMES are plugins or their distributions. --plugins and the variable KERNEL_PLUGINS take precedence. No plugin
    is imported.
    """
    selection.disable([_matching(name, "disable")[0].name for name in names])
    _print_disabled()


@command.command("enable")
@click.argument("names", nargs=-1, required=True)
def enable(names: tuple[str, ...]) -> None:
    """Enable disabled plugins again."""
    installed = {canonical(each): one.name for one in registry.installed.found for each in one.names}
    selection.enable(installed.get(canonical(name), name) for name in names)
    _print_disabled()


def _print_disabled() -> None:
    click.echo(f"disabled: {', '.join(selection.disabled()) or 'none'}")


def _matching(name: str, command: str) -> list[Plugin]:
    """Return the installed plugins that a name refers to, without importing any."""
    plugins = registry.installed
    if message := plugins.unknown(name):
        raise UnknownName(f"plugins {command}: {message}")
    return [one for one in plugins.found if canonical(name) in map(canonical, one.names)]


# -- uninstall -----------------------------------------------------------------------------------------------


@command.command("uninstall")
@click.argument("name")
@click.option(
    "-y",
    "--yes",
    is_flag=True,
    help="Do not ask for confirmation; without a terminal, there is no question either.",
)
def uninstall(name: str, yes: bool) -> None:
    """Uninstall a plugin's distribution from this environment.

    NAME is a plugin or its distribution; even a broken plugin can be uninstalled. Uses pip, or uv without pip.
    """
    from kernel.cli.removal import uninstall as remove

    if canonical(name) in ("kernel", KERNEL):
        raise PluginError(f"plugins uninstall: this is the kernel itself, got {name!r}; name a plugin")
    distributions = {one.owner.distribution for one in _matching(name, "uninstall")}
    if len(distributions) > 1:
        raise PluginError(
            f"plugins uninstall: several distributions have a plugin {name!r}; "
            f"name one of {', '.join(sorted(distributions))}"
        )
    [distribution] = distributions
    names = [one.name for one in registry.installed.found if one.owner.distribution == distribution]
    question = f"Uninstall {distribution} (plugin {', '.join(names)}) from {sys.prefix}?"
    if not yes and sys.stdin.isatty():
        click.confirm(question, abort=True)
    ran = remove(distribution)
    if disabled := set(selection.disabled()) & set(map(canonical, names)):
        selection.enable(disabled)
    click.echo(f"ran: {ran}")


# -- new -----------------------------------------------------------------------------------------------------


@command.command("new")
@click.argument("name")
@click.option("-k", "--kinds", default="architectures", show_default=True, help="Kinds, separated by commas.")
@click.option("-o", "--output", type=NamedPath(), help="Folder to write; by default NAME.")
def new(name: str, kinds: str, output: Path | None) -> None:
    """Create a new plugin: a distribution with working code and tests for each kind, as a starting point.

    NAME is the distribution's name, such as acme-shout. Existing files are not overwritten.
    """
    from kernel.scaffold.file_writing import write_plugin

    folder = write_plugin(name, [kind.strip() for kind in kinds.split(",") if kind.strip()], output)
    click.echo(f"wrote {folder}; next: pip install -e '{folder}[test]' && pytest {folder}")


# -- freeze --------------------------------------------------------------------------------------------------


@command.command("freeze", context_settings={"ignore_unknown_options": True, "allow_extra_args": True})
@click.argument("config")
@click.option("-c", "--code", "codes", multiple=True, help="Python file to import first; may be repeated.")
@click.pass_context
def freeze(ctx: click.Context, config: str, codes: tuple[str, ...]) -> None:
    """Print what pip must install to train CONFIG: one distribution per line, with its version.

    CONFIG is a config, with overrides as in `kernel train`, or the folder of a saved pipeline, which records what it
    was saved with. Other imports of the --code files are not considered.
    """
    from kernel.cli.freezing import needed
    from kernel.config.overrides import given_overrides

    click.echo("\n".join(needed(config, given_overrides(ctx.args), codes)))


# -- check ---------------------------------------------------------------------------------------------------


@command.command("check")
@click.pass_context
def check(ctx: click.Context) -> None:
    """Import and check everything that is registered; exit with 1 if there is a fault.

    Checks the plugins themselves, every target, and the types of its arguments, which must be
    importable so that configs can be checked against them.
    """
    plugins = registry.plugins
    messages = [*filter(None, [conflict_anywhere()]), *plugins.faults()]
    n_names = 0
    for table in plugins.tables.values():
        for name in table:
            for entry in table.entries(name):
                n_names += 1
                messages += faults(entry, documented=False)
    for message in messages:
        click.echo(f"! {message}")
    click.echo(f"{len(plugins.records)} plugins, {n_names} names, {len(messages)} faults")
    ctx.exit(1 if messages else 0)

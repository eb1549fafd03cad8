"""The public API as text: a line for everything that users, configs, scripts and plugins may rely on.

A line begins with the name of the thing, so that a changed file says what has changed.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin

import click
from signatures import annotation, bases, constructor, members, signature, single_spaced, value
from workspace import plugins, tables

import kernel
from kernel import hookspecs
from kernel.cli import main
from kernel.config import DEFAULT_CONFIG
from kernel.config.rules.schema import SCHEMA, Field
from kernel.plugins.builtins import COMMANDS, TABLES, THINC

#: Modules that people import from. `kernel.lang` makes its modules of what plugins give.
DOORS = (
    "kernel",
    *(f"kernel.{name}" for name in kernel._MODULES if name != "lang"),
    "kernel.config",
    "kernel.contracts",
    "kernel.limits",
    "kernel.registry",
    "kernel.testing",
)

#: Names of other modules that a new plugin, as `kernel plugins new` writes it, or the example of one imports.
PARTS = {
    "kernel.pipeline.optim.lazy_rows": ("add_to_rows", "read_rows"),
    "kernel.pipeline.run.update": ("apply_gradients",),
    "kernel.text.doc.columns": ("features",),
    "kernel.text.tokenizer.language_defaults": ("Defaults", "StopWords"),
}

_HEAD = """\
# The public API, a line each; what is not here may change in any release. This file is written by a test:
# KERNEL_WRITE_GOLDEN=1 uv run pytest tests/house/test_public_api.py
"""


def api_text() -> str:
    """Write the whole API."""
    sections = {
        "names to import": _names(),
        "hooks of plugins": _hooks(),
        "sections and keys of a config": _keys(),
        "names in a config, with their arguments": _registered(),
        "commands": _commands(main, "kernel", COMMANDS),
    }
    parts = [
        f"\n## {title}\n\n" + "".join(f"{line}\n" for line in lines) for title, lines in sections.items()
    ]
    return _HEAD + "".join(parts)


# -- names ---------------------------------------------------------------------------------------------------


def _names() -> Iterator[str]:
    """The names of all doors; a thing that several have is described at the first."""
    described: dict[int, str] = {}
    for door in (*DOORS, *PARTS):
        module = import_module(door)
        for name in PARTS.get(door) or public_names(module):
            found, full = getattr(module, name), f"{door}.{name}"
            is_thing = inspect.isclass(found) or inspect.isroutine(found)
            if is_thing and not str(found.__module__).startswith("kernel"):
                yield f"{full} is {found.__module__.partition('.')[0]}'s {found.__name__}"
            elif is_thing and id(found) in described:
                yield f"{full} is {described[id(found)]}"
            else:
                described[id(found)] = full
                yield from _described(full, found)


def _described(full: str, found: Any) -> Iterator[str]:
    if inspect.isclass(found):
        made = constructor(found)
        yield f"{full}: class{bases(found)}{f' made by {made}' if made else ''}"
        yield from (f"{full}.{name}{told}" for name, told in members(found))
    elif inspect.isroutine(found):
        yield f"{full}{signature(found)}"
    elif full.endswith(".__version__"):
        yield full
    elif isinstance(found, (bool, int, float, str, tuple, dict)):
        yield f"{full} = {value(found)}"
    elif get_origin(found) is not None:
        yield f"{full} = {annotation(found)}"
    else:
        yield f"{full}: {type(found).__name__}"


def public_names(module: ModuleType) -> list[str]:
    """The names that a module lists, or else those that it defines or passes on under their own name."""
    if listed := getattr(module, "__all__", None):
        return sorted(listed)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    return sorted(name for name in _bound(tree) if not name.startswith("_"))


def _bound(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        match node:
            case ast.FunctionDef(name) | ast.ClassDef(name) | ast.AnnAssign(ast.Name(name)):
                yield name
            case ast.ImportFrom(_, aliases):
                yield from (alias.name for alias in aliases if alias.asname == alias.name)
            case ast.Assign([ast.Name(name)], made) if "TypeVar(" not in ast.unparse(made):
                yield name


# -- plugins and configs -------------------------------------------------------------------------------------


def _hooks() -> Iterator[str]:
    """Every hook with the lines that say what it is for."""
    for kind in hookspecs.KINDS:
        hook = getattr(hookspecs, f"{hookspecs.PREFIX}{kind}")
        _, _, facts = inspect.getdoc(hook).partition("\n\n")
        told = "; ".join(map(single_spaced, facts.splitlines()))
        yield f"{hook.__name__}{signature(hook)}: {told}"


def _keys() -> Iterator[str]:
    """The keys of the schema with what may stand there, then the values of the default config."""
    for name, section in SCHEMA.items():
        yield f"[{name}]"
        yield from _fields(name, section.fields)
        if section.others is not None:
            yield f"[{name}] *: {section.others.words}"
    yield from _defaults(DEFAULT_CONFIG)


def _fields(section: str, fields: Mapping[str, Field]) -> Iterator[str]:
    for key, field in fields.items():
        yield f"[{section}] {key}: {'a section' if field.keys else field.words}"
        yield from _fields(f"{section}.{key}", field.keys)


def _defaults(values: Mapping[str, Any], section: str = "") -> Iterator[str]:
    for key, found in values.items():
        if isinstance(found, Mapping):
            yield from _defaults(found, f"{section}.{key}" if section else key)
        else:
            yield f"[{section}] {key} = {value(found)} (default)"


def _registered() -> list[str]:
    """What the kernel and the plugins of this repository register."""
    lines = []
    own = {
        kind: {name: target for name, target in table.items() if THINC.get(kind, {}).get(name) != target}
        for kind, table in TABLES.items()
    }
    for giver, given in [("pkg-kernel", own), *((plugin.name, tables(plugin)) for plugin in plugins())]:
        for kind, table in given.items():
            lines += [f"{kind} {name}{_target(kind, target)} ({giver})" for name, target in table.items()]
    return sorted(lines)


def _target(kind: str, target: str) -> str:
    """The arguments of what a name leads to, where a config or a command line gives them."""
    if kind in ("commands", "data_checks", "languages", "lookups", "ops", "recommendations"):
        return ""
    module, _, attribute = target.partition(":")
    return signature(getattr(import_module(module), attribute))


# -- the command line ----------------------------------------------------------------------------------------


def _commands(group: click.Group, words: str, names: Any) -> Iterator[str]:
    """A group's own options, then its commands."""
    yield from _options(group, words)
    context = click.Context(group)
    for name in names:
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _commands(command, f"{words} {name}", command.list_commands(context))
        elif command is not None:
            yield from _options(command, f"{words} {name}")


def _options(command: click.Command, words: str) -> Iterator[str]:
    given = [one for one in command.params if isinstance(one, click.Argument)]
    yield " ".join([words, *map(_argument, given)])
    for option in command.params:
        if isinstance(option, click.Option):
            yield f"{words} {'/'.join([*option.opts, *option.secondary_opts])}{_option(option)}"


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or str(argument.name).upper()
    return f"{name if argument.required else f'[{name}]'}{'' if argument.nargs == 1 else '...'}"


def _option(option: click.Option) -> str:
    if option.is_flag or option.count:
        return ""
    many = ", several times" if option.multiple else ""
    default = option.default if type(option.default) in (bool, int, float, str) else None
    choices = getattr(option.type, "choices", None)
    kind = option.metavar or ("|".join(map(str, choices)) if choices else option.type.name.upper())
    return f" {kind}{' (required)' if option.required else ''}{many}" + (
        "" if default is None else f" = {value(default)}"
    )

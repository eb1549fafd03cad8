"""Templates for new plugins: one file per kind, in the folder `kinds`.

A file has the table's entry, then source and test, each after a separator line; `$package` is replaced by the name of
the new package.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from string import Template

_ENTRY = re.compile(r'"(?P<name>[^"]+)" = (?P<attribute>\w+)')


@dataclass(frozen=True)
class Part:
    """The files and the table entry of one kind in a new plugin.

    Args:
        kind: The kind.
        name: The registered name.
        target: Its target, "module:attribute".
        source: Source of the module.
        test: Source of its test.
    """

    kind: str
    name: str
    target: str
    source: str
    test: str


def part(kind: str, package: str) -> Part:
    """Fill in the template of a kind for a package."""
    text = files(__package__).joinpath("kinds").joinpath(f"{kind}.txt").read_text(encoding="utf-8")
    head, _, rest = Template(text).substitute(package=package).partition("\n=== source\n")
    source, _, test = rest.partition("\n=== test\n")
    entry = _ENTRY.fullmatch(head)
    assert entry is not None, f"{kind}: {head}"
    docstring = f'"""The {kind} of {package}."""\n\n'
    target = f"{package}.{kind}:{entry['attribute']}"
    return Part(kind, entry["name"], target, f"{source}\n", f"{docstring}{test}")

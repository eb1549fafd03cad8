"""What differs between two texts of the public API, and whether the CHANGELOG names it."""

from __future__ import annotations

import difflib
import re

#: Lines of a difference that a message shows.
_N_SHOWN = 80

#: How a line begins: a key of a config, a command with or without an option, a registered name, a Python name.
_KEY = re.compile(r"(\[[^\]]*\])(?: ([^\s:=]+))?")
_COMMAND = re.compile(r"(kernel(?: [a-z][a-z-]*)*)(?: (-[^\s,=]+))?(?= |$)")
_REGISTERED = re.compile(r"[a-z_]+ ([\w.-]+)")
_PYTHON = re.compile(r"[\w.]+")


def difference(old: str, new: str) -> str:
    """Show the lines that went, and those that came."""
    lines = [
        f"{line[0]} {line[1:]}"
        for line in difflib.unified_diff(old.splitlines(), new.splitlines(), n=0, lineterm="")
        if not line.startswith(("---", "+++", "@@"))
    ]
    more = [f"... and {len(lines) - _N_SHOWN} more lines"] if len(lines) > _N_SHOWN else []
    return "\n".join([*lines[:_N_SHOWN], *more])


def unmentioned(old: str, new: str, changelog: str) -> list[str]:
    """Name what has changed and does not stand in the newest section of the CHANGELOG.

    Members of a class, keys of a section and options of a command that came or went as a whole need not be named.
    """
    before, after = set(_facts(old)), set(_facts(new))
    changed = {_identity(line) for line in before ^ after}
    section = re.split(r"^## ", changelog, flags=re.MULTILINE)[1:2]
    said = section[0] if section else ""
    names = {name for owner, name in changed if not (owner and _is_whole(owner, changed))}
    return sorted(name for name in names if not _mentions(said, name))


def _facts(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _is_whole(owner: str, changed: set[tuple[str, str]]) -> bool:
    return any(name == owner.rpartition(".")[2] for _, name in changed)


def _identity(line: str) -> tuple[str, str]:
    """The owner of what a line is about, and its name as people write it."""
    if found := _KEY.match(line):
        return (found[1], found[2]) if found[2] else ("", found[1])
    if line.startswith(("kernel.", "register_")):
        owner, _, name = _python_name(line).rpartition(".")
        return (owner, name) if owner.rpartition(".")[2][:1].isupper() else ("", name)
    if (found := _COMMAND.match(line)) and line.startswith("kernel"):
        command = found[1].rpartition(" ")[2]
        long = [option for option in (found[2] or "").split("/") if option.startswith("--")]
        return (command, long[0] if long else found[2]) if found[2] else ("", command)
    found = _REGISTERED.match(line)
    return "", found[1] if found else line


def _python_name(line: str) -> str:
    found = _PYTHON.match(line)
    return found[0] if found else line


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None

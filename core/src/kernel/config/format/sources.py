"""Where each value of a config stands: dotted path to file and line, and the mistakes of form on the way.

The text is scanned once, line by line, by the rules of Python's `configparser`; nothing is interpreted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kernel.errors import ConfigAddress, cut, nearest

_HEADER = re.compile(r"\[(?P<name>[^]]+)\](?P<rest>.*)")
#: Sections inside each other.
MAX_LEVELS = 64
#: Sections without one around them that are compared with all others: that takes long.
_N_ADVISED = 20
_OPTION = re.compile(r"(?P<key>[^=:]*?)\s*[=:]")


class Source(NamedTuple):
    """The place of a section header or of a value.

    Args:
        file: The file's name as the user wrote it; empty for a text that came from no file. For a value that
            was set beside the file, what set it.
        line: Counted from 1; 0 for what has no lines.
    """

    file: str
    line: int

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}" if self.file else f"line {self.line}"


def describe(sources: Mapping[str, Source], section: str, key: str = "") -> str:
    """Say where a value stands, as the beginning of a message.

    What stands nowhere, because it is missing or a default, is said to be where the section around it begins;
    else in the file.

    Args:
        sources: What `scan` found.
        section: Dotted path of the section; empty for the top of the file.
        key: Key in the section; empty for the section itself.
    """
    return f"{address(sources, section, key)}:"


def address(sources: Mapping[str, Source], section: str, key: str = "") -> ConfigAddress:
    """Say the same as the address of an error.

    Args:
        sources: What `scan` found.
        section: Dotted path of the section.
        key: Key in the section; empty for the section itself.
    """
    found = place(sources, f"{section}.{key}" if key else section)
    return ConfigAddress(section, key, str(found) if found else "")


def place(sources: Mapping[str, Source], path: str) -> Source | None:
    """Find the place of a dotted path, or of the nearest section around it; else the file."""
    while path:
        if path in sources:
            return sources[path]
        path = path.rpartition(".")[0]
    return next((Source(one.file, 0) for one in sources.values() if one.line and one.file), None)


@dataclass
class Scan:
    """What the lines of a config say about its shape.

    Args:
        sources: Dotted path of every section and key, to its place.
        mistakes: One message for every line that cannot stand as it is.
        sections: Dotted paths of the section lines.
        keys: Dotted paths of the values.
        spoilt: Dotted paths of the sections and keys that a mistake is about.
        dropped: Numbers of the lines to leave out so that the rest can be read.
    """

    file: str
    sources: dict[str, Source] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)
    sections: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    spoilt: set[str] = field(default_factory=set)
    dropped: set[int] = field(default_factory=set)
    _n_advised: int = 0

    def _blame(self, line: int, what: str, path: str = "") -> None:
        self.mistakes.append(cut(f"{Source(self.file, line)}: {what}"))
        self.dropped.add(line)
        if path:
            # Without its function a block means nothing.
            self.spoilt.add(path.partition(".@")[0])

    def add_section(self, header: str, line: int) -> str:
        """Note a `[section]` line and return the section's name."""
        match = _HEADER.match(header)
        if match is None or match["rest"].strip():
            what = f"not a section header, got {header!r:.60}; write it as [section] on its own line"
            name = header[1:].partition("]")[0].strip("[] ")
            self._blame(line, what, name)
            return name
        name = match["name"]
        if name == "DEFAULT" or name != name.strip() or "" in name.split(".") or not name.isprintable():
            what = f"a section cannot be called so, got {name!r:.60}; use names joined by single dots"
            self._blame(line, what, name.strip())
        elif name.count(".") >= MAX_LEVELS:
            what = f"sections lie inside each other at most {MAX_LEVELS} levels deep"
            self._blame(line, f"{what}, got {name[:40]!r}...; make them fewer", name)
        elif name in self.sections:
            first = self.sources[name]
            self._blame(line, f"[{name}] stands twice, first on line {first.line}; merge the two", name)
        else:
            self.sections.add(name)
            self.sources[name] = Source(self.file, line)
        return name

    def add_option(self, section: str | None, text: str, line: int) -> None:
        """Note a `key = value` line."""
        match = _OPTION.match(text)
        if match is None or not match["key"]:
            path = f"{section}.{text.split()[0]}"
            self._blame(
                line, f"neither a section nor a value, got {text!r:.60}; write it as key = value", path
            )
        elif section is None:
            self._blame(
                line, f"a key outside of any section, got {match['key']!r:.60}; put a [section] line above"
            )
        elif not match["key"].isprintable():
            what = f"[{section:.60}]: a key has no unprintable characters, got {match['key']!r:.60}; take them out"
            self._blame(line, what, f"{section}.{match['key']}")
        elif "." in match["key"]:
            what = f"[{section:.60}]: a key has no dots, got {match['key']!r:.60}; write a section for what is below it"
            self._blame(line, what, f"{section}.{match['key']}")
        elif (path := f"{section}.{match['key']}") in self.keys:
            first = self.sources[path]
            what = f"[{section}] {match['key']}: stands twice, first on line {first.line}; keep one"
            self._blame(line, what, path)
        elif re.fullmatch("'.*'", value := text[match.end() :].strip()):
            what = f"[{section}] {match['key']}: values are JSON, got {value:.60}; use double quotes"
            self._blame(line, what, path)
        else:
            self.keys.add(path)
            self.sources.setdefault(path, Source(self.file, line))

    def finish(self) -> Scan:
        """Compare the sections with each other once all are known."""
        for section in sorted(self.sections, key=lambda name: self.sources[name].line):
            # A section `*` is there without a line of its own.
            parent = section.rpartition(".")[0].removesuffix(".*")
            if _is_below(section, self.spoilt):
                self.dropped.add(self.sources[section].line)  # its line below a line that cannot stand
            elif parent:
                self._check_parent(section, parent)
            if parent in self.keys and parent not in self.sections:
                line = self.sources[section].line
                self._blame(line, f"[{section}]: stands below a value, {parent!r:.60}; keep one", section)
            if section in self.keys:
                line = self.sources[section].line
                self._blame(line, f"[{section}]: is a value and a section; keep one", section)
        return self

    def _check_parent(self, section: str, parent: str) -> None:
        if parent not in self.sections:
            # The sections in it and around it are the nearest names, and no help.
            self._n_advised += 1
            near = nearest(parent, self._others(parent), n=1) if self._n_advised <= _N_ADVISED else []
            advice = f"; did you mean {near[0]!r}?" if near else f"; add a [{parent}] line above"
            self.spoilt.update(f"{name}{section.removeprefix(parent)}" for name in near)
            line = self.sources[section].line
            self._blame(line, f"[{section}]: there is no section [{parent}]{advice}", section)

    def _others(self, parent: str) -> list[str]:
        return [
            name
            for name in self.sections
            if not name.startswith(f"{parent}.") and not parent.startswith(f"{name}.")
        ]


def _is_below(path: str, around: set[str]) -> bool:
    """Whether one of these sections lies around a dotted path."""
    while path := path.rpartition(".")[0]:
        if path in around:
            return True
    return False


def without(text: str, dropped: set[int]) -> str:
    """Blank the lines that cannot stand, with the values or sections that they begin; no line moves."""
    kept: list[str] = []
    drops_section, drops_value = False, False
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        starts = bool(content) and not content.startswith(("#", ";")) and line[0] not in " \t"
        if content.startswith("["):
            drops_section, drops_value = number in dropped, False
        elif starts:
            drops_value = number in dropped
        kept.append("" if drops_section or drops_value else line)
    return "\n".join(kept)


def scan(text: str, file: str = "") -> Scan:
    """Find the place of every section and key.

    Args:
        text: The whole config.
        file: The name to show in messages.
    """
    found = Scan(file)
    section: str | None = None
    key_indent: int | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if not content or content.startswith(("#", ";")):
            continue
        indent = len(line) - len(line.lstrip())
        if key_indent is not None and indent > key_indent:
            continue  # the value of the line before goes on
        if content.startswith("["):
            section, key_indent = found.add_section(content, number), None
        else:
            found.add_option(section, content, number)
            key_indent = indent
    return found.finish()


def origins(overrides: Mapping[str, Any]) -> dict[str, Source]:
    """The places, for messages, of what overrides set."""
    known = getattr(overrides, "origins", {})
    return {path: Source(known.get(path, f"override --{path}"), 0) for path in overrides}

"""The source of each value of a config, as file and line, and the syntax errors of its text.

The text is scanned once, line by line, by the rules of Python's `configparser`; values are not interpreted here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kernel.errors import ConfigAddress, cut, nearest

_HEADER = re.compile(r"\[(?P<name>[^]]+)\](?P<rest>.*)")
#: Maximum depth of nested sections.
MAX_LEVELS = 64
#: Maximum number of sections with a missing parent that are compared with all others, since that is slow.
_N_ADVISED = 20
_OPTION = re.compile(r"(?P<key>[^=:]*?)\s*[=:]")


class Source(NamedTuple):
    """The place of a section header or of a value.

    Args:
        file: The file's name as the user wrote it; empty for a text that was not read from a file. For an override,
            what set it.
        line: Counted from 1; 0 where there are no lines.
    """

    file: str
    line: int

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}" if self.file else f"line {self.line}"


def describe(sources: Mapping[str, Source], section: str, key: str = "") -> str:
    """Return where a value is defined, as the beginning of a message.

    A value without a place, because it is missing or a default, gets the place of the section around it, or else
    the file.

    Args:
        sources: The place of each section and key, from `scan`.
        section: Dotted path of the section; empty for the top of the file.
        key: Key in the section; empty for the section itself.
    """
    return f"{address(sources, section, key)}:"


def address(sources: Mapping[str, Source], section: str, key: str = "") -> ConfigAddress:
    """Return the same as `describe`, as the address of an error.

    Args:
        sources: The place of each section and key, from `scan`.
        section: Dotted path of the section.
        key: Key in the section; empty for the section itself.
    """
    source = place(sources, f"{section}.{key}" if key else section)
    return ConfigAddress(section, key, str(source) if source else "")


def place(sources: Mapping[str, Source], path: str) -> Source | None:
    """Return the place of a dotted path, or of the nearest section around it, or else the file."""
    while path:
        if path in sources:
            return sources[path]
        path = path.rpartition(".")[0]
    return next((Source(one.file, 0) for one in sources.values() if one.line and one.file), None)


@dataclass
class Scan:
    """The structure of a config, as its lines define it.

    Args:
        file: The name to show in messages.
        sources: Dotted path of every section and key to its place.
        mistakes: One message for every invalid line.
        sections: Dotted paths of the section headers.
        keys: Dotted paths of the values.
        spoilt: Dotted paths of the sections and keys that a mistake is about.
        dropped: Numbers of the lines to leave out so that the rest can be parsed.
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
            # Without its function a block is invalid as a whole.
            self.spoilt.add(path.partition(".@")[0])

    def add_section(self, header: str, line: int) -> str:
        """Record a `[section]` line and return the section's name."""
        match = _HEADER.match(header)
        if match is None or match["rest"].strip():
            what = f"not a section header, got {header!r:.60}; write it as [section] on its own line"
            name = header[1:].partition("]")[0].strip("[] ")
            self._blame(line, what, name)
            return name
        name = match["name"]
        if name == "DEFAULT" or name != name.strip() or "" in name.split(".") or not name.isprintable():
            what = f"invalid section name, got {name!r:.60}; use names joined by single dots"
            self._blame(line, what, name.strip())
        elif name.count(".") >= MAX_LEVELS:
            what = (
                f"sections are nested more than {MAX_LEVELS} levels deep, got {name[:40]!r}...; flatten them"
            )
            self._blame(line, what, name)
        elif name in self.sections:
            first = self.sources[name]
            self._blame(line, f"[{name}] is defined twice, first on line {first.line}; merge the two", name)
        else:
            self.sections.add(name)
            self.sources[name] = Source(self.file, line)
        return name

    def add_option(self, section: str | None, text: str, line: int) -> None:
        """Record a `key = value` line."""
        match = _OPTION.match(text)
        if match is None or not match["key"]:
            path = f"{section}.{text.split()[0]}"
            self._blame(
                line, f"neither a section nor a value, got {text!r:.60}; write it as key = value", path
            )
        elif section is None:
            self._blame(
                line, f"a key outside of any section, got {match['key']!r:.60}; add a [section] line above"
            )
        elif not match["key"].isprintable():
            what = f"[{section:.60}]: a key must not have unprintable characters, got {match['key']!r:.60}; remove them"
            self._blame(line, what, f"{section}.{match['key']}")
        elif "." in match["key"]:
            what = (
                f"[{section:.60}]: a key must not have dots, got {match['key']!r:.60}; use a section instead"
            )
            self._blame(line, what, f"{section}.{match['key']}")
        elif (path := f"{section}.{match['key']}") in self.keys:
            first = self.sources[path]
            what = f"[{section}] {match['key']}: defined twice, first on line {first.line}; keep one"
            self._blame(line, what, path)
        elif re.fullmatch("'.*'", value := text[match.end() :].strip()):
            what = f"[{section}] {match['key']}: values must be JSON, got {value:.60}; use double quotes"
            self._blame(line, what, path)
        else:
            self.keys.add(path)
            self.sources.setdefault(path, Source(self.file, line))

    def finish(self) -> Scan:
        """Check the sections against each other once all are known."""
        for section in sorted(self.sections, key=lambda name: self.sources[name].line):
            # A section `*` needs no header of its own.
            parent = section.rpartition(".")[0].removesuffix(".*")
            if _is_below(section, self.spoilt):
                self.dropped.add(self.sources[section].line)  # below an invalid section
            elif parent:
                self._check_parent(section, parent)
            if parent in self.keys and parent not in self.sections:
                line = self.sources[section].line
                self._blame(
                    line, f"[{section}]: is nested in {parent!r:.60}, which is a value; keep one", section
                )
            if section in self.keys:
                line = self.sources[section].line
                self._blame(line, f"[{section}]: is both a value and a section; keep one", section)
        return self

    def _check_parent(self, section: str, parent: str) -> None:
        if parent not in self.sections:
            # The sections inside and around it have the most similar names, but are never what was meant.
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
    """Whether one of these sections contains a dotted path."""
    while path := path.rpartition(".")[0]:
        if path in around:
            return True
    return False


def without(text: str, dropped: set[int]) -> str:
    """Return a text with the dropped lines, and the values or sections that they begin, blank; no line moves."""
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
    """Record the place of every section and key of a text.

    Args:
        text: The whole config.
        file: The name to show in messages.
    """
    result = Scan(file)
    section: str | None = None
    key_indent: int | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        content = line.strip()
        if not content or content.startswith(("#", ";")):
            continue
        indent = len(line) - len(line.lstrip())
        if key_indent is not None and indent > key_indent:
            continue  # a continuation line of the value above
        if content.startswith("["):
            section, key_indent = result.add_section(content, number), None
        else:
            result.add_option(section, content, number)
            key_indent = indent
    return result.finish()


def origins(overrides: Mapping[str, Any]) -> dict[str, Source]:
    """Return the sources, for messages, of the values that overrides set."""
    texts = getattr(overrides, "origins", {})
    return {path: Source(texts.get(path, f"override --{path}"), 0) for path in overrides}

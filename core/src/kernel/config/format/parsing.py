"""Parse the text of a config into nested sections, with variables kept or replaced, in linear time.

Source:
    The format is confection's. Its parser compares each section with every other, and copies a section for each
    variable that refers to it; this one gives the same result.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, MutableMapping
from configparser import (
    ConfigParser,
    ExtendedInterpolation,
    InterpolationSyntaxError,
)
from typing import Any

from confection import VARIABLE_RE, try_load_json

from kernel.config.format.sources import MAX_LEVELS
from kernel.errors import ConfigError

#: Limits for a config whose variables have been replaced: characters, and values.
MAX_CHARACTERS, MAX_VALUES = 10_000_000, 1_000_000
#: Maximum length of a chain of variables, each of which refers to the next.
MAX_VARIABLES = 10

#: Prefix of the placeholder for a section, which is replaced once all sections have been read.
_MARK = "__section__:"
_DOLLAR = re.compile(r"\$(\$|\{([^}]+)\})?")


def parse(text: str, *, interpolate: bool) -> dict[str, Any]:
    """Parse a text in which every section has a parent.

    Args:
        text: Sections and values.
        interpolate: Replace variables by their values.

    Raises:
        ConfigError: With its variables replaced, the config is too large.
        ValueError: The text is invalid.
        configparser.Error: The same.
    """
    parser = ConfigParser(interpolation=_Variables() if interpolate else None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(text)
    result: dict[str, Any] = {}
    # Outer sections come first, so that a name used for both a value and a section is detected.
    for section in sorted(parser.sections(), key=lambda name: name.count(".")):
        node = result
        for part in section.split("."):
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise ValueError(f"[{section}] is both a value and a section")
        for key in parser.options(section):
            node[key] = _read(parser.get(section, key))
    if interpolate:
        _put_sections(result, result)
    return result


def _same(text: str) -> str:
    return text


def copied(value: Any, change: Callable[[str], Any] = _same) -> Any:
    """Return a deep copy of nested values, in which no section is shared and tuples are lists.

    Args:
        value: Sections, lists and single values; objects of other types are not copied.
        change: Called with every string, keys included; its result replaces the string.

    Raises:
        ConfigError: The values are too many, or nested too deeply.
    """
    n_values = 0

    def copy(value: Any, level: int) -> Any:
        nonlocal n_values
        n_values += 1
        if level > MAX_LEVELS:
            raise ConfigError(f"config: values are nested more than {MAX_LEVELS} levels deep; flatten them")
        if n_values > MAX_VALUES:
            raise ConfigError(
                f"config: variables expand to more than {MAX_VALUES:,} values, since one refers to others many times; "
                "use fewer references"
            )
        if isinstance(value, Mapping):
            return {change(key): copy(item, level + 1) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [copy(item, level + 1) for item in value]
        return change(value) if isinstance(value, str) else value

    return copy(value, 0)


class _Variables(ExtendedInterpolation):
    """Replaces `${section.key}` and `${section}` by the text that they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self._left = MAX_CHARACTERS

    def before_get(
        self,
        parser: MutableMapping[str, Mapping[str, str]],
        section: str,
        option: str,
        value: str,
        defaults: Mapping[str, str],
    ) -> str:
        """Return a value's text without variables; a single variable keeps the type of what it refers to."""
        pieces: list[str] = []
        self._expand(parser, section, option, value, pieces, 1)
        return pieces[0] if len(pieces) == 1 else "".join(map(_in_text, pieces))

    def _expand(
        self, parser: Any, section: str, option: str, text: str, pieces: list[str], depth: int
    ) -> None:
        if depth > MAX_VARIABLES:
            raise ConfigError(
                f"[{section}] {option}: a chain of more than {MAX_VARIABLES} variables; refer to the value itself"
            )
        end = 0
        for match in _DOLLAR.finditer(text):
            if match.start() > end:
                self._add(text[end : match.start()], pieces)
            end = match.end()
            if match[1] == "$":
                self._add("$", pieces)
            elif match[1] is None:
                what = f"'$' must be followed by '$' or '{{', got {text!r:.60}"
                raise InterpolationSyntaxError(option, section, what)
            else:
                where, key, raw = _lookup(parser, section, option, match[2].replace(":", "."), text)
                if "$" in raw:
                    self._expand(parser, where, key, raw, pieces, depth + 1)
                else:
                    self._add(raw, pieces)
        if end < len(text):
            self._add(text[end:], pieces)

    def _add(self, piece: str, pieces: list[str]) -> None:
        self._left -= len(piece) + 1
        if self._left < 0:
            raise ConfigError(
                f"config: variables expand to more than {MAX_CHARACTERS:,} characters, since one refers to others "
                "many times; use fewer references"
            )
        pieces.append(piece)


def _lookup(parser: ConfigParser, section: str, option: str, path: str, text: str) -> tuple[str, str, str]:
    """Return what a variable refers to, as section, key and text; a placeholder for a whole section."""
    where, dot, key = path.rpartition(".")
    if not dot:
        # A name without dots is a key of the same section, unless that is the variable itself.
        own = parser.get(section, path, raw=True, fallback=None) if parser.has_option(section, path) else None
        if own is not None and own.strip() != text.strip():
            return section, path, own
    elif parser.has_option(where, key):
        return where, key, parser.get(where, key, raw=True)
    if not parser.has_section(path):
        raise ValueError(f"[{section}] {option} refers to an unknown section or key, got ${{{path}}}")
    return section, option, f'"{_MARK}{path}"'


def _in_text(piece: str) -> str:
    """Return a value as part of a longer text: a string without its quotes."""
    if _MARK in piece:
        return piece
    try:
        value = json.loads(piece)
    except ValueError:
        return piece
    # The value is inside a quoted string, so its own quotes are escaped.
    return value if isinstance(value, str) else json.dumps(value).replace('"', '\\"')


def _read(text: str) -> Any:
    value = try_load_json(text)
    # A quoted string with a variable keeps its quotes: `"${a}"` stays as written.
    return text if isinstance(value, str) and VARIABLE_RE.search(text) else value


def _put_sections(root: dict[str, Any], node: dict[str, Any]) -> None:
    """Replace the placeholders by the sections that they refer to."""
    for key, value in node.items():
        if isinstance(value, dict):
            _put_sections(root, value)
        elif isinstance(value, list):
            node[key] = [_section_or(root, item) for item in value]
        else:
            node[key] = _section_or(root, value)


def _section_or(root: dict[str, Any], value: Any) -> Any:
    if not isinstance(value, str) or _MARK not in value:
        return value
    if not value.startswith(_MARK):
        raise ValueError(f"a section cannot be inserted into a string, got {value!r:.60}")
    node: Any = root
    for part in value.removeprefix(_MARK).split("."):
        node = node[part]
    return node

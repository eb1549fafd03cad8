"""Write a config as text: sections depth first in a fixed order, values as JSON, variables kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kernel.config.format.references import VARIABLE
from kernel.errors import ConfigError

#: The order of the top-level sections in a file; other sections follow.
SECTION_ORDER = (
    "plugins",
    "paths",
    "system",
    "nlp",
    "components",
    "corpora",
    "training",
    "initialize",
    "pretraining",
)

#: A key, or a part of a section's name, that cannot be read as something else.
_PLAIN_KEY = re.compile(r"[^\s=:.#;$\[\]][^=:.$\n\[\]]*(?<!\s)")


def to_text(tree: Mapping[str, Any]) -> str:
    """Return a nested config as text that parses to the same values."""
    return "\n".join(line for _, _, line in to_lines(tree))


def to_lines(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the text of a config as (section, key, text); the key is empty for section headers and blank lines.

    A text of several lines is one value.
    """
    for number, (section, values) in enumerate(_blocks(tree, ())):
        if number:
            yield section, "", ""
        yield section, "", f"[{section}]"
        for key, value in values.items():
            yield section, key, f"{key} = {_dump(value, section, key)}"


def _blocks(tree: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    inner = {key: value for key, value in tree.items() if isinstance(value, Mapping) and _is_section(value)}
    values = {key: value for key, value in tree.items() if key not in inner}
    if path:
        yield ".".join(path), values
    else:
        _check_top(values, inner)
    for key in _ordered(inner) if not path else inner:
        yield from _blocks(inner[key], (*path, key))


def _check_top(values: Mapping[str, Any], sections: Mapping[str, Any]) -> None:
    for key, value in values.items():
        invalid = [name for name in value if not _is_plain(name)] if isinstance(value, Mapping) else ()
        for name in invalid:
            raise ConfigError(
                f"[{key}]: invalid name of a section or value, got {name!r}; use letters, digits and _"
            )
        raise ConfigError(
            f"[{key}]: the top level of a config has only sections, got {_cut(value)}; move it into a section"
        )
    for name in sections:
        if not _is_plain(name):
            raise ConfigError(f"[{name}]: invalid section name, got {name!r}; use letters and _")


def _cut(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:56]}..."


def _is_section(value: Mapping[str, Any]) -> bool:
    """Whether a mapping can be written as a section; one with special keys is written as JSON instead."""
    return all(_is_plain(key) for key in value)


def _is_plain(key: Any) -> bool:
    is_text = isinstance(key, str) and key != "DEFAULT" and key.isprintable()
    return is_text and bool(_PLAIN_KEY.fullmatch(key))


def _ordered(names: Mapping[str, Any]) -> list[str]:
    first = [name for name in SECTION_ORDER if name in names]
    return [*first, *(name for name in names if name not in SECTION_ORDER)]


def _dump(value: Any, section: str, key: str) -> str:
    if isinstance(value, str) and VARIABLE.search(value):
        # Unquoted, so that ${a.b} keeps the type of what it refers to; continuation lines are indented.
        return _escape_dollars(value.replace("\n", "\n\t"))
    try:
        text = json.dumps(value)
    except (TypeError, ValueError) as exc:
        raise ConfigError(
            f"[{section}] {key}: a config can only have JSON values, got {value!r}; name a registered function"
        ) from exc
    return _escape_dollars(text)


def _escape_dollars(text: str) -> str:
    """Double every dollar sign that does not begin a variable; `$${` is escaped already."""
    double = {"$": "$$", "${": "$${"}
    return re.sub(r"\$\$\{|\$\{[^{}]*\}|\$\{|\$", lambda match: double.get(match[0], match[0]), text)

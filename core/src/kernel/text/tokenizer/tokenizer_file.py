"""Read and write a tokenizer's rules as JSON: its patterns and exceptions.

    {"prefix_search": {"pattern": "^(?:...)", "method": "search", "flags": 0}, ..., "exceptions": {"can't":
     [["ca", "can"], ["n't", "not"]]}}

A rule is a method of a compiled pattern, or null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from kernel.errors import ConfigError, DataError
from kernel.text.base.json_data import read_json
from kernel.text.tokenizer.foreign_patterns import ForeignPattern
from kernel.text.tokenizer.tokenizer_exceptions import pieces_of
from kernel.text.tokenizer.tokenizer_rules import TokenRules
from kernel.text.tokenizer.web_addresses import LazyMatch

_RULES = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
#: Inline flags at the beginning of a pattern.
_FLAGS = re.compile(r"\s*\(\?([aiLmsux]+)\)")
_METHODS = ("match", "fullmatch", "search", "finditer")


def rules_to_json(rules: TokenRules, exclude: Iterable[str] = ()) -> str:
    """Serialize rules as one JSON object.

    Args:
        rules: The rules.
        exclude: Keys to leave out.

    Raises:
        ConfigError: A rule is not a method of a compiled pattern.
    """
    data: dict[str, Any] = {name: _rule_to_json(name, getattr(rules, name)) for name in _RULES}
    data["exceptions"] = rules.exceptions
    return json.dumps({key: data[key] for key in data if key not in set(exclude)}, ensure_ascii=False)


def rules_from_json(data: bytes, before: TokenRules, exclude: Iterable[str], address: str) -> TokenRules:
    """Read rules from JSON.

    Args:
        data: The JSON.
        before: The rules to keep if the JSON does not have them.
        exclude: Keys to ignore.
        address: Where the data are from, for messages.

    Raises:
        DataError: The data are not JSON, or not a tokenizer.
    """
    try:
        read: dict[str, Any] = dict(read_json(data).items())
        entries = {
            name: read[name] for name in (*_RULES, "exceptions") if name in read and name not in set(exclude)
        }
        rules = {
            name: _rule_from_json(entries[name], getattr(before, name), f"{address}: {name}")
            if name in entries
            else getattr(before, name)
            for name in _RULES
        }
        exceptions = before.exceptions
        if "exceptions" in entries:
            exceptions = {
                text: _pieces_from_json(text, pieces) for text, pieces in entries["exceptions"].items()
            }
    except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
        raise DataError(
            f"{address}: not a tokenizer of this kernel, got {error}; save the pipeline again"
        ) from error
    return TokenRules(**rules, exceptions=exceptions)


def _rule_to_json(name: str, rule: Callable[..., object] | None) -> dict[str, object] | None:
    if rule is None:
        return None
    if isinstance(rule, LazyMatch):
        return {"pattern": rule.pattern, "method": "match", "flags": 0}
    pattern, method = getattr(rule, "__self__", None), getattr(rule, "__name__", "")
    if not isinstance(pattern, re.Pattern) or method not in _METHODS:
        raise ConfigError(
            f"tokenizer.{name}: only methods of compiled patterns can be saved, got {rule!r:.80}"
        )
    # UNICODE and inline flags are implied by the pattern. If they were written, `re` would compile the pattern a second
    # time on reading, and writing the rules again would give other bytes.
    implied = re.UNICODE
    for letter in begin[1] if (begin := _FLAGS.match(pattern.pattern)) else "":
        implied |= getattr(re, letter.upper())
    return {"pattern": pattern.pattern, "method": method, "flags": pattern.flags & ~implied}


def _rule_from_json(
    entry: dict[str, Any] | None, before: Callable[..., Any] | None, address: str
) -> Callable[..., Any] | None:
    if entry is None:
        return None
    if before is not None and entry == _rule_or_none(before):
        return before  # the language's own, which needs no time limit
    if entry["method"] not in _METHODS:
        raise ValueError(f"unknown method {entry['method']!r}")
    return ForeignPattern(re.compile(entry["pattern"], entry["flags"]), entry["method"], address)


def _rule_or_none(rule: Callable[..., Any]) -> dict[str, object] | None:
    try:
        return _rule_to_json("rule", rule)
    except ConfigError:
        return None


def _pieces_from_json(text: str, pieces: list[list[str | None]]) -> list[tuple[str, str | None]]:
    if not all(part is None or isinstance(part, str) for piece in pieces for part in piece):
        raise ValueError(f"the pieces of {text!r:.40} must be strings, got {pieces!r:.80}")
    tokens = [dict(zip(("ORTH", "NORM"), piece, strict=True)) for piece in pieces]
    return pieces_of(
        text, [{key: value for key, value in token.items() if value is not None} for token in tokens]
    )

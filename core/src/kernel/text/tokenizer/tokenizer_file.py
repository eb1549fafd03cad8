"""A tokenizer's rules as JSON: the sources of its patterns and its exceptions.

    {"prefix_search": {"pattern": "^(?:...)", "method": "search", "flags": 0}, ..., "exceptions": {"can't":
     [["ca", "can"], ["n't", "not"]]}}

A rule is a method of a compiled pattern, or there is none (null).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from kernel.errors import ConfigError, DataError
from kernel.text.base.jsonvalues import read_json
from kernel.text.tokenizer.foreign_patterns import ForeignPattern
from kernel.text.tokenizer.tokenizer_exceptions import pieces_of
from kernel.text.tokenizer.tokenizer_rules import TokenRules
from kernel.text.tokenizer.web_addresses import LazyMatch

_RULES = ("prefix_search", "suffix_search", "infix_finditer", "token_match", "url_match")
#: Flags that a pattern begins with.
_FLAGS = re.compile(r"\s*\(\?([aiLmsux]+)\)")
_METHODS = ("match", "fullmatch", "search", "finditer")


def rules_to_json(rules: TokenRules, exclude: Iterable[str] = ()) -> str:
    """Write rules as one JSON object.

    Args:
        rules: What is written.
        exclude: Keys to leave out.

    Raises:
        ConfigError: A rule is no method of a compiled pattern.
    """
    written: dict[str, Any] = {name: _rule_to_json(name, getattr(rules, name)) for name in _RULES}
    written["exceptions"] = rules.exceptions
    return json.dumps({key: written[key] for key in written if key not in set(exclude)}, ensure_ascii=False)


def rules_from_json(data: bytes, before: TokenRules, exclude: Iterable[str], address: str) -> TokenRules:
    """Read rules that were written as JSON.

    Args:
        data: The JSON.
        before: Where rules come from that the JSON does not name.
        exclude: Keys to pass over.
        address: What to call the data in messages.

    Raises:
        DataError: The data is not JSON, or not of a tokenizer.
    """
    try:
        read: dict[str, Any] = dict(read_json(data).items())
        kept = {
            name: read[name] for name in (*_RULES, "exceptions") if name in read and name not in set(exclude)
        }
        rules = {
            name: _rule_from_json(kept[name], getattr(before, name), f"{address}: {name}")
            if name in kept
            else getattr(before, name)
            for name in _RULES
        }
        exceptions = before.exceptions
        if "exceptions" in kept:
            exceptions = {
                text: _pieces_from_json(text, pieces) for text, pieces in kept["exceptions"].items()
            }
    except (ValueError, TypeError, KeyError, AttributeError, re.error) as error:
        raise DataError(
            f"{address}: no tokenizer of this kernel, got {error}; save the pipeline again"
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
    # Patterns of text have the flag UNICODE by themselves, and those that they begin with; named, these would make
    # `re` compile what it has compiled, and the same rules be other bytes once they were read.
    own = re.UNICODE
    for letter in begin[1] if (begin := _FLAGS.match(pattern.pattern)) else "":
        own |= getattr(re, letter.upper())
    return {"pattern": pattern.pattern, "method": method, "flags": pattern.flags & ~own}


def _rule_from_json(
    written: dict[str, Any] | None, before: Callable[..., Any] | None, address: str
) -> Callable[..., Any] | None:
    if written is None:
        return None
    if before is not None and written == _rule_as_known(before):
        return before  # the language's own, which needs no limit
    if written["method"] not in _METHODS:
        raise ValueError(f"unknown method {written['method']!r}")
    return ForeignPattern(re.compile(written["pattern"], written["flags"]), written["method"], address)


def _rule_as_known(rule: Callable[..., Any]) -> dict[str, object] | None:
    try:
        return _rule_to_json("rule", rule)
    except ConfigError:
        return None


def _pieces_from_json(text: str, pieces: list[list[str | None]]) -> list[tuple[str, str | None]]:
    if not all(part is None or isinstance(part, str) for piece in pieces for part in piece):
        raise ValueError(f"the pieces of {text!r:.40} must be texts, got {pieces!r:.80}")
    named = [dict(zip(("ORTH", "NORM"), piece, strict=True)) for piece in pieces]
    return pieces_of(
        text, [{key: value for key, value in piece.items() if value is not None} for piece in named]
    )

"""The names of the plugin, what every matcher must do, and what type checkers are told of them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import kernel.matcher
from kernel.testing import check_import_cost, check_matcher, check_names
from kernel.tokens import Doc
from kernel.vocab import Vocab
from pkg_matcher.plugin import register_matchers

VOCAB = Vocab()
DOC = Doc(VOCAB, ["She", "eats", "red", "apples"], heads=[1, 1, 3, 1], deps=["nsubj", "ROOT", "amod", "obj"])
EATER: list[dict[str, Any]] = [
    {"RIGHT_ID": "verb", "RIGHT_ATTRS": {"LOWER": "eats"}},
    {"LEFT_ID": "verb", "REL_OP": ">", "RIGHT_ID": "who", "RIGHT_ATTRS": {"DEP": "nsubj"}},
]


@pytest.mark.parametrize(
    ("name", "patterns", "found"),
    [
        ("Matcher", [[{"LOWER": {"IN": ["red", "green"]}}, {}]], (2, 4)),
        ("PhraseMatcher", [Doc(VOCAB, ["red", "apples"]), Doc(VOCAB, ["pears"])], (2, 4)),
        ("DependencyMatcher", [EATER], ([1, 0],)),
    ],
)
def test_each_does_what_every_matcher_must(name: str, patterns: list[Any], found: tuple[Any, ...]) -> None:
    [match] = check_matcher(getattr(kernel.matcher, name), patterns, DOC)

    assert match[1:] == found


def test_the_names_are_in_order_and_cost_nothing_until_they_are_used() -> None:
    assert check_names("matcher") == [("matchers", name) for name in register_matchers()]
    check_import_cost("matcher", "pkg_matcher")


def test_type_checkers_are_told_what_the_door_gives() -> None:
    stub = Path(kernel.matcher.__file__).with_suffix(".pyi")
    imports = [
        node for node in ast.walk(ast.parse(stub.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]

    told = {
        alias.asname: f"{node.module}:{alias.name}"
        for node in imports
        for alias in node.names
        if alias.asname is not None
    }
    assert told == register_matchers()
    for name in told:
        assert getattr(kernel.matcher, name).__name__ == name

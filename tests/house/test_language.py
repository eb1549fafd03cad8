"""The English of docstrings, comments, messages and pages: phrases that a reader stumbles over are rejected."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspace import ROOT

#: Lists of words, which are data.
WORD_LISTS = ("stop_words.py",)

#: A phrase, as a regular expression, and what to write instead.
PHRASES = {
    r"called so": "unknown ...",
    r"(gone?|goes|going) on with": "resume, continue",
    r"nobody (gives|has|needs|knows|does)": "no plugin registers, unused, unknown",
    r"that (is|are) none": "fake, not a ..., invalid",
    r"whoever": "the caller, users, anyone who",
    r"(is|are) told": "gets, is called with",
    r"(stand|lie|stands|lies) (in|inside) each other": "nested",
    r"(see|sees|seen) to (it|room|that)": "ensure, check",
    r"for whom|of whom": "name the owner",
    r"a good many|(of|at most|only|by) so many": "n, a number of, up to n",
    r"copy it anew|(made|written|begun|learnt) anew": "again",
    r"half of a character|halves of characters": "lone surrogate",
    r"what (people|somebody|anybody) (have|has|had|stored?|added)": "user data, custom",
    r"taken for people's habit": "accepted for compatibility",
    r"(may|must|can) as well say": "also",
    r"in a circle": "in a cycle, circular",
    r"leads? nowhere": "broken, not found, unknown",
    r"is made of what is none": "converts",
    r"one a (token|line|word|document)": "one per ...",
}
_PHRASE = re.compile("|".join(rf"\b(?:{phrase})\b" for phrase in PHRASES), re.IGNORECASE)

#: First words of docstrings that hide what a function does: write "Return", "Check", "Describe" or "Print".
VAGUE_FIRST_WORDS = re.compile(r"(?:Say|Says|Tell|Tells|Give|Gives|See that)\b")


def pages(pattern: str) -> list[Path]:
    """List the files of a pattern, without lists of words."""
    return [
        path
        for path in sorted(ROOT.glob(pattern))
        if ".venv" not in path.parts and path.name not in WORD_LISTS
    ]


def name(path: Path) -> str:
    """The address of a file in this repository."""
    return path.relative_to(ROOT).as_posix()


MODULES = [*pages("core/src/**/*.py"), *pages("plugins/*/*/src/**/*.py")]
TEXTS = [
    *(path for path in pages("*.md") if path.name != "CHANGELOG.md"),
    *pages("docs/*.md"),
    *pages("core/*.md"),
    *pages("plugins/*/*/*.md"),
    *pages("core/src/kernel/scaffold/kinds/*.txt"),
]


def strings(tree: ast.AST) -> Iterator[str]:
    """Every string of a module; `{}` stands for the values in an f-string."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def comments(source: str) -> str:
    """The comments of a module as one text."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return " ".join(token.string.lstrip("#: ") for token in tokens if token.type == tokenize.COMMENT)


def docstrings(tree: ast.AST) -> Iterator[str]:
    """Every docstring of a module."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, kinds) and (docstring := ast.get_docstring(node)):
            yield docstring


def phrases_in(text: str) -> list[str]:
    """The rejected phrases in a text, each with the words around it."""
    flat = " ".join(text.split())
    return [flat[max(0, match.start() - 30) : match.end() + 30] for match in _PHRASE.finditer(flat)]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_have_none_of_the_phrases(path: Path) -> None:
    source = path.read_text(encoding="utf-8")

    assert [phrase for text in strings(ast.parse(source)) for phrase in phrases_in(text)] == []
    assert phrases_in(comments(source)) == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_docstrings_begin_with_what_a_function_does(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    assert [text.splitlines()[0] for text in docstrings(tree) if VAGUE_FIRST_WORDS.match(text)] == []


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_pages_have_none_of_the_phrases(path: Path) -> None:
    assert phrases_in(path.read_text(encoding="utf-8")) == []


def test_phrases_are_found_across_lines() -> None:
    assert phrases_in("no plugin is called\n    so here") == ["no plugin is called so here"]

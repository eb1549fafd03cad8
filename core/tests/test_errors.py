"""The tree of exceptions: its docstring draws it as it is, and a message is one that can be shown."""

from __future__ import annotations

import re

import pytest

from kernel import errors
from kernel.errors import KernelError, cut, did_you_mean, nearest, printable


def drawn() -> dict[str, set[str]]:
    """Read the tree of the docstring: each class, and the classes that it is said to be made from."""
    found: dict[str, set[str]] = {}
    above: dict[int, str] = {}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ( *)([A-Z]\w+)(?: +\((\w+)\))?(?:  |$)", line):
            depth, name, other = len(match[1]), match[2], match[3]
            above = {outer: parent for outer, parent in above.items() if outer < depth}
            found[name] = {above[max(above)] if above else "Exception", *filter(None, [other])}
            above[depth] = name
    return found


def test_the_docstring_draws_the_classes_that_there_are() -> None:
    classes = [made for made in vars(errors).values() if isinstance(made, type)]

    assert drawn() == {
        made.__name__: {base.__name__ for base in made.__bases__}
        for made in classes
        if issubclass(made, Exception)
    }


def test_the_exit_code_of_a_mistake_is_one_and_of_wrong_usage_two() -> None:
    codes = {
        name: made.exit_code
        for name, made in vars(errors).items()
        if isinstance(made, type) and issubclass(made, KernelError)
    }

    assert {name for name, code in codes.items() if code != 1} == {"OutputTaken"}
    assert codes["OutputTaken"] == 2


def test_controls_in_a_message_are_shown_and_not_obeyed() -> None:
    assert str(KernelError("a\x1b[31m.cfg: wrong")) == r"a\x1b[31m.cfg: wrong"


def test_the_middle_of_an_endless_message_is_left_out() -> None:
    message = str(KernelError("here: " + "x" * 10_000 + "; do that"))

    assert len(message) <= 1500
    assert message.startswith("here: ")
    assert message.endswith("; do that")
    assert cut("short") == "short"


def test_what_is_no_text_stays_what_it_is() -> None:
    assert KernelError(7, None).args == (7, None)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Taggr", ["tagger"]), ("TAGGER", ["tagger"]), ("nothing like it", [])],
)
def test_the_nearest_names_are_found_whatever_their_case(name: str, expected: list[str]) -> None:
    assert nearest(name, ["tagger", "parser"]) == expected


def test_a_message_asks_for_the_nearest_name_or_for_none() -> None:
    assert did_you_mean("taggr", ["tagger", "parser"]) == "; did you mean 'tagger'?"
    assert did_you_mean("zzz", ["tagger"]) == ""


def test_what_would_turn_text_around_is_escaped_and_lines_stay() -> None:
    assert printable("a\u202eb\n\tc\ud800") == "a\\u202eb\n\tc\\ud800"

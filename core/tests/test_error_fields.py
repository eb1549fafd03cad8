"""The tree of exceptions: messages of fields, other addresses, copies and pickles."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator

import pytest

from kernel import errors
from kernel.config.format.document import MalformedText
from kernel.config.overrides import BadOverrides
from kernel.errors import ConfigAddress, ConfigError, DataError, KernelError, NotFinite, UnknownName
from kernel.text.base.strings import UnknownString
from kernel.text.storage.binreader import DamagedDocument


def tree(kind: type[KernelError] = KernelError) -> Iterator[type[KernelError]]:
    yield kind
    for below in kind.__subclasses__():
        if below.__module__ == errors.__name__:
            yield from tree(below)


CLASSES = [*tree(), MalformedText, BadOverrides, UnknownString, DamagedDocument]
FIELDS = {"where": "a.txt:3", "got": "'x'", "advice": "write y"}


@pytest.mark.parametrize("kind", CLASSES)
def test_a_message_is_put_together_of_fields(kind: type[KernelError]) -> None:
    error = kind("expected y", **FIELDS)

    assert str(error) == "a.txt:3: expected y, got 'x'; write y"
    assert (error.where, error.what, error.got, error.advice) == ("a.txt:3", "expected y", "'x'", "write y")
    assert error.reason == "expected y, got 'x'; write y"


@pytest.mark.parametrize("kind", CLASSES)
def test_a_message_in_one_stays_as_it_is(kind: type[KernelError]) -> None:
    error = kind("a.txt:3: expected y, got 'x'; write y")

    assert str(error) == error.what == error.reason == "a.txt:3: expected y, got 'x'; write y"
    assert (error.where, error.got, error.advice, error.errors) == ("", "", "", ())
    assert error.summary == "a.txt:3: expected y"


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_copy_has_the_message_and_all_attributes(kind, again) -> None:
    error = kind("expected y", where=ConfigAddress("a.b", "key", "c.cfg:1"), got="'x'")
    error.step = 7
    error.errors = (ConfigError("one"),)

    other = again(error)

    assert type(other) is kind
    assert str(other) == str(error) == "c.cfg:1: [a.b] key: expected y, got 'x'"
    assert other.where == error.where
    assert other.where.is_in("a")
    assert (other.what, other.got, other.step) == ("expected y", "'x'", 7)
    assert [str(one) for one in other.errors] == ["one"]


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_the_same_at_another_place(kind: type[KernelError]) -> None:
    error = kind("expected y", **FIELDS)
    error.step = 7  # type: ignore[attr-defined]

    moved = error.at(ConfigAddress("a", "b"))

    assert str(moved) == "[a] b: expected y, got 'x'; write y"
    assert str(error) == "a.txt:3: expected y, got 'x'; write y"
    assert type(moved) is kind
    assert moved.step == 7
    assert str(kind("too large").at("a.b")) == "a.b: too large"


@pytest.mark.parametrize("kind", CLASSES)
def test_an_address_goes_before_that_of_an_error(kind: type[KernelError]) -> None:
    error = kind("expected y", **FIELDS)

    assert str(error.within("[a]")) == "[a]: a.txt:3: expected y, got 'x'; write y"
    assert str(error.within("[a]").within("b", joint=" ")) == "b [a]: a.txt:3: expected y, got 'x'; write y"
    assert error.within("[a]").reason == "a.txt:3: expected y, got 'x'; write y"
    assert str(kind("size: too large").within("[a]", joint=" ")) == "[a] size: too large"


def test_attributes_of_a_class_go_with_the_error() -> None:
    error = NotFinite("the loss is nan")
    error.step, error.examples = 3, [1]

    assert (error.at("a").step, error.at("a").examples) == (3, [1])


def test_an_error_whose_class_takes_something_else_can_be_moved() -> None:
    class Odd(DataError):
        def __init__(self, number: int, line: int) -> None:
            super().__init__(f"{number} on {line}")

    moved = Odd(1, 2).at("a")

    assert type(moved) is Odd
    assert str(moved) == "a: 1 on 2"


def test_advice_may_bring_the_semicolon_of_its_own() -> None:
    assert str(ConfigError("no such key", got="1", advice="; did you mean 'a'?")) == (
        "no such key, got 1; did you mean 'a'?"
    )
    assert str(UnknownName("no such key", advice="remove it")) == "no such key; remove it"


def test_what_a_terminal_would_obey_is_shown_in_every_copy() -> None:
    error = ConfigError("no such key", where="a", got="\x1b[2J")

    assert str(error) == r"a: no such key, got \x1b[2J"
    assert str(error.at("b")) == r"b: no such key, got \x1b[2J"


def test_a_damaged_document_names_its_characters_behind_the_message() -> None:
    error = DamagedDocument("no head", where="document 1", text="a b", characters=(0, 1))

    assert str(error) == "document 1: no head (characters 0 to 1)"
    assert error.reason == "no head"
    assert str(error.at("x")) == "x: no head (characters 0 to 1)"


def test_the_tree_in_the_docstring_has_every_class() -> None:
    assert [kind.__name__ for kind in tree() if kind.__name__ not in (errors.__doc__ or "")] == []

"""Work grows with a config's size and not faster, and a small text cannot stand for a large config."""

from __future__ import annotations

import configparser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import confection
import pytest
from counting import calls

from kernel.config import Config, check_config, fill_config
from kernel.config.format.parsing import parse
from kernel.errors import ConfigError

BASE = '[nlp]\nlang = "en"\npipeline = []\n'


def sections(n: int) -> str:
    return BASE + "[own]\nx = 1\n" + "".join(f"[own.s{i}]\na = ${{own.x}}\n" for i in range(n))


def named(names: list[str]) -> str:
    return BASE.replace("[]", str(names).replace("'", '"'))


def blocks(n: int) -> str:
    return "[components]\n" + "".join(f'[components.s{i}]\nfactory = "splitter"\n' for i in range(n))


def components(n: int) -> str:
    return named([f"s{i}" for i in range(n)]) + blocks(n)


def missing_components(n: int) -> str:
    return named([f"t{i}" for i in range(n)]) + blocks(n)


def orphans(n: int) -> str:
    return BASE + "".join(f"[own{i}.s]\na = {i}\n" for i in range(n))


def unknown_sections(n: int) -> str:
    return BASE + "".join(f"[own{i}]\na = {i}\n" for i in range(n))


def unknown_keys(n: int) -> str:
    return BASE + "[training]\n" + "".join(f"steps{i} = {i}\n" for i in range(n))


def lost_references(n: int) -> str:
    return BASE + "[own]\n" + "".join(f"k{i} = ${{own.z{i}}}\n" for i in range(n))


def references_in_a_row(n: int) -> str:
    return BASE + "[own]\n" + "".join(f"k{i} = ${{own.k{i + 1}}}\n" for i in range(n)) + f"k{n} = 1\n"


def circle(n: int) -> str:
    return references_in_a_row(n).replace(f"k{n} = 1", f"k{n} = ${{own.k0}}")


def checked(text: str) -> None:
    """Read and check a config, whether or not it is refused."""
    with suppress(ConfigError):
        check_config(Config().from_str(text, interpolate=False, file="x.cfg"))


@pytest.mark.parametrize(
    "make",
    [
        sections,
        components,
        missing_components,
        orphans,
        unknown_sections,
        unknown_keys,
        lost_references,
        references_in_a_row,
        circle,
    ],
)
def test_twice_as_much_config_is_twice_as_much_work(make: Callable[[int], str]) -> None:
    def all_of_it(n: int) -> int:
        text = make(n)
        return calls(lambda: checked(text))

    all_of_it(10)  # what is cached
    some, more, most = (all_of_it(n) for n in (200, 400, 800))

    # What every config has, and advice on the first mistakes, come once.
    assert most - more < 2.5 * (more - some)


LAUGHS = "[own]\nk0 = aaaaaaaaaa\n" + "".join(
    f"k{i} = " + f"${{own.k{i - 1}}}" * 10 + "\n" for i in range(1, 9)
)
COPIES = "[a0]\nx = 1\n" + "".join(f"[a{i}]\nx = ${{a{i - 1}}}\ny = ${{a{i - 1}}}\n" for i in range(1, 40))
DEEP = "".join("[" + ".".join("a" * n) + "]\nx = 1\n" for n in range(1, 70))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LAUGHS, r"config: variables expand to more than 10,000,000 characters"),
        (COPIES, r"config: variables expand to more than 1,000,000 values"),
        (references_in_a_row(20), r"\[own\] k10: a chain of more than 10 variables"),
        (DEEP, r"line 129: sections are nested more than 64 levels deep"),
        ("[own]\nx = " + "[" * 80 + "]" * 80, r"config: values are nested more than 64 levels deep"),
    ],
    ids=("characters", "sections", "variables", "deep sections", "deep values"),
)
def test_a_small_text_that_stands_for_much_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=f"^{message}[,;] "):
        Config().from_str(text)


def test_a_dictionary_that_is_too_deep_is_refused() -> None:
    deep: dict[str, Any] = {}
    for _ in range(500):
        deep = {"a": deep}

    with pytest.raises(ConfigError, match="sections are nested more than 64 levels deep"):
        fill_config({"nlp": {"lang": "en"}, "own": deep})


VALUES = (
    "1",
    "1.5",
    "true",
    "null",
    "x",
    '"x y"',
    '"say \\"hi\\""',
    "",
    "[1,",
    "$$",
    "$${a.x}",
    '"$$5"',
    "${a.x}",
    "${a:x}",
    "${x}",
    '"${a.x}"',
    '"${a.x} z"',
    "pre ${a.x} post",
    "${a.x}${a.y}",
    "[${a.x}, ${a.y}]",
    '["${a.x}"]',
    '{"k": "${a.y}"}',
    "${c}",
    '"${c}"',
    "${c.d}",
    "\n\ttwo\n\tlines",
)


@pytest.mark.parametrize("interpolate", [True, False])
@pytest.mark.parametrize("value", VALUES)
def test_a_text_means_what_it_means_to_confection(value: str, interpolate: bool) -> None:
    for x in ("5", '"five"', "five", "[1, 2]", "${a.y}", '"${a.y}!"'):
        text = f"[a]\nx = {x}\ny = true\n\n[b]\nv = {value}\n\n[c]\nn = 1\n\n[c.d]\nm = 2\n"
        try:
            expected = dict(confection.Config().from_str(text, interpolate=interpolate))
        except ValueError:
            with pytest.raises((ValueError, configparser.Error)):
                parse(text, interpolate=interpolate)
        else:
            assert parse(text, interpolate=interpolate) == expected

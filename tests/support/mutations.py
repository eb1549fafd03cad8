"""Configs with one mistake each: a right config beside a list of edits that each spoil it.

A list has one edit a line: `old => new` replaces the first place of a text, `$ --section.key value` is said on the
command line. `\n` stands for a line break; nothing after the arrow takes the text out.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "end_to_end" / "mutations"

#: The configs that are spoilt.
NAMES = ("parsing", "ner", "custom")


@dataclass(frozen=True)
class Mutation:
    """One spoilt config.

    Args:
        title: The edit as the list has it.
        text: The whole config.
        words: Words of the command line after it.
    """

    title: str
    text: str
    words: tuple[str, ...] = ()


def config_text(name: str) -> str:
    """The right config."""
    return (FOLDER / f"{name}.cfg").read_text(encoding="utf-8")


def mutations(name: str) -> list[Mutation]:
    """Every mutation of a config, in the order of its list."""
    lines = (FOLDER / f"{name}.edits").read_text(encoding="utf-8").splitlines()
    return [_mutation(config_text(name), line) for line in lines]


def _mutation(text: str, line: str) -> Mutation:
    if line.startswith("$ "):
        return Mutation(line, text, tuple(shlex.split(line[2:])))
    old, arrow, new = line.partition(" =>")
    old, new = (part.replace("\\n", "\n") for part in (old, new.removeprefix(" ")))
    if not arrow or old not in text:
        raise ValueError(f"no such text in the config, got {line!r}")
    return Mutation(line, text.replace(old, new, 1))

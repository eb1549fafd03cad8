"""Known distributions and what they give, to say what to install when a name is missing.

Only for messages: nothing here is needed to use a plugin, and one that is not listed works just as well. What the
plugins of this repository give is in `catalogue.json`, which the tests of the house write from their tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Known:
    """A distribution, a line about it, and the names it gives by kind."""

    summary: str
    names: dict[str, tuple[str, ...]]


#: Distributions that are made elsewhere, each written by hand; those of this repository are not repeated here.
MADE_ELSEWHERE: dict[str, Known] = {}

#: The file that is written, beside this module.
FILE = "catalogue.json"


@cache
def distributions() -> dict[str, Known]:
    """Give every known distribution by its name; read when a message first needs them."""
    written = json.loads(files(__package__).joinpath(FILE).read_text("utf8"))
    return MADE_ELSEWHERE | {
        name: Known(told["summary"], {kind: tuple(names) for kind, names in told["names"].items()})
        for name, told in written.items()
    }


def providers(kind: str, name: str) -> list[str]:
    """The known distributions that give a name."""
    return [dist for dist, known in distributions().items() if name in known.names.get(kind, ())]


def known_names(kind: str) -> list[str]:
    """The names of a kind that known distributions give."""
    return [name for known in distributions().values() for name in known.names.get(kind, ())]

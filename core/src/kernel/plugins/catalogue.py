"""The known distributions and the names they register, to suggest what to install when a name is missing.

Only messages use this: a plugin that is not listed here works just as well. The plugins of this repository are in
`catalogue.json`, which a test writes from their tables.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Known:
    """One distribution: a one-line summary, and the names it registers by kind."""

    summary: str
    names: dict[str, tuple[str, ...]]


#: Distributions from elsewhere, written by hand; those of this repository are not repeated here.
MADE_ELSEWHERE: dict[str, Known] = {}

#: The file that is written, beside this module.
FILE = "catalogue.json"


@cache
def distributions() -> dict[str, Known]:
    """Return every known distribution by name, read when a message first needs them."""
    written = json.loads(files(__package__).joinpath(FILE).read_text("utf8"))
    return MADE_ELSEWHERE | {
        name: Known(told["summary"], {kind: tuple(names) for kind, names in told["names"].items()})
        for name, told in written.items()
    }


def providers(kind: str, name: str) -> list[str]:
    """Return the known distributions that register a name."""
    return [dist for dist, entry in distributions().items() if name in entry.names.get(kind, ())]


def known_names(kind: str) -> list[str]:
    """Return the names of a kind that the known distributions register."""
    return [name for entry in distributions().values() for name in entry.names.get(kind, ())]

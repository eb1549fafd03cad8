"""Types for arguments of registered functions that say which values make sense.

A config is checked against them before anything is built. `width: Positive` refuses 0 with the line of the
config, the value and what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le

#: At least 1: a width, a depth, a number of things that must exist.
Positive: TypeAlias = Annotated[int, Ge(1)]

#: At least 0: a limit, a number of things that there may be.
Count: TypeAlias = Annotated[int, Ge(0)]

#: From 0 to 1.
Share: TypeAlias = Annotated[float, Ge(0), Le(1)]

#: At least 0, such as a weight or a rate.
Amount: TypeAlias = Annotated[float, Ge(0)]

#: More than 0.
Above: TypeAlias = Annotated[float, Gt(0)]


@dataclass(frozen=True)
class MustExist:
    """Marks the path of what a reader reads: it is given, and something is there, before a training begins."""


#: A file or folder of data. A config may lack it until it is trained with.
DataPath: TypeAlias = Annotated[str, MustExist()] | Path | None


def must_exist(annotation: Any) -> bool:
    """Whether a type is marked as the path of data."""
    branches = (annotation, *get_args(annotation))
    return any(
        isinstance(mark, MustExist)
        for branch in branches
        if get_origin(branch) is Annotated
        for mark in get_args(branch)[1:]
    )

"""Types for arguments of registered functions that say which values make sense.

A config is checked against them before anything is built. `width: Positive` refuses 0 with the line of the
config, the value and what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le

from kernel.errors import ConfigError

#: At least 1: a width, a depth, a number of things that must exist.
Positive: TypeAlias = Annotated[int, Ge(1)]

#: At least 0: a limit, a number of things that there may be.
Count: TypeAlias = Annotated[int, Ge(0)]

#: Width of a layer's input or output.
Width: TypeAlias = Annotated[int, Ge(1), Le(16_384)]

#: Layers or blocks one after the other.
Depth: TypeAlias = Annotated[int, Ge(1), Le(512)]

#: The same where there may be none.
DepthOrNone: TypeAlias = Annotated[int, Ge(0), Le(512)]

#: Rows of a table of embeddings.
Rows: TypeAlias = Annotated[int, Ge(1), Le(2**27)]

#: Neighbours on each side that a layer sees.
Window: TypeAlias = Annotated[int, Ge(1), Le(64)]

#: Pieces of a maxout, bytes or characters of a word, or words of an n-gram.
Pieces: TypeAlias = Annotated[int, Ge(1), Le(64)]

#: Readings that a beam search keeps.
BeamWidth: TypeAlias = Annotated[int, Ge(1), Le(1024)]

#: Labels, actions or classes, where a config states how many.
Labels: TypeAlias = Annotated[int, Ge(1), Le(2**24)]

#: Weights that one part of a model may have: 16 GiB of float32.
MAX_WEIGHTS = 2**32

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


def check_weights(n_weights: int, **sizes: Any) -> None:
    """Refuse a part of a model that no machine here could hold, before anything of it is made.

    Args:
        n_weights: How many weights it will have.
        sizes: The arguments that say so, for the message.

    Raises:
        ConfigError: They are too many.
    """
    if n_weights > MAX_WEIGHTS:
        given = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        raise ConfigError(
            f"a layer of this size has {n_weights:,} weights, got {given}; make them smaller, {MAX_WEIGHTS:,} weights "
            "are the limit"
        )


def must_exist(annotation: Any) -> bool:
    """Whether a type is marked as the path of data."""
    branches = (annotation, *get_args(annotation))
    return any(
        isinstance(mark, MustExist)
        for branch in branches
        if get_origin(branch) is Annotated
        for mark in get_args(branch)[1:]
    )

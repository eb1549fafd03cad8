"""Types for arguments of registered functions that restrict their values.

A config is checked against them before anything is built. `width: Positive` rejects 0 with a message that has the line
in the config, the value and what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_args, get_origin

from annotated_types import Ge, Gt, Le

from kernel.errors import ConfigError

#: At least 1: a width, a depth, or a count that must not be zero.
Positive: TypeAlias = Annotated[int, Ge(1)]

#: At least 0: a limit, or a count that may be zero.
Count: TypeAlias = Annotated[int, Ge(0)]

#: Width of a layer's input or output.
Width: TypeAlias = Annotated[int, Ge(1), Le(16_384)]

#: Number of consecutive layers or blocks.
Depth: TypeAlias = Annotated[int, Ge(1), Le(512)]

#: The same, but may be 0.
DepthOrNone: TypeAlias = Annotated[int, Ge(0), Le(512)]

#: Rows of an embedding table.
Rows: TypeAlias = Annotated[int, Ge(1), Le(2**27)]

#: Number of neighbours on each side that a layer sees.
Window: TypeAlias = Annotated[int, Ge(1), Le(64)]

#: Number of maxout pieces, of bytes or characters of a word, or of words in an n-gram.
Pieces: TypeAlias = Annotated[int, Ge(1), Le(64)]

#: Number of hypotheses that a beam search keeps.
BeamWidth: TypeAlias = Annotated[int, Ge(1), Le(1024)]

#: Number of labels, actions or classes.
Labels: TypeAlias = Annotated[int, Ge(1), Le(2**24)]

#: Maximum number of weights of one layer: 16 GiB of float32.
MAX_WEIGHTS = 2**32

#: From 0 to 1.
Share: TypeAlias = Annotated[float, Ge(0), Le(1)]

#: At least 0: a weight or a rate.
Amount: TypeAlias = Annotated[float, Ge(0)]

#: More than 0.
Above: TypeAlias = Annotated[float, Gt(0)]


@dataclass(frozen=True)
class MustExist:
    """Marks an argument as a path that must be set, and must exist, before training begins."""


#: A file or folder of data. It may be unset in a config until the config is used for training.
DataPath: TypeAlias = Annotated[str, MustExist()] | Path | None


def check_weights(n_weights: int, **sizes: Any) -> None:
    """Reject a layer that is too large, before it is allocated.

    Args:
        n_weights: The number of weights it will have.
        sizes: The arguments that determine the number, for the message.

    Raises:
        ConfigError: There are too many weights.
    """
    if n_weights > MAX_WEIGHTS:
        arguments = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        raise ConfigError(
            f"a layer of this size has {n_weights:,} weights, got {arguments}; make them smaller, the limit is "
            f"{MAX_WEIGHTS:,} weights"
        )


def must_exist(annotation: Any) -> bool:
    """Return whether a type is marked as a path that must exist."""
    branches = (annotation, *get_args(annotation))
    return any(
        isinstance(mark, MustExist)
        for branch in branches
        if get_origin(branch) is Annotated
        for mark in get_args(branch)[1:]
    )

"""Detect another distribution with a package named `kernel` in the same environment.

PyPI has a distribution `kernel`, an API client of another project. Both install files into the folder `kernel/`: the
one installed last overwrites `__init__.py`, and uninstalling either removes it.
"""

from __future__ import annotations

import os
import re
import sys

_METADATA = re.compile(r"kernel-(\d[^-]*)\.(?:dist|egg)-info", re.IGNORECASE)


def conflict(folders: list[str] | None = None) -> str:
    """Return a message if the other distribution is installed, with advice how to separate the two; "" otherwise.

    Args:
        folders: The folders to search; by default the one that contains this package.
    """
    beside = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for folder in [beside] if folders is None else folders:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if match := _METADATA.fullmatch(name):
                return (
                    "kernel: another distribution with a package of this name is installed, got 'kernel' "
                    f"{match[1]} in {folder}; use a separate environment for each, or run `pip uninstall kernel`, then "
                    "`pip install --force-reinstall --no-deps pkg-kernel`"
                )
    return ""


def conflict_anywhere() -> str:
    """Return the same message, searching the whole import path."""
    return conflict(sys.path)

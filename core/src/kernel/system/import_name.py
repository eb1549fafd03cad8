"""The other distribution whose package is called `kernel`, where it is installed in the same environment.

PyPI has a distribution `kernel`, an API client of another project. Both put their files into one folder `kernel/`: what
is installed last overwrites `__init__.py`, and uninstalling either takes it away.
"""

from __future__ import annotations

import os
import re
import sys

_METADATA = re.compile(r"kernel-(\d[^-]*)\.(?:dist|egg)-info", re.IGNORECASE)


def conflict(folders: list[str] | None = None) -> str:
    """Say that the other distribution is installed, and how to part the two; "" where it is not.

    Args:
        folders: Where to look for it; the folder that holds this package when None.
    """
    beside = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for folder in [beside] if folders is None else folders:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        for name in names:
            if found := _METADATA.fullmatch(name):
                return (
                    "kernel: another distribution is installed whose package has this name, got 'kernel' "
                    f"{found[1]} in {folder}; use a separate environment for each, or run `pip uninstall kernel`, then "
                    "`pip install --force-reinstall --no-deps pkg-kernel`"
                )
    return ""


def conflict_anywhere() -> str:
    """The same for everything that can be imported here."""
    return conflict(sys.path)

"""Launch training in this process: the default launcher."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kernel.contracts import Launcher

Result = TypeVar("Result")


def local_launcher() -> Launcher:
    """Create the single-process launcher: it calls the worker and waits."""
    return launch_here


def launch_here(worker: Callable[[], Result]) -> Result:
    """Run the worker in this process."""
    return worker()

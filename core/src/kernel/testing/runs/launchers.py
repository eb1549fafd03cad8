"""What every launcher must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.contracts import Launcher


def work() -> dict[str, Any]:
    """Do what a worker does: come back with plain data."""
    return {"steps": 3}


class LauncherFailed(RuntimeError):
    """What a worker that fails raises."""


def fail() -> None:
    """Fail as a worker may."""
    raise LauncherFailed("the worker failed")


def check_launcher(launcher: Launcher, worker: Callable[[], Any] = work) -> Any:
    """Check that a launcher runs a worker, gives back its result, and does not swallow its failure.

    Args:
        launcher: What the factory made.
        worker: A function that can run in another process.

    Returns:
        The result, for the test to look at.
    """
    result = launcher(worker)
    assert result == worker(), f"it gives back {result!r} instead of what the worker did"
    failure = ""
    try:
        launcher(fail)
    except Exception as exc:
        failure = str(exc) or type(exc).__name__
    assert failure, "it swallows the failure of a worker"
    assert "the worker failed" in failure, f"the failure of a worker became {failure!r}"
    return result

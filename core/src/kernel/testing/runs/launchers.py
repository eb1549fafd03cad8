"""The check of launchers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kernel.contracts import Launcher


def work() -> dict[str, Any]:
    """Return JSON data, like a worker."""
    return {"steps": 3}


class LauncherFailed(RuntimeError):
    """Raised by a worker that fails."""


def fail() -> None:
    """Fail like a worker."""
    raise LauncherFailed("the worker failed")


def check_launcher(launcher: Launcher, worker: Callable[[], Any] = work) -> Any:
    """Check that a launcher runs a worker, returns its result, and does not swallow its failure.

    Args:
        launcher: The factory's product.
        worker: A function that can run in another process.

    Returns:
        The result, for further assertions.
    """
    result = launcher(worker)
    assert result == worker(), f"it returns {result!r} instead of the worker's result"
    failure = ""
    try:
        launcher(fail)
    except Exception as exc:
        failure = str(exc) or type(exc).__name__
    assert failure, "it swallows the failure of a worker"
    assert "the worker failed" in failure, f"the failure of a worker became {failure!r}"
    return result

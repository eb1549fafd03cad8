"""The names that pkg-losses registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_losses() -> dict[str, str]:
    """Return the losses by name."""
    return {
        "kernel.BinaryCrossEntropy.v1": "pkg_losses.entropy:binary_cross_entropy",
        "kernel.CrossEntropy.v1": "pkg_losses.entropy:cross_entropy",
    }

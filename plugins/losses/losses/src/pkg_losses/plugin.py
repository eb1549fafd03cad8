"""Names that pkg-losses adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_losses() -> dict[str, str]:
    """Name the losses of one label of many, and of any number of labels."""
    return {
        "kernel.BinaryCrossEntropy.v1": "pkg_losses.entropy:binary_cross_entropy",
        "kernel.CrossEntropy.v1": "pkg_losses.entropy:cross_entropy",
    }

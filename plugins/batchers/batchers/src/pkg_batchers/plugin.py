"""The names that pkg-batchers registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_batchers() -> dict[str, str]:
    """Return the batchers by name."""
    return {
        "kernel.batch_by_words.v1": "pkg_batchers.words:batch_by_words",
        "kernel.batch_by_sequence.v1": "pkg_batchers.sequence:batch_by_sequence",
        "kernel.batch_by_padded.v1": "pkg_batchers.padded:batch_by_padded",
    }

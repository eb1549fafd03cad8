"""The names that pkg-callbacks registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_callbacks() -> dict[str, str]:
    """Return the callback by name."""
    return {"kernel.copy_from_base_model.v1": "pkg_callbacks.copying:copy_from_base_model"}

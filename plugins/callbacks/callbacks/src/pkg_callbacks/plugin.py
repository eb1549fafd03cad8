"""Names that pkg-callbacks adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_callbacks() -> dict[str, str]:
    """Name the callback that takes over from another pipeline."""
    return {"kernel.copy_from_base_model.v1": "pkg_callbacks.copying:copy_from_base_model"}

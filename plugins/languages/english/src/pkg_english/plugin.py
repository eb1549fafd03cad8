"""The names that pkg-english registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_languages() -> dict[str, str]:
    """Return the language by code."""
    return {"en": "pkg_english.language:English"}

"""Names that pkg-english adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_languages() -> dict[str, str]:
    """Add the language `en`."""
    return {"en": "pkg_english.language:English"}

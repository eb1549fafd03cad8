"""The names that pkg-conllu registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_converters() -> dict[str, str]:
    """Return the converter by the file extension that it reads."""
    return {"conllu": "pkg_conllu.documents:convert"}

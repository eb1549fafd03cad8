"""The names that pkg-iob registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_converters() -> dict[str, str]:
    """Return the converter by the file extensions that it reads."""
    return {
        "bio": "pkg_iob.documents:convert",
        "biluo": "pkg_iob.documents:convert",
        "conll": "pkg_iob.documents:convert",
        "iob": "pkg_iob.documents:convert",
        "iob2": "pkg_iob.documents:convert",
        "ner": "pkg_iob.documents:convert",
    }

"""Names that pkg-conllu adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_converters() -> dict[str, str]:
    """Name the CoNLL-U converter, after the file ending that it reads."""
    return {"conllu": "pkg_conllu.documents:convert"}

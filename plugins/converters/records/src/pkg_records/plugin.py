"""Names that pkg-records adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_converters() -> dict[str, str]:
    """Name the converters, after the file endings that they read."""
    return {
        "csv": "pkg_records.table:convert_csv",
        "json": "pkg_records.training_json:convert_json",
        "jsonl": "pkg_records.lines:convert_jsonl",
        "tsv": "pkg_records.table:convert_tsv",
    }

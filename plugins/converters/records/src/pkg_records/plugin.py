"""The names that pkg-records registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_converters() -> dict[str, str]:
    """Return the converters by the file extensions that they read."""
    return {
        "csv": "pkg_records.table:convert_csv",
        "json": "pkg_records.training_json:convert_json",
        "jsonl": "pkg_records.lines:convert_jsonl",
        "tsv": "pkg_records.table:convert_tsv",
    }

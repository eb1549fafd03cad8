"""The names that pkg-readers registers."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_readers() -> dict[str, str]:
    """Return the readers by name: of annotated documents, raw text, labels and plain data."""
    return {
        "kernel.Corpus.v1": "pkg_readers.corpus:corpus",
        "kernel.JsonlCorpus.v1": "pkg_readers.raw:jsonl_corpus",
        "kernel.PlainTextCorpus.v1": "pkg_readers.raw:plain_text_corpus",
        "kernel.read_json.v1": "pkg_readers.structured:read_json",
        "kernel.read_jsonl.v1": "pkg_readers.structured:read_jsonl",
        "kernel.read_labels.v1": "pkg_readers.labels:read_labels",
        "kernel.read_msgpack.v1": "pkg_readers.structured:read_msgpack",
        "kernel.read_yaml.v1": "pkg_readers.structured:read_yaml",
    }

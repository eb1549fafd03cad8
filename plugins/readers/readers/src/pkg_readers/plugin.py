"""Names that pkg-readers adds."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_readers() -> dict[str, str]:
    """Name the readers of annotated documents, of raw text and of label lists."""
    return {
        "kernel.Corpus.v1": "pkg_readers.corpus:corpus",
        "kernel.JsonlCorpus.v1": "pkg_readers.raw:jsonl_corpus",
        "kernel.PlainTextCorpus.v1": "pkg_readers.raw:plain_text_corpus",
        "kernel.read_labels.v1": "pkg_readers.labels:read_labels",
    }

"""Training: examples, annotation schemes, the loop. The public names of this room, each loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.text.alignment import Alignment as Alignment
    from kernel.text.example import Example as Example
    from kernel.text.iob import biluo_tags_to_offsets as biluo_tags_to_offsets
    from kernel.text.iob import biluo_tags_to_spans as biluo_tags_to_spans
    from kernel.text.iob import biluo_to_iob as biluo_to_iob
    from kernel.text.iob import iob_to_biluo as iob_to_biluo
    from kernel.text.iob import offsets_to_biluo_tags as offsets_to_biluo_tags
    from kernel.text.iob import remove_bilu_prefix as remove_bilu_prefix
    from kernel.text.iob import split_bilu_label as split_bilu_label
    from kernel.text.iob import tags_to_entities as tags_to_entities
    from kernel.training.initialize import initialize_nlp as initialize_nlp
    from kernel.training.walk import train as train

_MODULE_OF = {
    "Alignment": "kernel.text.alignment",
    "Example": "kernel.text.example",
    "biluo_tags_to_offsets": "kernel.text.iob",
    "biluo_tags_to_spans": "kernel.text.iob",
    "biluo_to_iob": "kernel.text.iob",
    "initialize_nlp": "kernel.training.initialize",
    "iob_to_biluo": "kernel.text.iob",
    "offsets_to_biluo_tags": "kernel.text.iob",
    "remove_bilu_prefix": "kernel.text.iob",
    "split_bilu_label": "kernel.text.iob",
    "tags_to_entities": "kernel.text.iob",
    "train": "kernel.training.walk",
}

#: What people look for here by habit, and what to write instead.
_ELSEWHERE = {
    "GoldParse": "write Example.from_dict(nlp.make_doc(text), {'tags': [...]})",
    "Corpus": "write from pkg_readers.corpus import Corpus (pip install pkg-readers)",
    "JsonlCorpus": "write from pkg_readers.raw import JsonlCorpus (pip install pkg-readers)",
    "PlainTextCorpus": "write from pkg_readers.raw import PlainTextCorpus (pip install pkg-readers)",
}

__all__ = [
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        # Python hides the text of an AttributeError from those who write `from kernel.training import ...`.
        raise ImportError(f"kernel.training: {name} is not here; {_ELSEWHERE[name]}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'kernel.training' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""Training: examples, annotation schemes and `train`; the public names are loaded on first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kernel.pipeline.initialize import validate_get_examples as validate_get_examples
    from kernel.pipeline.run.update import validate_examples as validate_examples
    from kernel.text.gold.alignment import Alignment as Alignment
    from kernel.text.gold.example import Example as Example
    from kernel.text.gold.iob import biluo_tags_to_offsets as biluo_tags_to_offsets
    from kernel.text.gold.iob import biluo_tags_to_spans as biluo_tags_to_spans
    from kernel.text.gold.iob import biluo_to_iob as biluo_to_iob
    from kernel.text.gold.iob import iob_to_biluo as iob_to_biluo
    from kernel.text.gold.iob import offsets_to_biluo_tags as offsets_to_biluo_tags
    from kernel.text.gold.iob import remove_bilu_prefix as remove_bilu_prefix
    from kernel.text.gold.iob import split_bilu_label as split_bilu_label
    from kernel.text.gold.iob import tags_to_entities as tags_to_entities
    from kernel.text.gold.training_json import docs_to_json as docs_to_json
    from kernel.training.fit import train as train
    from kernel.training.loop.loop import steps as steps
    from kernel.training.loop.replayable_batches import batches_of as batches_of
    from kernel.training.preparation import initialize_nlp as initialize_nlp
    from kernel.training.preparation import prepare as prepare
    from kernel.training.run import Run as Run
    from kernel.training.run import Step as Step

_MODULE_OF = {
    "Alignment": "kernel.text.gold.alignment",
    "Example": "kernel.text.gold.example",
    "Run": "kernel.training.run",
    "Step": "kernel.training.run",
    "batches_of": "kernel.training.loop.replayable_batches",
    "biluo_tags_to_offsets": "kernel.text.gold.iob",
    "biluo_tags_to_spans": "kernel.text.gold.iob",
    "biluo_to_iob": "kernel.text.gold.iob",
    "docs_to_json": "kernel.text.gold.training_json",
    "initialize_nlp": "kernel.training.preparation",
    "iob_to_biluo": "kernel.text.gold.iob",
    "offsets_to_biluo_tags": "kernel.text.gold.iob",
    "prepare": "kernel.training.preparation",
    "remove_bilu_prefix": "kernel.text.gold.iob",
    "split_bilu_label": "kernel.text.gold.iob",
    "steps": "kernel.training.loop.loop",
    "tags_to_entities": "kernel.text.gold.iob",
    "train": "kernel.training.fit",
    "validate_examples": "kernel.pipeline.run.update",
    "validate_get_examples": "kernel.pipeline.initialize",
}

#: Names that spaCy has here, and what to write instead.
_ELSEWHERE = {
    "GoldParse": "write Example.from_dict(nlp.make_doc(text), {'tags': [...]})",
    "Corpus": "write from pkg_readers.corpus import Corpus (pip install pkg-readers)",
    "JsonlCorpus": "write from pkg_readers.raw import JsonlCorpus (pip install pkg-readers)",
    "PlainTextCorpus": "write from pkg_readers.raw import PlainTextCorpus (pip install pkg-readers)",
    "console_logger": "write from pkg_console.logger import console_logger (pip install pkg-console)",
    "create_copy_from_base_model": (
        "write from pkg_callbacks.copying import copy_from_base_model (pip install pkg-callbacks)"
    ),
    "minibatch_by_padded_size": "write from pkg_batchers.padded import by_padded (pip install pkg-batchers)",
    "minibatch_by_words": "write from pkg_batchers.words import by_words (pip install pkg-batchers)",
    "orth_variants_augmenter": (
        "write from pkg_augmenters.variants import orth_variants (pip install pkg-augmenters)"
    ),
    "read_json_file": "write from pkg_records.training_json import convert_json (pip install pkg-records)",
}

__all__ = [
    *_MODULE_OF,
]


def __getattr__(name: str) -> Any:
    if name in _ELSEWHERE:
        # For `from kernel.training import ...`, Python hides the text of an AttributeError.
        raise ImportError(f"kernel.training: {name!r} is not available here; {_ELSEWHERE[name]}")
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'kernel.training' has no attribute {name!r}")
    value = getattr(import_module(_MODULE_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)

"""Load a trained pipeline to split text without sentence boundaries into sentences."""

from __future__ import annotations

import os

from kernel.errors import DataError
from kernel.pipeline.language import Language
from kernel.pipeline.loading import load

_SETS_SENTENCES = frozenset({"doc.sents", "token.is_sent_start"})


def load_segmenter(path: str | os.PathLike[str]) -> Language:
    """Load a pipeline as a sentence segmenter, disabling all components after the one that sets sentences.

    Args:
        path: Its folder, or the name of its installed package.

    Raises:
        DataError: None of its components sets sentence boundaries.
        CheckpointError: There is no saved pipeline, or a part of it is missing or damaged.
        UnknownName: A plugin that it needs is not installed.
    """
    nlp = load(path)
    names = list(nlp.pipe_names)
    segmenters = [name for name in names if _SETS_SENTENCES & {*nlp.get_pipe_meta(name).assigns}]
    if not segmenters:
        raise DataError(
            f"{os.fspath(path)}: no component of this pipeline sets sentence boundaries, got {names}; "
            "use one with a parser or a sentencizer"
        )
    for name in names[names.index(segmenters[-1]) + 1 :]:
        nlp.disable_pipe(name)
    return nlp

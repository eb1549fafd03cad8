"""A trained pipeline that finds the sentences of files that do not mark them."""

from __future__ import annotations

import os

from kernel.errors import DataError
from kernel.pipeline.language import Language
from kernel.pipeline.loading import load

_SETS_SENTENCES = frozenset({"doc.sents", "token.is_sent_start"})


def load_segmenter(path: str | os.PathLike[str]) -> Language:
    """Load a pipeline for the sentences that it finds; what comes behind the component that does is out of use.

    Args:
        path: Its folder, or the name of the package that it is installed as.

    Raises:
        DataError: None of its components finds sentences.
        CheckpointError: There is no saved pipeline, or a part of it is missing or damaged.
        UnknownName: A plugin that it needs is not installed.
    """
    nlp = load(path)
    names = list(nlp.pipe_names)
    finding = [name for name in names if _SETS_SENTENCES & {*nlp.get_pipe_meta(name).assigns}]
    if not finding:
        raise DataError(
            f"{os.fspath(path)}: no component of this pipeline finds sentences, got {names}; "
            "give one with a parser or a sentencizer"
        )
    for name in names[names.index(finding[-1]) + 1 :]:
        nlp.disable_pipe(name)
    return nlp

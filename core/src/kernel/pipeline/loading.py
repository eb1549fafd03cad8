"""The two ways to a pipeline without a config of one's own: a saved one, or an empty one of a language."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.config.plugin_choice import plugins_of
from kernel.pipeline import builder
from kernel.pipeline.language import Language
from kernel.text.vocab.vocab import Vocab

Names = str | Iterable[str]


def load(
    path: str | os.PathLike[str],
    *,
    vocab: Vocab | bool = True,
    disable: Names = (),
    enable: Names = (),
    exclude: Names = (),
    config: Mapping[str, Any] | None = None,
    code: bool = False,
    verify: bool = True,
) -> Language:
    """Load a saved pipeline.

    Args:
        path: Its folder, or the name of the package that it is installed as.
        vocab: A vocabulary to share; True for a new one.
        disable: Components that are loaded and stay out of use until enabled.
        enable: If given, all others are disabled.
        exclude: Components that are not loaded.
        config: Values over those of the saved config: sections, or dotted paths.
        code: Whether to run the Python files that were saved with it, where what they register is not
            registered already. Say so only for a folder that you trust.
        verify: Whether its files are compared with the checksums that it was saved with; those over 64 MB by their
            length. `config.cfg` and `meta.json` may be edited, which is noted in the log.

    Raises:
        CheckpointError: There is no saved pipeline, or a part of it is missing or damaged.
        UnknownName: A plugin that it needs is not installed, or its code was not run.
    """
    nlp: Language = builder.from_folder(
        path,
        vocab=vocab,
        disable=disable,
        enable=enable,
        exclude=exclude,
        overrides=_dotted(config or {}),
        run_code=code,
        verify=verify,
    )
    return nlp


def blank(
    name: str,
    *,
    vocab: Vocab | bool = True,
    config: Mapping[str, Any] | None = None,
    meta: Mapping[str, Any] | None = None,
) -> Language:
    """Make a pipeline of a language, with a tokenizer and no components.

    Args:
        name: The language's code.
        vocab: A vocabulary to share; True for a new one.
        config: Values over the defaults, as sections.
        meta: Facts for `nlp.meta`.
    """
    given = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in (config or {}).items()
    }
    given["nlp"] = {**given.get("nlp", {}), "lang": name}
    with plugins_of(given):
        nlp: Language = builder.get_lang_class(name).from_config(
            given, vocab=vocab, meta=meta, validate=bool(config)
        )
    return nlp


def _dotted(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in config.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat.update(_dotted(value, f"{path}."))
        else:
            flat[path] = value
    return flat

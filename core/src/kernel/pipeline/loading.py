"""Load a saved pipeline, or create a blank one for a language."""

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
        path: Its folder, or the name of its installed package.
        vocab: A vocabulary to share; True for a new one.
        disable: Components to load but disable.
        enable: Components to enable; if given, all others are disabled.
        exclude: Components not to load.
        config: Values that override the saved config: sections, or dotted paths.
        code: Whether to run the Python files that were saved with it, unless the names that they register are
            registered already. Use only for folders that you trust.
        verify: Whether to compare its files with their saved checksums; files over 64 MB by length only.
            `config.cfg` and `meta.json` may be edited, which is logged.

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
    """Create a pipeline for a language, with a tokenizer and no components.

    Args:
        name: The language's code.
        vocab: A vocabulary to share; True for a new one.
        config: Sections with values that override the defaults.
        meta: Initial values of `nlp.meta`.
    """
    sections = {
        key: dict(value) if isinstance(value, Mapping) else value for key, value in (config or {}).items()
    }
    sections["nlp"] = {**sections.get("nlp", {}), "lang": name}
    with plugins_of(sections):
        nlp: Language = builder.get_lang_class(name).from_config(
            sections, vocab=vocab, meta=meta, validate=bool(config)
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

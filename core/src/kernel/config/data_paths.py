"""Whether what a config trains on and starts from is there, asked before anything is built."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from kernel.config.block_check import follow_section
from kernel.config.fill import block_kind, registered
from kernel.config.format import references
from kernel.config.rules.mistakes import Mistakes
from kernel.config.rules.signatures import signature
from kernel.limits import must_exist
from kernel.system.files import files_named, regular


def check_data(filled: Mapping[str, Any], plain: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Note which of the files and folders are missing that training would read.

    Args:
        filled: The config with its variables.
        plain: The same with their values.
        mistakes: Where the mistakes go.
    """
    training = follow_section(plain, "training")
    for path in dict.fromkeys(training.get(key) for key in ("train_corpus", "dev_corpus")):
        if isinstance(path, str):
            _check_block(filled, path, follow_section(plain, path), mistakes)
    for name, component in follow_section(plain, "components").items():
        if isinstance(component, Mapping):
            _check_pipeline(filled, f"components.{name}", "source", component.get("source"), mistakes)
    vectors = follow_section(plain, "initialize").get("vectors")
    _check_pipeline(filled, "initialize", "vectors", vectors, mistakes)


def _check_pipeline(
    filled: Mapping[str, Any], section: str, key: str, value: Any, mistakes: Mistakes
) -> None:
    """See that a saved pipeline is there, as a path or as a package."""
    if not isinstance(value, str) or os.path.exists(value) or (value.isidentifier() and find_spec(value)):
        return
    section, _, key = references.origin(filled, section, key).rpartition(".")
    advice = "correct the path" + (", or install the package of this name" if value.isidentifier() else "")
    mistakes.add(section, key, f"there is no saved pipeline, got {value!r}; {advice}")


def _check_block(
    filled: Mapping[str, Any], section: str, block: Mapping[str, Any], mistakes: Mistakes
) -> None:
    kind = block_kind(block)
    func = registered(kind, block[f"@{kind}"]) if kind else None
    parameters = signature(func).parameters if func is not None else {}
    for key, value in block.items():
        if isinstance(value, Mapping):
            _check_block(filled, f"{section}.{key}", value, mistakes)
        elif mistakes.is_spoilt(f"{section}.{key}"):
            continue
        elif key in parameters and must_exist(parameters[key].annotation):
            _check_path(value, references.origin(filled, section, key), mistakes)


def _check_path(value: Any, origin: str, mistakes: Mistakes) -> None:
    section, _, key = origin.rpartition(".")
    if value is None or value == "":
        mistakes.add(section, key, f"no corpus is given, got {value!r}; give --{origin} FILE")
    elif isinstance(value, str) and not (files := files_named(value)):
        what = f"no such file or folder, got {value!r}; correct it, or give --{origin} FILE"
        mistakes.add(section, key, what)
    elif isinstance(value, str):
        try:
            regular(files[0])
        except OSError as exc:
            what = f"cannot be read, {exc.strerror}, got {value!r}; write what it gives into a file"
            mistakes.add(section, key, what)

"""Check that the corpora and saved pipelines that a config uses exist, before anything is built."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from kernel.config.block_tree import Block, Visitor, fold, follow_section
from kernel.config.fill import registered
from kernel.config.format import references
from kernel.config.rules.mistakes import Mistakes
from kernel.config.rules.signatures import Signature
from kernel.limits import must_exist
from kernel.system.files import files_named, regular


def check_data(filled: Mapping[str, Any], plain: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Report the missing files and folders among those that training reads.

    Args:
        filled: The config, not interpolated.
        plain: The same config, interpolated.
        mistakes: The mistakes are added to these.
    """
    training = follow_section(plain, "training")
    corpora = [training.get(key) for key in ("train_corpus", "dev_corpus")]
    for path in dict.fromkeys(path for path in corpora if isinstance(path, str)):
        fold(follow_section(plain, path), path, _PathCheck(filled, mistakes), None)
    for name, component in follow_section(plain, "components").items():
        if isinstance(component, Mapping):
            _check_pipeline(filled, f"components.{name}", "source", component.get("source"), mistakes)
    vectors = follow_section(plain, "initialize").get("vectors")
    _check_pipeline(filled, "initialize", "vectors", vectors, mistakes)


def _check_pipeline(
    filled: Mapping[str, Any], section: str, key: str, value: Any, mistakes: Mistakes
) -> None:
    """Check that a saved pipeline exists, as a path or as a package."""
    if not isinstance(value, str) or os.path.exists(value) or (value.isidentifier() and find_spec(value)):
        return
    section, _, key = references.origin(filled, section, key).rpartition(".")
    advice = "correct the path" + (", or install the package of this name" if value.isidentifier() else "")
    mistakes.add(section, key, f"there is no such saved pipeline, got {value!r}; {advice}")


class _PathCheck(Visitor[Any, Signature]):
    """Checks the arguments that must be files or folders; a context is the type of an argument, None elsewhere.

    Args:
        filled: The config, not interpolated.
        mistakes: The mistakes are added to these.
    """

    def __init__(self, filled: Mapping[str, Any], mistakes: Mistakes) -> None:
        self._filled = filled
        self._mistakes = mistakes

    def enter(self, block: Block, context: Any) -> Signature:
        func = registered(block.kind, block.name)
        return block.signature(func) if func is not None else Signature()

    def argument(self, block: Block, function: Signature, key: str) -> Any:
        return function.parameters[key].annotation if key in function.parameters else None

    def item(self, context: Any) -> None:
        return None

    def leaf(self, value: Any, path: str, context: Any) -> None:
        if must_exist(context) and not self._mistakes.is_spoilt(path):
            section, _, key = path.rpartition(".")
            _check_path(value, references.origin(self._filled, section, key), self._mistakes)


def _check_path(value: Any, origin: str, mistakes: Mistakes) -> None:
    section, _, key = origin.rpartition(".")
    if value is None or value == "":
        mistakes.add(section, key, f"no corpus is set, got {value!r}; pass --{origin} FILE")
    elif isinstance(value, str) and not (files := files_named(value)):
        what = f"no such file or folder, got {value!r}; correct it, or pass --{origin} FILE"
        mistakes.add(section, key, what)
    elif isinstance(value, str):
        try:
            regular(files[0])
        except OSError as exc:
            what = f"cannot be read, {exc.strerror}, got {value!r}; save its content to a file"
            mistakes.add(section, key, what)

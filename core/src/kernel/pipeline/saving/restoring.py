"""Load the parts of a saved pipeline into a pipeline with the same components."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kernel.config import Config, load_config
from kernel.config.block_tree import registered_names
from kernel.config.format.sources import address
from kernel.contracts.capabilities import is_trainable, offers_from_disk
from kernel.errors import CheckpointError, UnknownName
from kernel.pipeline.saving import integrity, user_code
from kernel.pipeline.saving.meta import checked_meta, differences
from kernel.pipeline.saving.saving import CONFIG_FILE, META_FILE, TOKENIZER, VOCAB
from kernel.registry import registry
from kernel.system.files import check_tree
from kernel.text.base import messages
from kernel.text.base.json_data import read_json
from kernel.text.base.shapes import check_shape

logger = logging.getLogger(__name__)

#: The shape of the data that `to_bytes` returns.
_PARTS = {
    "components": {str: bytes},
    "config?": bytes,
    "meta?": (str, bytes),
    "vocab?": bytes,
    "tokenizer?": bytes,
}


def from_disk(
    nlp: Any,
    path: str | os.PathLike[str],
    *,
    exclude: Iterable[str] = (),
    overrides: Mapping[str, Any] | None = None,
    verify: bool = True,
) -> None:
    """Load the parts of a saved pipeline into `nlp`.

    Args:
        nlp: The pipeline.
        path: The folder.
        exclude: Parts to leave unchanged.
        overrides: Config values by dotted path.
        verify: Whether to compare the files with the checksums in the pipeline's meta.

    Raises:
        CheckpointError: A part is missing or damaged.
    """
    folder, excluded = Path(path), set(exclude)
    if {"config", "meta"} <= excluded:
        read_parts(nlp, folder, excluded)
        return
    config, meta = read_description(folder, overrides or {})
    if "config" not in excluded:
        nlp.config = config
    if "meta" not in excluded:
        nlp.meta = integrity.without_checksums(meta)
    with verified(folder, meta, excluded, verify):
        read_parts(nlp, folder, excluded)


@contextmanager
def verified(folder: Path, meta: Mapping[str, Any], exclude: Collection[str], verify: bool) -> Iterator[None]:
    """Compare the files of a saved pipeline with their checksums while it is read.

    If reading fails and a file is damaged, the damage is reported instead of the failure.

    Args:
        folder: The pipeline's folder.
        meta: Its meta.
        exclude: Parts that are not read.
        verify: Whether to compare at all.

    Raises:
        CheckpointError: A file is damaged, missing, or was not saved with the others.
    """
    check = integrity.Check(folder, meta, exclude=exclude) if verify and integrity.is_recorded(meta) else None
    if check is not None and check.is_damaged:
        check.end()
    try:
        yield
    except Exception as error:
        if check is None or not (result := check.result()).damaged:
            raise
        raise CheckpointError(integrity.damage_of(folder, result)) from error
    if check is not None:
        check.end()


def read_parts(nlp: Any, folder: Path, exclude: Container[str]) -> None:
    """Load vocabulary, tokenizer and components from a saved pipeline's folder."""
    if VOCAB not in exclude:
        nlp.vocab.from_disk(_existing(folder / VOCAB, "the vocabulary"))
    if TOKENIZER not in exclude and offers_from_disk(nlp.tokenizer):
        nlp.tokenizer.from_disk(_existing(folder / TOKENIZER, "the tokenizer"))
    for name, component in nlp.components:
        if name in exclude or not offers_from_disk(component):
            continue
        if is_trainable(component):
            _existing(folder / name, f"the component {name!r}")
        component.from_disk(folder / name)


def from_bytes(nlp: Any, data: bytes, *, exclude: Iterable[str] = ()) -> None:
    """Load the parts of a pipeline from bytes."""
    excluded = set(exclude)
    try:
        parts = messages.unpack(data)
        check_shape(parts, _PARTS)
        meta = checked_meta(read_json(parts["meta"])) if "meta" in parts else None
    except ValueError as error:
        raise CheckpointError(
            f"pipeline: expected the output of to_bytes(), got {len(data)} bytes ({error}); write it again"
        ) from error
    components = parts["components"]
    if "config" in parts and "config" not in excluded:
        nlp.config = Config().from_bytes(parts["config"], interpolate=False)
    if meta is not None and "meta" not in excluded:
        nlp.meta = integrity.without_checksums(meta)
    if VOCAB in parts and VOCAB not in excluded:
        nlp.vocab.from_bytes(parts[VOCAB])
    if TOKENIZER in parts and TOKENIZER not in excluded:
        nlp.tokenizer.from_bytes(parts[TOKENIZER])
    for name, component in nlp.components:
        if name in components and name not in excluded:
            component.from_bytes(components[name])


def located(path: str | os.PathLike[str]) -> Path:
    """Return the folder of a saved pipeline, given its path or the name of an installed package; imports nothing."""
    folder = Path(path)
    if folder.exists() or not str(path).isidentifier():
        return folder
    spec = find_spec(str(path))
    locations = [Path(location) for location in (spec.submodule_search_locations or ())] if spec else []
    for location in locations:
        # The package holds the pipeline in a folder of its own, named with the version.
        inside = sorted(config.parent for config in location.glob(f"*/{CONFIG_FILE}"))
        if (location / CONFIG_FILE).is_file() or inside:
            return location if (location / CONFIG_FILE).is_file() else inside[-1]
    return folder


def check_files(folder: Path) -> None:
    """Check that the folder of a saved pipeline contains only regular files and folders.

    Raises:
        CheckpointError: It contains something else, which must not be read.
    """
    try:
        check_tree(folder)
    except OSError as error:
        raise CheckpointError(
            f"{error.filename}: cannot be read, {error.strerror}; save the pipeline again"
        ) from error


def read_description(folder: Path, overrides: Mapping[str, Any]) -> tuple[Config, dict[str, Any]]:
    """Read a saved pipeline's config and meta.

    Raises:
        CheckpointError: There is no saved pipeline, or its description is damaged.
    """
    if not folder.is_dir():
        is_package = str(folder).isidentifier() and find_spec(str(folder)) is not None
        got = "a file" if folder.exists() else "a package without one" if is_package else "nothing there"
        raise CheckpointError(
            f"{folder}: expected the folder of a saved pipeline, got {got}; check the path, or install the "
            "package of that name"
        )
    for file in (CONFIG_FILE, META_FILE):
        if not (folder / file).is_file():
            raise CheckpointError(
                f"{folder}: not a saved pipeline, {file} is missing; check the path, or train it again"
            )
    config = load_config(folder / CONFIG_FILE, overrides=dict(overrides), interpolate=False)
    try:
        meta = checked_meta(read_json((folder / META_FILE).read_bytes()))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"{folder / META_FILE}: damaged, {error}; save the pipeline again") from error
    if not isinstance(config.get("nlp"), Mapping):
        raise CheckpointError(
            f"{folder / CONFIG_FILE}: not a saved pipeline's, section [nlp] is missing; save it again"
        )
    return config, meta


@contextmanager
def explained(folder: Path, meta: Mapping[str, Any]) -> Iterator[None]:
    """Add to the error about an unknown name which distribution or file of code the pipeline was saved with."""
    absent, other = differences([line for line in meta.get("requirements", ()) if isinstance(line, str)])
    if other:
        logger.info("%s was saved with other versions: %s", folder, ", ".join(other))
    try:
        yield
    except UnknownName as error:
        message = _needs(folder, meta, error, absent)
        if not message and not absent:
            raise
        raise UnknownName(
            message
            or f"{folder}: {error}; the pipeline was saved with distributions that are not installed: "
            f"pip install {' '.join(absent)}"
        ) from error


def check_names(config: Config, exclude: Container[str]) -> None:
    """Check that all names in a saved pipeline's parts are registered, before anything is imported.

    Args:
        config: The saved config.
        exclude: Components that are not loaded.

    Raises:
        UnknownName: A name is not registered.
    """
    plain = config.interpolate()
    nlp, blocks = plain["nlp"], plain.get("components", {})
    names = nlp.get("pipeline", ())
    # Values of the wrong type are reported by the check of the config.
    names = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    parts = {
        name: blocks[name]
        for name in names
        if name not in exclude and isinstance(blocks, Mapping) and isinstance(blocks.get(name), Mapping)
    }
    named = [
        (f"components.{name}", "factory", block["factory"])
        for name, block in parts.items()
        if isinstance(block.get("factory"), str)
    ]
    blocks = registered_names({"nlp": nlp, "components": parts})
    named += [(each.section, f"@{each.kind}", each.name) for each in blocks]
    for section, key, name in named:
        kind = "factories" if key == "factory" else key[1:]
        try:
            registry.table(kind).entry(name)
        except UnknownName as error:
            raise error.at(address(config.sources, section, key)) from error


def _needs(folder: Path, meta: Mapping[str, Any], error: UnknownName, absent: list[str]) -> str:
    """Explain in one line where an unknown name came from; "" if that is not known, or is installed."""
    names = [
        one.name for one in (error, *error.errors) if isinstance(one, UnknownName) and one.name is not None
    ]
    for kind, name, origin in user_code.missing(meta):
        if name not in names[:1]:
            continue
        if origin.startswith(user_code.PREFIX):
            files = " ".join(
                f"--code {folder / user_code.FOLDER / file}" for file in meta.get(user_code.FOLDER, ())
            )
            return (
                f"{folder}: needs {name!r} of {kind} from {origin}, code that was saved with it and runs only on "
                f"request; use kernel.load({str(folder)!r}, code=True), or on the command line {files}"
            )
        if origin in absent:
            return f"{folder}: needs {name!r} of {kind} from {origin}, which is not installed; pip install {origin}"
    return ""


def _existing(path: Path, what: str) -> Path:
    if not path.exists():
        raise CheckpointError(
            f"{path}: {what} is missing from the saved pipeline; save it again, or exclude it"
        )
    return path

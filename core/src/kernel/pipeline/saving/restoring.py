"""A saved pipeline's parts back into a pipeline that has the same components."""

from __future__ import annotations

import logging
import os
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kernel.config import Config, load_config
from kernel.config.format.sources import describe
from kernel.errors import CheckpointError, UnknownName
from kernel.pipeline.saving import integrity, user_code
from kernel.pipeline.saving.meta import checked_meta, differences
from kernel.pipeline.saving.saving import CONFIG_FILE, META_FILE, TOKENIZER, VOCAB
from kernel.registry import promises, registry
from kernel.system.files import check_tree
from kernel.text.base import messages
from kernel.text.base.jsonvalues import read_json
from kernel.text.vectors.shapes import check_shape

logger = logging.getLogger(__name__)

#: What `to_bytes` gives.
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
    """Read the parts of a saved pipeline.

    Args:
        nlp: The pipeline.
        path: The folder.
        exclude: Parts to leave as they are.
        overrides: Dotted path to value, for the config.
        verify: Whether files are compared with the checksums in the pipeline's meta.

    Raises:
        CheckpointError: A part is missing or damaged.
    """
    folder, left_out = Path(path), set(exclude)
    if {"config", "meta"} <= left_out:
        read_parts(nlp, folder, left_out)
        return
    config, meta = read_description(folder, overrides or {})
    if "config" not in left_out:
        nlp.config = config
    if "meta" not in left_out:
        nlp.meta = integrity.without_checksums(meta)
    with verified(folder, meta, left_out, verify):
        read_parts(nlp, folder, left_out)


@contextmanager
def verified(folder: Path, meta: Mapping[str, Any], exclude: Collection[str], verify: bool) -> Iterator[None]:
    """Compare the files of a saved pipeline with their checksums while it is read.

    Damage is told rather than what came of it.

    Args:
        folder: The pipeline.
        meta: What its meta says.
        exclude: Parts that are not read.
        verify: Whether there is anything to do.

    Raises:
        CheckpointError: A file is damaged, missing, or one too many.
    """
    check = integrity.Check(folder, meta, exclude=exclude) if verify and integrity.is_recorded(meta) else None
    if check is not None and check.is_damaged:
        check.end()
    try:
        yield
    except Exception as error:
        if check is None or not (found := check.result()).damaged:
            raise
        raise CheckpointError(integrity.damage_of(folder, found)) from error
    if check is not None:
        check.end()


def read_parts(nlp: Any, folder: Path, left_out: Container[str]) -> None:
    """Read vocabulary, tokenizer and components from a saved pipeline's folder."""
    if VOCAB not in left_out:
        nlp.vocab.from_disk(_existing(folder / VOCAB, "the vocabulary"))
    if TOKENIZER not in left_out and hasattr(nlp.tokenizer, "from_disk"):
        nlp.tokenizer.from_disk(_existing(folder / TOKENIZER, "the tokenizer"))
    for name, component in nlp.components:
        if name in left_out or not hasattr(component, "from_disk"):
            continue
        if getattr(component, "is_trainable", False):
            _existing(folder / name, f"the component {name!r}")
        component.from_disk(folder / name)


def from_bytes(nlp: Any, data: bytes, *, exclude: Iterable[str] = ()) -> None:
    """Read the parts of a pipeline from bytes."""
    left_out = set(exclude)
    try:
        parts = messages.unpack(data)
        check_shape(parts, _PARTS)
        meta = checked_meta(read_json(parts["meta"])) if "meta" in parts else None
    except ValueError as error:
        raise CheckpointError(
            f"pipeline: not what to_bytes() gave, got {len(data)} bytes ({error}); write it again"
        ) from error
    components = parts["components"]
    if "config" in parts and "config" not in left_out:
        nlp.config = Config().from_bytes(parts["config"], interpolate=False)
    if meta is not None and "meta" not in left_out:
        nlp.meta = integrity.without_checksums(meta)
    if VOCAB in parts and VOCAB not in left_out:
        nlp.vocab.from_bytes(parts[VOCAB])
    if TOKENIZER in parts and TOKENIZER not in left_out:
        nlp.tokenizer.from_bytes(parts[TOKENIZER])
    for name, component in nlp.components:
        if name in components and name not in left_out:
            component.from_bytes(components[name])


def located(path: str | os.PathLike[str]) -> Path:
    """Find a saved pipeline: the folder, or the one inside an installed package of that name, which is not imported."""
    folder = Path(path)
    if folder.exists() or not str(path).isidentifier():
        return folder
    found = find_spec(str(path))
    places = [Path(place) for place in (found.submodule_search_locations or ())] if found else []
    for place in places:
        # The package has the pipeline in a folder of its own, which carries the version.
        inside = sorted(config.parent for config in place.glob(f"*/{CONFIG_FILE}"))
        if (place / CONFIG_FILE).is_file() or inside:
            return place if (place / CONFIG_FILE).is_file() else inside[-1]
    return folder


def check_files(folder: Path) -> None:
    """See that a saved pipeline is made of files.

    Raises:
        CheckpointError: There is something else in its folder, which no part of it may be read from.
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
            "package that is meant"
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
    """Say, when a name is missing, which distribution or which file of code the pipeline was saved with."""
    absent, other = differences([line for line in meta.get("requirements", ()) if isinstance(line, str)])
    if other:
        logger.info("%s was saved with other versions: %s", folder, ", ".join(other))
    try:
        yield
    except UnknownName as error:
        message = _needs(folder, meta, str(error), absent)
        if not message and not absent:
            raise
        raise UnknownName(
            message
            or f"{folder}: {error}; it was saved with distributions that are not installed: "
            f"pip install {' '.join(absent)}"
        ) from error


def check_names(config: Config, exclude: Container[str]) -> None:
    """See that everything that a saved pipeline's parts name is registered, before any of it is imported.

    Args:
        config: The saved config.
        exclude: Components that are not loaded.

    Raises:
        UnknownName: Nobody registers a name.
    """
    plain = config.interpolate()
    nlp, blocks = plain["nlp"], plain.get("components", {})
    names = nlp.get("pipeline", ())
    # What is none of the kind that it should be is for the check to say.
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
    for section, key, name in [*named, *promises({"nlp": nlp, "components": parts})]:
        kind = "factories" if key == "factory" else key[1:]
        try:
            registry.table(kind).entry(name)
        except UnknownName as error:
            reason = str(error).removeprefix(f"{kind}: ")
            raise UnknownName(f"{describe(config.sources, section, key)} {reason}") from error


def _needs(folder: Path, meta: Mapping[str, Any], error: str, absent: list[str]) -> str:
    """Say in one line what gives the name that an error is about; "" when that is not known, or is installed."""
    for kind, name, giver in user_code.missing(meta):
        if not error.partition("unknown name ")[2].startswith(repr(name)):
            continue
        if giver.startswith(user_code.PREFIX):
            files = " ".join(
                f"--code {folder / user_code.FOLDER / file}" for file in meta.get(user_code.FOLDER, ())
            )
            return (
                f"{folder}: needs {name!r} of {kind} from {giver}, code that was saved with it and runs only when "
                f"asked for; kernel.load({str(folder)!r}, code=True), or on the command line {files}"
            )
        if giver in absent:
            return f"{folder}: needs {name!r} of {kind} from {giver}, which is not installed; pip install {giver}"
    return ""


def _existing(path: Path, what: str) -> Path:
    if not path.exists():
        raise CheckpointError(
            f"{path}: {what} is missing from the saved pipeline; save it again, or exclude it"
        )
    return path

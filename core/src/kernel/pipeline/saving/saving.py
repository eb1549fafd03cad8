"""Save a pipeline to a folder or to bytes: config, meta, tokenizer, vocabulary and one part per component.

The folder also holds the user's own files that the pipeline needs (`user_code.py`).

The folder is written under a temporary name next to its target and then renamed, so a partial pipeline is never
visible. Its meta holds the checksums of its files, see `integrity.py`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import srsly

from kernel import __version__
from kernel.config.rules.component_names import misnomer
from kernel.contracts.capabilities import offers_to_bytes, offers_to_disk
from kernel.errors import CheckpointError
from kernel.pipeline.saving import integrity, user_code
from kernel.pipeline.saving.integrity import CONFIG_FILE as CONFIG_FILE
from kernel.pipeline.saving.integrity import META_FILE as META_FILE
from kernel.pipeline.saving.meta import functions, requirements
from kernel.system.checksums import extra_files
from kernel.system.files import copy_tree, followed, reason, replaced_folder
from kernel.text.base import messages
from kernel.text.base.json_data import read_json

TOKENIZER = "tokenizer"
VOCAB = "vocab"


def to_disk(nlp: Any, path: str | os.PathLike[str], *, exclude: Iterable[str] = ()) -> None:
    """Save a pipeline to a folder.

    An existing pipeline is replaced; files that do not belong to it are kept.

    Raises:
        CheckpointError: The folder cannot be written.
    """
    target = Path(path).absolute()
    if target.exists() and not target.is_dir():
        raise CheckpointError(
            f"{path}: expected a folder to save the pipeline in, got a file; choose another path"
        )
    try:
        target = followed(target)
        _check_replaceable(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with replaced_folder(target) as new:
            _write(nlp, new, set(exclude))
            _keep_others(target, new)
    except OSError as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"{path}: the pipeline cannot be saved, {reason(error)}") from error


def to_bytes(nlp: Any, *, exclude: Iterable[str] = ()) -> bytes:
    """Serialize a pipeline to bytes, with the same parts as the folder."""
    excluded = set(exclude)
    parts: dict[str, Any] = {}
    if "config" not in excluded:
        parts["config"] = nlp.config.to_bytes()
    if "meta" not in excluded:
        parts["meta"] = srsly.json_dumps(full_meta(nlp))
    if TOKENIZER not in excluded and offers_to_bytes(nlp.tokenizer):
        parts[TOKENIZER] = nlp.tokenizer.to_bytes()
    if VOCAB not in excluded:
        parts[VOCAB] = nlp.vocab.to_bytes()
    parts["components"] = {
        name: component.to_bytes()
        for name, component in nlp.components
        if name not in excluded and offers_to_bytes(component)
    }
    return messages.pack(parts)


def full_meta(nlp: Any) -> dict[str, Any]:
    """Return a pipeline's meta with the distributions and files of code that it needs."""
    files = user_code.needed(nlp)
    saved_as = {one.path: f"{user_code.PREFIX}{name}" for name, one in files.items()}
    facts = {
        **nlp.meta,
        "kernel_version": __version__,
        "requirements": requirements(nlp.config),
        "functions": functions(nlp.config, saved_as),
    }
    for key in (user_code.FOLDER, *integrity.KEYS):
        facts.pop(key, None)
    return {**facts, user_code.FOLDER: {name: one.sha256 for name, one in files.items()}} if files else facts


def _write(nlp: Any, folder: Path, exclude: set[str]) -> None:
    if "config" not in exclude:
        nlp.config.to_disk(folder / CONFIG_FILE)
    if "meta" not in exclude:
        user_code.write({} if user_code.FOLDER in exclude else user_code.needed(nlp), folder)
    if TOKENIZER not in exclude and offers_to_disk(nlp.tokenizer):
        nlp.tokenizer.to_disk(folder / TOKENIZER)
    for name, component in nlp.components:
        if name not in exclude and offers_to_disk(component):
            component.to_disk(folder / name)
    if VOCAB not in exclude:
        nlp.vocab.to_disk(folder / VOCAB)
    if "meta" not in exclude:
        facts = srsly.json_loads(srsly.json_dumps(full_meta(nlp)))
        srsly.write_json(folder / META_FILE, integrity.with_checksums(facts, folder))


def _check_replaceable(target: Path) -> None:
    if target.is_dir() and os.path.samefile(target, os.curdir):
        raise CheckpointError(
            f"{target}: this is the working directory, which saving would replace; choose a folder inside it"
        )


def _keep_others(target: Path, new: Path) -> None:
    """Copy the files that do not belong to the old pipeline into the new folder.

    Raises:
        CheckpointError: One of them has the name of a part of the new pipeline.
    """
    meta = _meta_of(target)
    owned = _owned(meta)
    for entry in target.iterdir() if target.exists() else ():
        if not (new / entry.name).exists():
            if entry.name not in owned:
                _copy(entry, new / entry.name)
        elif entry.name not in owned and (new / META_FILE).exists():
            raise CheckpointError(
                f"{entry}: not part of a saved pipeline, and saving would replace it; move it, or choose another folder"
            )
    files = meta.get(integrity.FILES)
    for path in extra_files(target, files, owned) if isinstance(files, dict) else ():
        if not (new / path).exists() and (new / path).parent.is_dir():
            shutil.copy2(target / path, new / path, follow_symlinks=False)


def _meta_of(folder: Path) -> dict[str, Any]:
    """Return the meta of the pipeline saved in a folder; empty if there is none."""
    try:
        meta = read_json((folder / META_FILE).read_bytes())
    except (OSError, ValueError):
        return {}
    # Other programs use these file names too.
    is_own = (folder / CONFIG_FILE).is_file() and isinstance(meta, dict) and "kernel_version" in meta
    return meta if is_own else {}


def _owned(meta: Mapping[str, Any]) -> set[str]:
    """Return the entries of a folder that belong to the pipeline with this meta."""
    if not meta:
        return set()
    named = meta.get("components")
    components = [name for name in named if not misnomer(name)] if isinstance(named, list) else []
    own_code = [user_code.FOLDER] if meta.get(user_code.FOLDER) else []
    return {CONFIG_FILE, META_FILE, TOKENIZER, VOCAB, *own_code, *components}


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        target.mkdir()
        copy_tree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)

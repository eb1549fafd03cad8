"""The user's own files that a pipeline needs: saved in its folder, and run again only on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.config.code import Code, import_source, imported_code
from kernel.errors import CheckpointError
from kernel.pipeline.saving.meta import named
from kernel.registry import registry

#: The subfolder of a saved pipeline, and the key in its meta: file names to checksums, in order of import.
FOLDER = "code"
#: The prefix of a file name where the meta records the origin of a registered name.
PREFIX = f"{FOLDER}/"


def needed(nlp: Any) -> dict[str, Code]:
    """Return the files that a pipeline needs, by the names that they are saved under.

    These are the files it was trained or loaded with, and those that register a name in its config.
    """
    owners = {owner.file for _, _, owner in named(nlp.config)}
    own = [code for code in imported_code() if code.path in owners]
    files: dict[str, Code] = {}
    seen: set[str] = set()
    for code in (*nlp.code, *own):
        if code.sha256 not in seen:
            seen.add(code.sha256)
            files[_free_name(Path(code.path).name, files)] = code
    return files


def write(files: Mapping[str, Code], folder: Path) -> None:
    """Write the files into a pipeline's folder."""
    if files:
        (folder / FOLDER).mkdir(exist_ok=True)
    for name, code in files.items():
        (folder / FOLDER / name).write_bytes(code.source)


def read(folder: Path, meta: Mapping[str, Any]) -> list[Code]:
    """Read the files of a saved pipeline, without running them.

    Raises:
        CheckpointError: A file is missing, or has changed since it was saved.
    """
    sums = meta.get(FOLDER)
    return (
        [_read(folder, name, checksum) for name, checksum in sums.items()]
        if isinstance(sums, Mapping)
        else []
    )


def _read(folder: Path, name: str, checksum: str) -> Code:
    path = folder / FOLDER / name
    if Path(name).name != name or not path.is_file():
        raise CheckpointError(
            f"{path}: code of the pipeline is missing; restore the file, or load it with exclude=['code']"
        )
    code = Code(str(path.resolve()), path.read_bytes())
    if code.sha256 != checksum:
        raise CheckpointError(
            f"{path}: changed since the pipeline was saved, got sha256 {code.sha256[:12]} instead of "
            f"{str(checksum)[:12]}; restore the saved file, or load it with exclude=['code'] after importing yours"
        )
    return code


def is_registered(meta: Mapping[str, Any]) -> bool:
    """Return whether everything that a saved pipeline's files register is registered already."""
    return not missing(meta, PREFIX)


def missing(meta: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str, str]]:
    """List the names that a saved pipeline uses and that are not registered here.

    Args:
        meta: The saved pipeline's meta.
        prefix: List only names whose origin starts with this.

    Returns:
        Kind, name and origin: a pinned distribution, or a file.
    """
    functions = meta.get("functions")
    return [
        (kind, name, str(origin))
        for kind, names in (functions.items() if isinstance(functions, Mapping) else ())
        for name, origin in names.items()
        if str(origin).startswith(prefix) and not registry.has(kind, name)
    ]


def run(files: Sequence[Code]) -> None:
    """Import the files, except those whose identical content has been imported already."""
    for code in files:
        if code.sha256 not in {imported.sha256 for imported in imported_code()}:
            import_source(code)


def _free_name(name: str, taken: Iterable[str]) -> str:
    stem, number = Path(name).stem, 2
    while name in taken:
        name, number = f"{stem}_{number}.py", number + 1
    return name

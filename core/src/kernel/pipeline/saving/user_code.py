"""The user's own files that a pipeline needs: saved in its folder, and run again only when that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kernel.config.code import Code, import_source, imported_code
from kernel.errors import CheckpointError
from kernel.pipeline.saving.meta import named
from kernel.registry import registry

#: The folder in a saved pipeline's, and the key in its meta: file names to checksums, in the order of importing.
FOLDER = "code"
#: What stands before the name of a file where meta says who gives a registered name.
PREFIX = f"{FOLDER}/"


def needed(nlp: Any) -> dict[str, Code]:
    """Find the files that a pipeline needs, by the names that they are saved under.

    They are those it was trained with or loaded with, and those that give a name of its config.
    """
    owners = {owner.file for _, _, owner in named(nlp.config)}
    own = [code for code in imported_code() if code.path in owners]
    files: dict[str, Code] = {}
    held: set[str] = set()
    for code in (*nlp.code, *own):
        if code.sha256 not in held:
            held.add(code.sha256)
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
        CheckpointError: One is missing, or is not the one that was saved.
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
            f"{path}: code of the pipeline is missing; put the file back, or load it with exclude=['code']"
        )
    code = Code(str(path.resolve()), path.read_bytes())
    if code.sha256 != checksum:
        raise CheckpointError(
            f"{path}: changed since the pipeline was saved, got sha256 {code.sha256[:12]} instead of "
            f"{str(checksum)[:12]}; put the saved file back, or load it with exclude=['code'] after importing yours"
        )
    return code


def is_given(meta: Mapping[str, Any]) -> bool:
    """Whether everything that a saved pipeline's files register is registered already."""
    return not missing(meta, PREFIX)


def missing(meta: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str, str]]:
    """List what a saved pipeline names and nobody registers here.

    Args:
        meta: The saved pipeline's.
        prefix: Only what was given by something that begins so.

    Returns:
        Kind, name and who gave it: a distribution at its version, or a file.
    """
    functions = meta.get("functions")
    return [
        (kind, name, str(giver))
        for kind, names in (functions.items() if isinstance(functions, Mapping) else ())
        for name, giver in names.items()
        if str(giver).startswith(prefix) and not registry.has(kind, name)
    ]


def run(files: Sequence[Code]) -> None:
    """Import the files, but for those whose very text has been imported from elsewhere."""
    for code in files:
        if code.sha256 not in {known.sha256 for known in imported_code()}:
            import_source(code)


def _free_name(name: str, taken: Iterable[str]) -> str:
    stem, number = Path(name).stem, 2
    while name in taken:
        name, number = f"{stem}_{number}.py", number + 1
    return name

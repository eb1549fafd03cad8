"""Find the files of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kernel.errors import DataError
from kernel.system.files import files_named, regular

_COMPRESSED = ".gz"
#: The extension of quarantine files, which are stored beside their corpus and not part of it.
_QUARANTINE = ".invalid.jsonl"
_HOW = "pass --paths.train FILE (or --paths.dev FILE), or write the path into [paths]"


def checked_path(path: str | Path | None) -> Path:
    """Check that the path of a corpus exists, or that a pattern such as `data/*.jsonl` matches files, and return it.

    Raises:
        DataError: No path is set, or it does not exist.
    """
    if path is None or not str(path):
        raise DataError(f"path: no corpus is given, got {path!r:.80}; {_HOW}")
    files = files_named(path)
    if not files:
        raise DataError(f"path: no such file or folder, got {str(path)!r}; {_HOW}")
    try:
        regular(files[0])
    except OSError as exc:
        raise DataError(
            f"path: cannot be read, {exc.strerror}, got {str(path)!r}; write its contents to a file"
        ) from exc
    return Path(path)


def corpus_files(path: str | Path, *endings: str) -> list[Path]:
    """Return the files of a corpus: the file itself, those that match a pattern, or all in a folder and its subfolders.

    From a folder, take the files with the first extension or, if there are none, those with any of them. Files and
    folders whose names begin with a dot are skipped. If there are several extensions, `.gz` may follow any of them.

    Raises:
        DataError: There are no such files.
    """
    root = checked_path(path)
    if not root.is_dir():
        files = [file for file in files_named(root) if file == root or not file.name.endswith(_QUARANTINE)]
        wrong = next((file for file in files if ending_of(file, endings) is None), None)
        if wrong is not None:
            expected = ", ".join(endings)
            raise DataError(
                f"{wrong}: expected a file ending in {expected}, got {wrong.suffix!r:.80}; "
                "create one with kernel convert"
            )
        return files
    inside = [file for file in sorted(root.rglob("*")) if ending_of(file, endings) and file.is_file()]
    visible = [file for file in inside if not any(part[0] == "." for part in file.relative_to(root).parts)]
    files = [file for file in visible if not file.name.endswith(_QUARANTINE)]
    if not files:
        raise DataError(f"{root}: no file in this folder ends in {', '.join(endings)}; use another folder")
    return [file for file in files if file.suffix == endings[0]] or files


def ending_of(file: Path, endings: Sequence[str]) -> str | None:
    """Return the extension that a file has, or None if it has none of these."""
    suffix = file.suffix
    if suffix == _COMPRESSED and len(endings) > 1:
        suffix = Path(file.stem).suffix
    return suffix if suffix in endings else None

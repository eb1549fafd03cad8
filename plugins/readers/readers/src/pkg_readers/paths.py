"""Which files a corpus is made of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kernel.errors import DataError
from kernel.system.files import files_named, regular

_COMPRESSED = ".gz"
#: What a quarantine is called; it lies beside its corpus and is no part of it.
_SET_ASIDE = ".invalid.jsonl"
_HOW = "pass --paths.train FILE (or --paths.dev FILE), or write the path into [paths]"


def given_path(path: str | Path | None) -> Path:
    """See that a corpus has a path that exists, or a pattern such as `data/*.jsonl` that finds files.

    Raises:
        DataError: It has none, or there is nothing.
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
            f"path: cannot be read, {exc.strerror}, got {str(path)!r}; write what it gives into a file"
        ) from exc
    return Path(path)


def corpus_files(path: str | Path, *endings: str) -> list[Path]:
    """List the files of a corpus: the file itself, those that a pattern finds, or all in a folder and below it.

    Of a folder those with the first ending are taken, or, where it has none, those with any of them. Files and folders
    whose name begins with a dot are passed over; behind any ending may stand `.gz`, where there are several.

    Raises:
        DataError: There is no such file.
    """
    root = given_path(path)
    if not root.is_dir():
        files = [file for file in files_named(root) if file == root or not file.name.endswith(_SET_ASIDE)]
        wrong = next((file for file in files if ending_of(file, endings) is None), None)
        if wrong is not None:
            wanted = ", ".join(endings)
            raise DataError(
                f"{wrong}: expected a file ending in {wanted}, got {wrong.suffix!r:.80}; make one with kernel convert"
            )
        return files
    inside = [file for file in sorted(root.rglob("*")) if ending_of(file, endings) and file.is_file()]
    seen = [file for file in inside if not any(part[0] == "." for part in file.relative_to(root).parts)]
    files = [file for file in seen if not file.name.endswith(_SET_ASIDE)]
    if not files:
        raise DataError(f"{root}: no file in this folder ends in {', '.join(endings)}; give another folder")
    return [file for file in files if file.suffix == endings[0]] or files


def ending_of(file: Path, endings: Sequence[str]) -> str | None:
    """Which of some endings a file has."""
    suffix = file.suffix
    if suffix == _COMPRESSED and len(endings) > 1:
        suffix = Path(file.stem).suffix
    return suffix if suffix in endings else None

"""Which files a corpus is made of."""

from __future__ import annotations

from pathlib import Path

from kernel.errors import DataError

_HOW = "pass --paths.train FILE (or --paths.dev FILE), or write the path into [paths]"


def given_path(path: str | Path | None) -> Path:
    """See that a corpus has a path that exists.

    Raises:
        DataError: It has none, or there is nothing.
    """
    if path is None or not str(path):
        raise DataError(f"path: no corpus is given, got {path!r}; {_HOW}")
    found = Path(path)
    if not found.exists():
        raise DataError(f"path: no such file or folder, got {str(path)!r}; {_HOW}")
    return found


def corpus_files(path: str | Path, *endings: str) -> list[Path]:
    """List the files of a corpus: the file itself, or all with these endings in a folder and below it.

    Files and folders whose name begins with a dot are passed over.

    Raises:
        DataError: There is no such file.
    """
    root = given_path(path)
    if root.is_file():
        if root.suffix not in endings:
            wanted = " or ".join(endings)
            raise DataError(
                f"{root}: expected a file ending in {wanted}, got {root.suffix!r}; make one with kernel convert"
            )
        return [root]
    inside = (file for file in sorted(root.rglob("*")) if file.suffix in endings and file.is_file())
    files = [file for file in inside if not any(part[0] == "." for part in file.relative_to(root).parts)]
    if not files:
        raise DataError(f"{root}: no file in this folder ends in {' or '.join(endings)}; give another folder")
    return files

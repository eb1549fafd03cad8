"""Write files and folders atomically: all renaming, swapping and flushing to disk happens here.

Everything is written to a temporary file or folder beside its target (`.model-last-k3v_x91a.part`), flushed, and then
renamed. If the process is killed, either the old or the new version exists, and perhaps a temporary one, which
`clear_leftovers` removes if its name belongs to one of the given targets.
"""

from __future__ import annotations

import ctypes
import errno
import glob
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

#: Suffixes of temporary names: what is being written, and what was moved out of the way.
PART, OLD = ".part", ".old"
# The name of the target, and what `tempfile` adds to it.
_LEFTOVER = re.compile(r"\.(?P<target>.+)-[a-z0-9_]{8}\.(part|old)", re.DOTALL)

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

# Arguments of renameat2(2): relative to the working directory, and exchange two existing paths.
_HERE, _EXCHANGE = -100, 2


def files_named(path: str | Path) -> list[Path]:
    """Return the file or folder at a path or, if it does not exist, the files that match it as a glob pattern.

    Returns:
        The paths, sorted; empty if there are none.
    """
    if Path(path).exists():
        return [Path(path)]
    pattern = str(path)
    if not set("*?[") & set(pattern):
        return []
    return sorted(Path(name) for name in glob.glob(pattern, recursive=True) if Path(name).is_file())


def regular(path: str | os.PathLike[str], *, streams: bool = False) -> Path:
    """Check that a path is not a pipe, socket or device: opening a pipe blocks, and a device may be endless.

    Args:
        path: The path; it need not exist.
        streams: Whether to allow an open pipe or a terminal, such as `<(command)` and `/dev/stdin`.

    Returns:
        The path.

    Raises:
        OSError: It is a pipe, socket or device.
    """
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return Path(path)  # opening it gives a better error
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "")
    if not kind or (streams and _is_stream(path, mode)):
        return Path(path)
    raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def check_tree(folder: Path) -> None:
    """Check that a folder contains only files, folders and links to them.

    Raises:
        OSError: It contains a pipe, socket or device.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            regular(os.path.join(parent, name))


def write_whole(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file atomically: at any moment it has either the old or the new contents.

    Args:
        path: The file. For a link, its target is written. To a pipe or device, the bytes are written directly.
        data: All bytes, or pieces of them.

    Raises:
        OSError: It cannot be written; the old contents are unchanged.
    """
    path = followed(path)
    if _is_special(path):
        _write_special(path, data)
        return
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines((data,) if isinstance(data, bytes) else data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    flush(path.parent)


@contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Replace a folder atomically with a new one.

    Yields:
        An empty temporary folder to write to. When the block ends, it is flushed and replaces `target`, or the folder
        that a link there points to. If the block raises, nothing is changed.

    Raises:
        OSError: Something cannot be written.
    """
    target = followed(target)
    new = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-", suffix=PART))
    try:
        new.chmod(0o777 & ~_umask())
        yield new
        flush_tree(new)
        _put_in_place(new, target)
        flush(target.parent)
    finally:
        # It now contains the old version after a swap, or an unfinished new one.
        _remove(new)


def followed(path: Path) -> Path:
    """Return the target of a link, or the path itself if it is not a link.

    Raises:
        OSError: The link is broken.
    """
    if not path.is_symlink():
        return path
    if not path.exists():
        raise OSError(errno.ENOENT, f"it is a broken link, to {os.readlink(path)!r}", str(path))
    return Path(os.path.realpath(path))


def put_file(part: Path, path: Path) -> None:
    """Rename a temporary file to its final name, replacing an existing file.

    Raises:
        OSError: There is something other than a file.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "it is not a file, so it cannot be replaced", str(path))
    os.replace(part, path)


def copy_tree(source: Path, target: Path, *, symlinks: bool = False) -> None:
    """Copy the contents of a folder to an empty one.

    Args:
        source: The folder.
        target: The empty folder.
        symlinks: Whether to copy links as links.

    Raises:
        OSError: The first entry that could not be copied.
    """
    with os.scandir(source) as entries:
        for entry in entries:
            copy = target / entry.name
            if entry.is_dir() and not (symlinks and entry.is_symlink()):
                copy.mkdir()
                copy_tree(Path(entry.path), copy, symlinks=symlinks)
            else:
                shutil.copy2(entry.path, copy, follow_symlinks=not symlinks)


def reason(exc: OSError) -> str:
    """Return the reason of an error; for a broken link this is clearer than the system's message."""
    for path in (exc.filename, *Path(os.fsdecode(exc.filename)).parents) if exc.filename else ():
        if isinstance(exc, (FileExistsError, NotADirectoryError)) and os.path.islink(path):
            try:
                followed(Path(os.fsdecode(path)))
            except OSError as link:
                return str(link.strerror)
    return exc.strerror or str(exc)


def remove_folder(path: Path) -> None:
    """Remove a folder atomically: it is renamed first, so it never exists half-removed."""
    trash = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-", suffix=PART))
    path.rename(trash / path.name)
    shutil.rmtree(trash, ignore_errors=True)


def clear_leftovers(folder: Path, places: re.Pattern[str]) -> None:
    """Remove temporary files and folders left by a killed process, and restore what it had moved out of the way.

    Args:
        folder: The folder.
        places: Matches the names of the targets; temporary names of other targets are left alone.
    """
    leftovers = [path for path in folder.iterdir() if is_leftover(path.name, places)]
    for path in sorted(leftovers, key=lambda path: not path.name.endswith(OLD)):
        target = path.with_name(path.name[1:].rpartition("-")[0])
        if path.name.endswith(OLD) and not os.path.lexists(target):
            path.rename(target)
        else:
            _remove(path)


def is_leftover(name: str, places: re.Pattern[str]) -> bool:
    """Return whether a name is a temporary name of one of the targets.

    Args:
        name: The name.
        places: Matches the names of the targets.
    """
    match = _LEFTOVER.fullmatch(name)
    return match is not None and places.fullmatch(match["target"]) is not None


def _remove(path: Path) -> None:
    """Remove a file, a folder or a link, but not the target of a link, ignoring errors."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Flush a file, or the entries of a folder, to disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """Flush a folder and everything in it to disk."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            if not os.path.islink(path := os.path.join(parent, name)):
                flush(Path(path))
        flush(Path(parent))


def _put_in_place(new: Path, target: Path) -> None:
    if not target.exists():
        new.rename(target)
        return
    if _exchange(new, target):
        return
    # In two steps; if interrupted between them, `clear_leftovers` restores the old version.
    old = new.with_name(new.name.removesuffix(PART) + OLD)
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two paths atomically, if the system supports it."""
    try:
        swap = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _is_stream(path: str | os.PathLike[str], mode: int) -> bool:
    # An anonymous pipe is already open, so reading it does not wait for a writer to open it.
    if stat.S_ISFIFO(mode):
        return not os.path.exists(os.path.realpath(path))
    if not stat.S_ISCHR(mode):
        return False
    with open(path, "rb", buffering=0) as file:
        return file.isatty()


def _is_special(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _write_special(path: Path, data: bytes | Iterable[bytes]) -> None:
    # Non-blocking, so that opening a pipe without a reader fails.
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as file:
        file.writelines((data,) if isinstance(data, bytes) else data)


def _umask() -> int:
    # `tempfile` creates files for the owner only; final files get the usual permissions.
    current = os.umask(0)
    os.umask(current)
    return current

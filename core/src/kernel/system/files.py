"""Writing so that nothing is lost: the one place that renames, swaps and flushes to the disk; and what a path names.

Everything is written beside its place, under a name of its own (`.model-last-k3v_x91a.part`), flushed, and only then
put into its place. A process that is killed leaves the old thing or the new one, and perhaps a part, which
`clear_leftovers` removes: only where it is called so and belongs to one of the places that it is told of.
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

#: Ends the names of what is being written, and of what made room for it.
PART, OLD = ".part", ".old"
# The place, and what `tempfile` makes of it.
_LEFTOVER = re.compile(r"\.(?P<place>.+)-[a-z0-9_]{8}\.(part|old)", re.DOTALL)

_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

# Of renameat2(2): paths relative to the working directory, and both names exist and change places.
_HERE, _EXCHANGE = -100, 2


def files_named(path: str | Path) -> list[Path]:
    """List what a path names: the file or folder itself, or, where there is none, the files of a pattern with `*`.

    Returns:
        The paths in the order of their names; none where there is nothing.
    """
    found = Path(path)
    if found.exists():
        return [found]
    pattern = str(path)
    if not set("*?[") & set(pattern):
        return []
    return sorted(Path(name) for name in glob.glob(pattern, recursive=True) if Path(name).is_file())


def regular(path: str | os.PathLike[str], *, streams: bool = False) -> Path:
    """See that a path names a file, if anything: opening a pipe waits for a writer, and a device may have no end.

    Args:
        path: The path.
        streams: Whether an open pipe or a terminal will do, as `<(command)` and `/dev/stdin` are.

    Returns:
        The path.

    Raises:
        OSError: It names something else.
    """
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return Path(path)  # whoever opens it knows better what to say
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "")
    if not kind or (streams and _is_stream(path, mode)):
        return Path(path)
    raise OSError(errno.EINVAL, f"it is {kind}, not a file", str(path))


def check_tree(folder: Path) -> None:
    """See that a folder holds files, folders and links to such, and nothing that reading would wait for.

    Raises:
        OSError: There is something else.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            regular(os.path.join(parent, name))


def write_whole(path: Path, data: bytes | Iterable[bytes]) -> None:
    """Write a file so that it holds the old or the new bytes at any moment.

    Args:
        path: The file. Where it is a link, the file that this leads to is written; what is no file, such as a pipe or
            a device, takes the bytes as they come.
        data: All bytes, or pieces of them.

    Raises:
        OSError: It cannot be written; what was there is as it was.
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
    """Fill a folder beside its place, then put it there whole.

    Yields:
        An empty folder to write into. When the block ends well it is flushed and takes the place of what stands at
        `target`, or of the folder that a link there leads to; when it raises, nothing has changed.

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
        # What stood there before is here now, or what could not be finished.
        _remove(new)


def followed(path: Path) -> Path:
    """Follow a link to what is to be written.

    Raises:
        OSError: It leads nowhere.
    """
    if not path.is_symlink():
        return path
    if not path.exists():
        raise OSError(errno.ENOENT, f"it is a link that leads nowhere, to {os.readlink(path)!r}", str(path))
    return Path(os.path.realpath(path))


def put_file(part: Path, path: Path) -> None:
    """Put a file that was written beside its place there.

    Raises:
        OSError: Something other than a file has the place.
    """
    if path.exists() and not path.is_file():
        raise OSError(errno.EEXIST, "it is no file, which could be replaced", str(path))
    os.replace(part, path)


def copy_tree(source: Path, target: Path, *, symlinks: bool = False) -> None:
    """Copy what is in a folder into an empty one.

    Args:
        source: The folder.
        target: The empty one.
        symlinks: Whether links stay links.

    Raises:
        OSError: The first thing that could not be copied.
    """
    with os.scandir(source) as entries:
        for entry in entries:
            place = target / entry.name
            if entry.is_dir() and not (symlinks and entry.is_symlink()):
                place.mkdir()
                copy_tree(Path(entry.path), place, symlinks=symlinks)
            else:
                shutil.copy2(entry.path, place, follow_symlinks=not symlinks)


def reason(exc: OSError) -> str:
    """Say why something was refused, where the system's own words say it badly."""
    for path in (exc.filename, *Path(os.fsdecode(exc.filename)).parents) if exc.filename else ():
        if isinstance(exc, (FileExistsError, NotADirectoryError)) and os.path.islink(path):
            try:
                followed(Path(os.fsdecode(path)))
            except OSError as link:
                return str(link.strerror)
    return exc.strerror or str(exc)


def remove_folder(path: Path) -> None:
    """Remove a folder; at no moment it stands there half."""
    gone = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-", suffix=PART))
    path.rename(gone / path.name)
    shutil.rmtree(gone, ignore_errors=True)


def clear_leftovers(folder: Path, places: re.Pattern[str]) -> None:
    """Remove what a killed process left beside places of a folder, and put back what it had moved away.

    Args:
        folder: The folder.
        places: The names of the places; whatever else looks like a leftover is somebody else's.
    """
    found = [path for path in folder.iterdir() if is_leftover(path.name, places)]
    for path in sorted(found, key=lambda path: not path.name.endswith(OLD)):
        place = path.with_name(path.name[1:].rpartition("-")[0])
        if path.name.endswith(OLD) and not os.path.lexists(place):
            path.rename(place)
        else:
            _remove(path)


def is_leftover(name: str, places: re.Pattern[str]) -> bool:
    """Whether a name is one under which a place's content is written.

    Args:
        name: The name.
        places: The names of the places.
    """
    found = _LEFTOVER.fullmatch(name)
    return found is not None and places.fullmatch(found["place"]) is not None


def _remove(path: Path) -> None:
    """Remove what can be removed of a file, a folder or a link, and not what a link leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
        return
    with suppress(OSError):
        path.unlink(missing_ok=True)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def flush_tree(folder: Path) -> None:
    """Wait until a folder is on the disk with everything in it."""
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
    # In two steps; between them `clear_leftovers` knows how to go back.
    old = new.with_name(new.name.removesuffix(PART) + OLD)
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two names change places in one step, where the system can."""
    try:
        swap = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    return bool(swap(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0)


def _is_stream(path: str | os.PathLike[str], mode: int) -> bool:
    # What has no name in a folder is open already, and whoever opened it writes there or has been there.
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
    # Without waiting: a pipe that nobody reads from is refused.
    handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as file:
        file.writelines((data,) if isinstance(data, bytes) else data)


def _umask() -> int:
    # What `tempfile` makes is for its owner only; what is kept is as open as anything new.
    current = os.umask(0)
    os.umask(current)
    return current

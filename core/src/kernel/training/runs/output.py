"""The output folder of a run: what it contains, and who may write to it.

OUTPUT/config.cfg      the filled config
OUTPUT/manifest.json   what the run consists of and how it ended
OUTPUT/log.jsonl       its evaluations, one per line
OUTPUT/model-last      the pipeline of the last evaluation, or of the end
OUTPUT/model-best      the pipeline with the best score so far
OUTPUT/best            the best pipelines, where more than one is kept
OUTPUT/checkpoints     what `--resume` resumes from
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from kernel.errors import CheckpointError, OutputTaken
from kernel.system.files import clear_leftovers, is_leftover, reason, remove_folder
from kernel.training.runs.lock import NAME, locked

CONFIG = "config.cfg"
MANIFEST = "manifest.json"
LOG = "log.jsonl"
LAST = "model-last"
BEST = "model-best"
OTHER_BEST = "best"
CHECKPOINTS = "checkpoints"

#: Names of the folders inside `checkpoints` and `best`.
STEP = re.compile(r"step-[0-9]{8,}")
#: Entries that a run first writes under a temporary name.
_ENTRIES = re.compile(
    "|".join(map(re.escape, (CONFIG, MANIFEST, LAST, BEST, OTHER_BEST, CHECKPOINTS)))
    + r"|not-finite-step-[0-9]+\.spacy"
)

#: What to do when writing fails before a run, and during one.
BEGIN_ELSEWHERE = "choose another --output"
RESUME_LATER = "check free space and permissions, then use --resume"


@dataclass(frozen=True)
class OutputFolder:
    """The folder of a run, which can be checked to be still the same folder.

    Args:
        path: Its path when the run began.
        identity: Device and inode number, which do not depend on its name.
    """

    path: Path
    identity: tuple[int, int]

    @classmethod
    def of(cls, path: Path) -> OutputFolder:
        """Return a folder as it is now; create it if it does not exist.

        Raises:
            CheckpointError: It cannot be created.
        """
        with translated(path, BEGIN_ELSEWHERE):
            path.mkdir(parents=True, exist_ok=True)
            return cls(path, _identity(path))

    @property
    def is_kept(self) -> bool:
        """Whether the folder is still at its path."""
        try:
            return _identity(self.path) == self.identity
        except OSError:
            return False

    def check(self) -> None:
        """Check that the folder is still at its path.

        Raises:
            CheckpointError: It was moved, removed or replaced.
        """
        if self.is_kept:
            return
        if self.path.is_dir():
            what = "the run's folder was replaced by another folder during the run"
        elif self.path.exists():
            what = "the run's folder was replaced by a file during the run"
        else:
            what = "the run's folder disappeared during the run"
        raise CheckpointError(f"{self.path}: {what}; restore it, then use --resume")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Check before and after a block that writes to the folder that it is still at its path.

        Raises:
            CheckpointError: It is not; what was written is lost.
        """
        self.check()
        try:
            yield
        except CheckpointError:
            self.check()
            raise
        self.check()


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


@contextmanager
def opened(folder: Path, *, resume: bool = False, overwrite: bool = False) -> Iterator[OutputFolder]:
    """Create or take over an output folder, and keep other processes out of it while a block runs.

    A folder that was created here is removed again if the run fails before it writes anything.

    Args:
        folder: The folder.
        resume: Whether it may hold a run, which is to be resumed.
        overwrite: Whether it may hold anything. The saved models of a run in it stay until the new run replaces them;
            its checkpoints are removed at once.

    Yields:
        The locked folder.

    Raises:
        OutputTaken: It is not empty, or another process writes to it; nothing was changed.
        CheckpointError: It cannot be created or written to.
    """
    with translated(folder, BEGIN_ELSEWHERE):
        check_free(folder, resume=resume, overwrite=overwrite)
        created = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        lock = locked(folder)
        lock.__enter__()
        output = OutputFolder.of(folder)
    try:
        with translated(folder, BEGIN_ELSEWHERE):
            check_free(folder, resume=resume, overwrite=overwrite)
            _tidy(folder)
            if overwrite:
                for name in (MANIFEST, LOG):
                    (folder / name).unlink(missing_ok=True)
                for name in (CHECKPOINTS, OTHER_BEST):
                    _remove_steps(folder / name)
        yield output
    finally:
        lock.__exit__(None, None, None)
        for path in created if output.is_kept else created[1:]:
            # Folders that are not empty stay.
            with suppress(OSError):
                path.rmdir()


def check_free(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Check that a run may write to a folder.

    Raises:
        OutputTaken: It holds something that must not be overwritten.
    """
    if not folder.is_dir() or not (names := holdings(folder)):
        return
    if overwrite:
        lost = [name for name in names if _ENTRIES.fullmatch(name) or name == LOG]
        if lost and MANIFEST not in names:
            raise OutputTaken(
                f"{folder}: not the folder of a run, but {', '.join(lost)} would be replaced; move them away, or "
                "choose another --output"
            )
        return
    if not resume:
        raise OutputTaken(
            f"{folder}: the folder is not empty; use --resume to resume its run, --overwrite to replace it, or "
            "choose another --output"
        )
    # The manifest is written first: if it is alone, a run was killed before it began.
    if not is_begun(folder) and holdings(folder) != [MANIFEST]:
        raise OutputTaken(
            f"{folder}: the folder holds no run to resume, {MANIFEST} or {CONFIG} is missing; start one with "
            "--overwrite, or choose another --output"
        )


def is_begun(folder: Path) -> bool:
    """Return whether a folder holds a run that can be resumed."""
    return (folder / MANIFEST).is_file() and (folder / CONFIG).is_file()


def holdings(folder: Path) -> list[str]:
    """Return the names in a folder, without lock and temporary files."""
    return sorted(
        one.name for one in folder.iterdir() if one.name != NAME and not is_leftover(one.name, _ENTRIES)
    )


@contextmanager
def translated(folder: Path, advice: str = RESUME_LATER) -> Iterator[None]:
    """Convert an OSError to a CheckpointError that names the folder and says what to do."""
    try:
        yield
    except CheckpointError:
        raise
    except OSError as exc:
        raise CheckpointError(f"{folder}: cannot be written, {reason(exc)}; {advice}") from exc


def _remove_steps(folder: Path) -> None:
    """Remove a folder of steps; keep anything in it that is not a step."""
    if folder.is_symlink():
        folder.unlink()
    if not folder.is_dir():
        return
    steps = [one for one in folder.iterdir() if STEP.fullmatch(one.name)]
    if len(steps) == len(list(folder.iterdir())):
        remove_folder(folder)
        return
    for one in steps:
        remove_folder(one)


def _tidy(folder: Path) -> None:
    clear_leftovers(folder, _ENTRIES)
    for one in (folder / CHECKPOINTS, folder / OTHER_BEST):
        if one.is_dir():
            clear_leftovers(one, STEP)

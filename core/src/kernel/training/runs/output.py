"""The folder of a run: who may write into it, and what a run finds there.

OUTPUT/config.cfg      the filled config
OUTPUT/manifest.json   what the run was made of and how it ended
OUTPUT/log.jsonl       its evaluations, a line each
OUTPUT/model-last      the pipeline of the last evaluation, or of the end
OUTPUT/model-best      the pipeline of the best score so far
OUTPUT/best            the next best pipelines, where more than one is kept
OUTPUT/checkpoints     what `--resume` goes on from
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

#: What the folders of checkpoints and of other best pipelines hold.
STEP = re.compile(r"step-[0-9]{8,}")
#: What a run writes into its folder under a name for the time being.
_PLACES = re.compile(
    "|".join(map(re.escape, (CONFIG, MANIFEST, LAST, BEST, OTHER_BEST, CHECKPOINTS)))
    + r"|not-finite-step-[0-9]+\.spacy"
)

#: What to do when writing fails before a run, and what while it is at work.
BEGIN_ELSEWHERE = "give another --output"
GO_ON = "see to room and rights there, then go on with --resume"


@dataclass(frozen=True)
class OutputFolder:
    """The folder of a run, which is still that folder when something is written into it.

    Args:
        path: Where it was when the run began.
        identity: What the system knows it by, whatever it is called.
    """

    path: Path
    identity: tuple[int, int]

    @classmethod
    def of(cls, path: Path) -> OutputFolder:
        """Note a folder as it is now; it is made where there is none.

        Raises:
            CheckpointError: It cannot be made.
        """
        with translated(path, BEGIN_ELSEWHERE):
            path.mkdir(parents=True, exist_ok=True)
            return cls(path, _identity(path))

    @property
    def is_kept(self) -> bool:
        """Whether the folder is where it was."""
        try:
            return _identity(self.path) == self.identity
        except OSError:
            return False

    def check(self) -> None:
        """See that the folder is where it was.

        Raises:
            CheckpointError: It is not.
        """
        if self.is_kept:
            return
        if self.path.is_dir():
            what = "another folder has taken the place of the run's while it wrote there"
        elif self.path.exists():
            what = "a file has taken the place of the run's folder while it wrote there"
        else:
            what = "the folder has vanished while the run wrote to it"
        raise CheckpointError(f"{self.path}: {what}; bring it back and go on with --resume")

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Write into the folder, and say so where it went away before or meanwhile.

        Raises:
            CheckpointError: It did; what was written is lost.
        """
        self.check()
        try:
            yield
        except CheckpointError:
            self.check()
            raise
        self.check()


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino


@contextmanager
def opened(folder: Path, *, resume: bool = False, overwrite: bool = False) -> Iterator[OutputFolder]:
    """Make an output folder, or take one over, and keep other processes out of it.

    One that was made and into which nothing was written, as the run failed before it had anything, goes again.

    Args:
        folder: The folder.
        resume: Whether it may hold a run, which is gone on with.
        overwrite: Whether it may hold anything. What a run before has saved stays until this one has something to
            put into its place; its checkpoints go at once.

    Yields:
        The folder as it is now.

    Raises:
        OutputTaken: It is not empty, or another process writes into it; nothing was touched.
        CheckpointError: It cannot be made or written to.
    """
    with translated(folder, BEGIN_ELSEWHERE):
        check_free(folder, resume=resume, overwrite=overwrite)
        made = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        entered = locked(folder)
        entered.__enter__()
        place = OutputFolder.of(folder)
    try:
        with translated(folder, BEGIN_ELSEWHERE):
            check_free(folder, resume=resume, overwrite=overwrite)
            _tidy(folder)
            if overwrite:
                for name in (MANIFEST, LOG):
                    (folder / name).unlink(missing_ok=True)
                for name in (CHECKPOINTS, OTHER_BEST):
                    _give_up(folder / name)
        yield place
    finally:
        entered.__exit__(None, None, None)
        for path in made if place.is_kept else made[1:]:
            # Those that hold something cannot be removed so.
            with suppress(OSError):
                path.rmdir()


def check_free(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Raise unless a run may write into a folder.

    Raises:
        OutputTaken: It holds something that nobody gave up.
    """
    if not folder.is_dir() or not (held := holdings(folder)):
        return
    if overwrite:
        lost = [name for name in held if _PLACES.fullmatch(name) or name == LOG]
        if lost and MANIFEST not in held:
            raise OutputTaken(
                f"{folder}: no run wrote into this folder, and {', '.join(lost)} would be replaced; move what is "
                "there, or give another --output"
            )
        return
    if not resume:
        raise OutputTaken(
            f"{folder}: the folder is not empty; go on with its run by --resume, give it up by --overwrite, or give "
            "another --output"
        )
    # The manifest comes first: with nothing beside it, a run was killed before it had begun.
    if not is_begun(folder) and holdings(folder) != [MANIFEST]:
        raise OutputTaken(
            f"{folder}: the folder holds no run to go on with, {MANIFEST} or {CONFIG} is missing; begin one by "
            "--overwrite, or give another --output"
        )


def is_begun(folder: Path) -> bool:
    """Whether a folder holds a run that can be gone on with."""
    return (folder / MANIFEST).is_file() and (folder / CONFIG).is_file()


def holdings(folder: Path) -> list[str]:
    """Name what is in a folder besides the traces of processes."""
    return sorted(
        one.name for one in folder.iterdir() if one.name != NAME and not is_leftover(one.name, _PLACES)
    )


@contextmanager
def translated(folder: Path, advice: str = GO_ON) -> Iterator[None]:
    """Turn an operating system's refusal into an error that names the folder and says what to do."""
    try:
        yield
    except CheckpointError:
        raise
    except OSError as exc:
        raise CheckpointError(f"{folder}: cannot be written, {reason(exc)}; {advice}") from exc


def _give_up(folder: Path) -> None:
    """Remove a folder of steps; what somebody else has put into it stays."""
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
    clear_leftovers(folder, _PLACES)
    for one in (folder / CHECKPOINTS, folder / OTHER_BEST):
        if one.is_dir():
            clear_leftovers(one, STEP)

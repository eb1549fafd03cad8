"""One run of Weights & Biases, which several processes may take part in, one after the other."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from kernel.errors import CheckpointError
from pkg_wandb.files import Rows, last_step

#: A training shall not wait long for a server that is away, nor have reports of wandb's own errors sent to a third
#: party; who wants it otherwise says so in the environment.
_SETTINGS = {"WANDB_ERROR_REPORTING": "false", "WANDB_INIT_TIMEOUT": "30", "WANDB_SILENT": "true"}


class WandbRun:
    """A run that begins with its first evaluation.

    Its id is drawn here, so that whoever goes on with the training goes on with the run: it hands over what a killed
    process has lost, and nothing twice.

    Args:
        settings: Arguments of `wandb.init`.
        stderr: For the place of the run.
        is_strict: Whether to fail where W&B cannot be reached, instead of keeping the run on the disk.
    """

    def __init__(self, settings: Mapping[str, Any], stderr: IO[str], is_strict: bool) -> None:
        self.settings = dict(settings)
        self.stderr = stderr
        self.is_strict = is_strict
        self.id = secrets.token_hex(4)
        self.run: Any = None
        self.rows = Rows(Path())
        self.last_step = -1

    def begin(self, step: int) -> bool:
        """Begin or go on, and say whether the run does not know a step yet."""
        if self.run is None:
            self.run = self._init()
            folder = Path(self.run.settings.wandb_dir)
            self.rows = Rows(folder / f"kernel-{self.id}.jsonl")
            # The server of a run that goes on says which step is next; of one that is kept offline the files do.
            known = max(self.run.step - 1, last_step(folder, self.id))
            for number, values in self.rows.read():
                if number > known:
                    self.run.log(values, step=number)
                self.last_step = max(self.last_step, number)
        return step > self.last_step

    def log(self, values: Mapping[str, float], step: int) -> None:
        """Send the numbers of a step."""
        self.rows.add(step, dict(values))
        self.last_step = step
        self.run.log(dict(values), step=step)

    def add(self, artifact: Any, aliases: Sequence[str] = ("latest",)) -> None:
        """Send an artifact."""
        self.run.log_artifact(artifact, aliases=list(aliases))

    def state(self) -> dict[str, Any]:
        """Give what another process needs to go on."""
        return {"id": self.id, "last_step": self.last_step}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go on with a run; before its first evaluation in this process."""
        if re.fullmatch("[0-9a-f]{8}", str(state["id"])) is None:
            # Files are called after it.
            raise CheckpointError(
                f"W&B: the state of the log is damaged, expected the id of a run, got {state['id']!r}; "
                "remove the checkpoint to go on from the one before"
            )
        self.id, self.last_step = state["id"], state["last_step"]

    def end(self, *, failed: bool) -> None:
        """End the run and wait until everything is sent or written."""
        if self.run is not None:
            self.run.finish(exit_code=int(failed))
            self.run = None

    def _init(self) -> Any:
        for name, value in _SETTINGS.items():
            os.environ.setdefault(name, value)
        import wandb

        quiet = wandb.Settings(silent=True, console="off", save_code=False, disable_git=True)
        arguments = {
            **self.settings,
            "id": self.id,
            "resume": "allow",
            "settings": quiet,
            "reinit": "create_new",
        }
        try:
            run = wandb.init(**arguments)
        except wandb.errors.Error as exc:
            if self.is_strict:
                raise
            wandb.teardown()  # what was begun holds the run's id
            run = wandb.init(**arguments, mode="offline")
            print(
                f"note: W&B cannot be reached, got {type(exc).__name__}; the run is kept in "
                f"{run.settings.sync_dir}, send it with `wandb sync`",
                file=self.stderr,
                flush=True,
            )
        else:
            where = run.settings.sync_dir if run.offline else run.url
            print(f"W&B: {where}", file=self.stderr, flush=True)
        return run


def directory_artifact(name: str, kind: str, folder: str, facts: Mapping[str, Any] | None = None) -> Any:
    """Make an artifact of a folder.

    Args:
        name: The artifact's name.
        kind: Its type.
        folder: Its content, copied at once.
        facts: What is worth knowing of it.
    """
    import wandb

    artifact = wandb.Artifact(name, type=kind, metadata=dict(facts or {}))
    artifact.add_dir(folder)
    return artifact

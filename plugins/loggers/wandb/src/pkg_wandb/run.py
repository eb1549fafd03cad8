"""One run of Weights & Biases, which several processes may continue, one after the other."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from kernel.errors import CheckpointError
from pkg_wandb.files import Rows, last_step

#: Defaults that users can override in the environment: training should not wait long for an unreachable server, and
#: should not send reports of wandb's errors to a third party.
_SETTINGS = {"WANDB_ERROR_REPORTING": "false", "WANDB_INIT_TIMEOUT": "30", "WANDB_SILENT": "true"}


class WandbRun:
    """A run that is created at its first evaluation.

    Its id is drawn here, so that a resumed training continues the same run: rows that a killed process has lost are
    sent again, and none twice.

    Args:
        settings: Arguments of `wandb.init`.
        stderr: The stream on which to print the location of the run.
        is_strict: Whether to fail if W&B cannot be reached, instead of storing the run on disk.
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
        """Create or continue the run if necessary; return whether a step has not been sent yet."""
        if self.run is None:
            self.run = self._init()
            folder = Path(self.run.settings.wandb_dir)
            self.rows = Rows(folder / f"kernel-{self.id}.jsonl")
            # The last step that W&B has: from the server, or from the files of an offline run.
            last_sent = max(self.run.step - 1, last_step(folder, self.id))
            for number, values in self.rows.read():
                if number > last_sent:
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
        """Return the state, for resuming the run in another process."""
        return {"id": self.id, "last_step": self.last_step}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Resume a run; call it before the first evaluation in this process.

        Raises:
            CheckpointError: The state is damaged.
        """
        if re.fullmatch("[0-9a-f]{8}", str(state["id"])) is None:
            # The id is part of file names.
            raise CheckpointError(
                f"W&B: the state of the log is damaged, expected the id of a run, got {state['id']!r}; "
                "remove the checkpoint to resume from the one before"
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
            wandb.teardown()  # the failed run still occupies the id
            run = wandb.init(**arguments, mode="offline")
            print(
                f"note: W&B cannot be reached, got {type(exc).__name__}; the run is stored in "
                f"{run.settings.sync_dir}, send it with `wandb sync`",
                file=self.stderr,
                flush=True,
            )
        else:
            where = run.settings.sync_dir if run.offline else run.url
            print(f"W&B: {where}", file=self.stderr, flush=True)
        return run


def directory_artifact(name: str, kind: str, folder: str, metadata: Mapping[str, Any] | None = None) -> Any:
    """Create an artifact from a folder.

    Args:
        name: Name of the artifact.
        kind: Type of the artifact.
        folder: The folder, whose contents are copied immediately.
        metadata: Metadata of the artifact.
    """
    import wandb

    artifact = wandb.Artifact(name, type=kind, metadata=dict(metadata or {}))
    artifact.add_dir(folder)
    return artifact

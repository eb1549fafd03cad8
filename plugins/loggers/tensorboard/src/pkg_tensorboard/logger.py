"""The TensorBoard logger: scores and losses of every evaluation as scalars, the config as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kernel.config import Config
from kernel.training.loggers.log_values import config_without, numbers
from kernel.training.run import Header
from pkg_tensorboard.events import EventFiles


def tensorboard_logger(
    log_dir: str, run_name: str | None = None, remove_config_values: list[str] | None = None
) -> Callable[..., tuple[TensorboardRun, Callable[[], None]]]:
    """Create a logger that writes event files.

    Args:
        log_dir: The folder to pass to `tensorboard --logdir`; created if it is missing.
        run_name: A subfolder for this run, under whose name TensorBoard shows it; null for none.
        remove_config_values: Dotted names of sections and values to remove from the logged config.
    """

    def setup_logger(
        nlp: Any, *streams: Any, header: Header | None = None
    ) -> tuple[TensorboardRun, Callable[[], None]]:
        settings = (header or Header.of_pipeline(nlp)).settings
        run = TensorboardRun(
            EventFiles(Path(log_dir, run_name or "")), config_without(settings, remove_config_values or ())
        )
        return run, run.files.close

    return setup_logger


class TensorboardRun:
    """Writes the evaluations of one run.

    Args:
        files: The event files.
        config: The config of the run.
    """

    def __init__(self, files: EventFiles, config: Mapping[str, Any]) -> None:
        self.files = files
        self.config = config
        self.state = files.state
        self.restore = files.restore

    def __call__(self, info: Mapping[str, Any] | None) -> None:
        """Write an evaluation; before the first one, write the config."""
        if info is None:
            return
        if self.files.is_new:
            text = Config(dict(self.config)).to_str()
            self.files.add_text("config", "\n".join(f"    {line}" for line in text.splitlines()))
        self.files.add_scalars(numbers(info), info["step"])

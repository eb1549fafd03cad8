"""A logger that writes the results of every evaluation into a table, separated by tabs."""

from pathlib import Path
from typing import Any, Callable, Dict, Tuple

import kernel


@kernel.registry.loggers("my_custom_logger.v1")
def custom_logger(log_path):
    def setup_logger(nlp: "Language") -> Tuple[Callable, Callable]:
        with Path(log_path).open("w") as file_:
            file_.write("step\t")
            file_.write("score\t")
            for pipe in nlp.pipe_names:
                file_.write(f"loss_{pipe}\t")
            file_.write("\n")

        def log_step(info: Dict[str, Any]):
            with Path(log_path).open("a") as file_:
                file_.write(f"{info['step']}\t")
                file_.write(f"{info['score']}\t")
                for pipe in nlp.pipe_names:
                    file_.write(f"{info['losses'][pipe]}\t")
                file_.write("\n")

        def finalize():
            pass

        return log_step, finalize

    return setup_logger

"""The walk of a training: config, run, steps, folders. The command and the Python API both go this way."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from kernel.config.checked import load_checked
from kernel.config.code import import_files
from kernel.config.document import Config
from kernel.config.fill import fill_config
from kernel.config.plugins import plugins_of
from kernel.errors import CheckpointError, DataError
from kernel.pipeline.language import Language
from kernel.pipeline.seeding import fix_random_seed
from kernel.training.assemble import assemble, launcher
from kernel.training.batches import Batches
from kernel.training.checkpoint import Checkpoints, note_performance, open_folder
from kernel.training.held import HeldCorpus
from kernel.training.initialize import prepare
from kernel.training.loop import steps
from kernel.training.report import Report
from kernel.training.run import Header, Run, Step
from kernel.training.stop import out_of_data


def train(
    config: Mapping[str, Any] | Language | str | Path,
    output: str | Path | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    code: Iterable[str | Path] = (),
    use_gpu: int = -1,
) -> Language:
    """Train a pipeline as `kernel train` does, and return it.

    Args:
        config: A config, its path, or a pipeline that is initialized already.
        output: Folder for model-best, model-last and the filled config; None saves nothing.
        overrides: Dotted keys of the config to values.
        code: Python files whose registered functions the config uses.
        use_gpu: Number of a GPU, -1 for the CPU.
    """
    output = None if output is None else Path(output)
    if isinstance(config, Language):
        return carry_out(assemble(config), output)
    files = [str(path) for path in code]
    filled = complete(config, overrides or {}, files)
    if output is not None:
        open_folder(output)
        filled.to_disk(output / "config.cfg")
    with plugins_of(filled):
        trained: Language = launcher(filled)(partial(work, filled, output, files, use_gpu))
    return trained


def complete(
    config: Mapping[str, Any] | str | Path, overrides: Mapping[str, Any], code: Iterable[str]
) -> Config:
    """Load a config if it is a path, fill it, and check all of it before anything is built."""
    return fill_config(load_checked(config, overrides, code, has_data=True))


def work(config: Config, output: Path | None, code: Iterable[str], use_gpu: int) -> Language:
    """Do one process's part: everything from the filled config on. A launcher may call it elsewhere."""
    with plugins_of(config):
        files = import_files(code)
        run = prepare(config, use_gpu)
        run.nlp.code = tuple(files)
        return carry_out(run, output)


def carry_out(
    run: Run, output: Path | None = None, *, stdout: IO[str] | None = None, stderr: IO[str] | None = None
) -> Language:
    """Take the steps of a run, keep and report what they give, and say why they ended.

    Args:
        run: What to do.
        output: Folder for model-best and model-last; None saves nothing.
        stdout: For results; the process's own when None.
        stderr: For progress; the process's own when None.

    Returns:
        The trained pipeline, with the parameters that model-last has.
    """
    stdout, stderr = stdout or sys.stdout, stderr or sys.stderr
    if run.seed is not None:
        fix_random_seed(run.seed)
    folders = None if output is None else Checkpoints(run, output)
    batches = Batches(run.nlp, run.train_corpus, run.batcher, max_epochs=run.rule.max_epochs, seed=run.seed)
    run = with_dev_read(run)
    for line in Header.of(run).lines():
        print(line, file=stdout, flush=True)
    with run.nlp.select_pipes(disable=list(run.frozen)):
        report = Report(run.logger, run.nlp, stdout, stderr)
    last: Step | None = None
    try:
        for last in steps(run, batches):
            keep(last, run, folders, report)
    except BaseException as exc:
        report.close()
        place = f"after step {last.step}" if last else "before the first step ended"
        # A folder that refused once would refuse again, and what was never updated is not worth a folder.
        finish(
            f"{type(exc).__name__} {place}",
            None if last is None or isinstance(exc, CheckpointError) else folders,
            stdout,
        )
        raise
    report.close()
    assert last is not None
    finish((last.stopped or out_of_data(run.rule)).reason, folders, stdout)
    put_averages(run)
    return run.nlp


def with_dev_read(run: Run) -> Run:
    """Read the development corpus before the first step, once for all evaluations unless it is streamed.

    Raises:
        DataError: It is empty.
    """
    if run.rule.max_epochs >= 0:
        run = replace(run, dev_corpus=HeldCorpus(run.dev_corpus))
    if next(iter(run.dev_corpus(run.nlp)), None) is None:
        raise DataError("[training] dev_corpus: the corpus has no examples; look at its path and its limits")
    return run


def keep(step: Step, run: Run, folders: Checkpoints | None, report: Report) -> None:
    """Save what is worth keeping of a step, then report it."""
    saved = None
    if step.is_evaluated:
        note_performance(run.nlp, step, run.score_weights)
        if folders is not None:
            saved = str(folders.save(is_best=step.is_best))
    report(step, saved)


def finish(reason: str, folders: Checkpoints | None, stdout: IO[str]) -> None:
    """Save the pipeline as it is at the end, and say why this is the end."""
    saved = None if folders is None else folders.save()
    if saved is not None:
        print(f"saved: {saved}", file=stdout)
    print(f"stopped: {reason}", file=stdout, flush=True)


def put_averages(run: Run) -> None:
    """Give the pipeline the parameters that were evaluated and saved, where those are averages."""
    averages = getattr(run.optimizer, "averages", None) or {}
    models = [getattr(component, "model", None) for _, component in run.nlp.pipeline]
    for model in models if averages else ():
        for node in model.walk() if model is not None else ():
            for name in node.param_names:
                if (node.id, name) in averages:
                    node.set_param(name, averages[node.id, name])

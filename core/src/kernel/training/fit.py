"""Train a pipeline, from its config to saved models; the command and the Python API both use this path."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from kernel.config.code import import_files
from kernel.config.dry_run import with_others
from kernel.config.plan import Plan, make_plan
from kernel.contracts.capabilities import averages_of, model_of, offers_check
from kernel.errors import ConfigError, DataError
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.language import Language
from kernel.pipeline.run.seeding import drawn_seed, fix_random_seed
from kernel.pipeline.saving.shims import parameters, swap_parameter
from kernel.training.assemble import assemble, launcher
from kernel.training.cached_corpus import CachedCorpus
from kernel.training.frozen_guard import FrozenGuard
from kernel.training.loggers.report import Report
from kernel.training.loop.loop import steps
from kernel.training.loop.replayable_batches import batches_of
from kernel.training.preparation import prepare
from kernel.training.run import Header, Run
from kernel.training.runs import checkpoint, manifest
from kernel.training.runs.digests import data_of
from kernel.training.runs.interrupts import Interrupts
from kernel.training.runs.output import CONFIG, LOG, MANIFEST, OutputFolder, holdings, is_begun, opened
from kernel.training.runs.recorder import RunRecorder
from kernel.training.runs.resume_check import check_progress, check_same
from kernel.training.runs.shielded_streams import lasting
from kernel.training.runs.state_dict import count_schedules


def train(
    config: Mapping[str, Any] | Plan | Language | str | Path,
    output: str | Path | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    code: Iterable[str | Path] = (),
    use_gpu: int = -1,
    resume: bool = False,
    overwrite: bool = False,
) -> Language:
    """Train a pipeline as `kernel train` does, and return it.

    Args:
        config: A config, its path, a plan made from it, or an initialized pipeline.
        output: Folder for model-best, model-last, checkpoints and the filled config; None saves nothing.
        overrides: Values by dotted key of the config.
        code: Python files whose registered functions the config uses.
        use_gpu: GPU number; -1 for the CPU.
        resume: Whether to resume the run in the folder, if there is one.
        overwrite: Whether the folder may hold something; a run in it is replaced.

    Raises:
        OutputTaken: The folder is not empty and neither flag is set, or another process writes to it.
    """
    output = None if output is None else Path(output)
    files = [str(path) for path in code]
    nlp = config if isinstance(config, Language) else None
    if overrides and isinstance(config, Language | Plan):
        raise ConfigError("kernel.train: overrides need a config; pass them to make_plan, or set nlp.config")
    if isinstance(config, Language):
        plan = plan_of(config, files)
    elif isinstance(config, Plan):
        if files:
            raise ConfigError("kernel.train: a plan has its code already; pass it to make_plan")
        plan = config
    else:
        plan = make_plan(config, overrides, files, has_data=True)
    if output is None:
        return record_and_launch(plan, nlp, None, use_gpu)
    with opened(output, resume=resume, overwrite=overwrite) as folder:
        was_empty = not holdings(output)
        try:
            return record_and_launch(plan, nlp, folder, use_gpu, resume=resume and is_begun(output))
        except BaseException:
            if was_empty and folder.is_kept and set(holdings(output)) <= {CONFIG, MANIFEST}:
                # Nothing was saved: leave the folder empty, so that the same command works once the mistake is fixed.
                for name in (CONFIG, MANIFEST):
                    (output / name).unlink(missing_ok=True)
            raise


def plan_of(nlp: Language, code: Iterable[str] = ()) -> Plan:
    """Return the config of an existing pipeline as a plan."""
    config = nlp.config.copy()
    return Plan(config, config, values_of(nlp), tuple(code))


def record_and_launch(
    plan: Plan, nlp: Language | None, folder: OutputFolder | None, use_gpu: int, *, resume: bool = False
) -> Language:
    """Record what the run consists of, and let the launcher run it.

    Args:
        plan: The run's config.
        nlp: The pipeline, if it is already initialized.
        folder: The locked output folder; None saves nothing.
        use_gpu: GPU number; -1 for the CPU.
        resume: Whether to resume the run in the folder.
    """
    output = None if folder is None else folder.path
    plan = plan.with_seed(manifest.read(output)["seed"] if output and resume else drawn_seed())
    with plan.selected():
        if output is not None:
            record(plan, output, use_gpu, resume=resume)
        if nlp is not None:
            if plan.config != nlp.config:  # a seed was drawn
                nlp.config = plan.config
            run = replace(assemble(nlp), seed=plan.values["training"]["seed"])
            return fit(run, folder, resume=resume)
        trained: Language = launcher(plan)(partial(run_worker, plan, folder, use_gpu, resume))
    return trained


def record(plan: Plan, output: Path, use_gpu: int, *, resume: bool) -> None:
    """Write config and manifest of a run to its folder; before that, check that a resumed run matches them."""
    data = data_of(plan.values, output)
    if resume:
        for difference in check_same(plan, output, data):
            print(f"note: {difference}; the last bits of the results may differ", file=sys.stderr)
        check_progress(plan.values, output)
    manifest.begin(plan, output, data, use_gpu, resumed=resume)
    plan.config.to_disk(output / CONFIG)


def run_worker(plan: Plan, output: OutputFolder | None, use_gpu: int, resume: bool = False) -> Language:
    """Do the work of one process: build the run of a plan and train. A launcher may call it in another process."""
    with plan.selected():
        return fit(build_run(plan, use_gpu), output, resume=resume)


def build_run(plan: Plan, use_gpu: int) -> Run:
    """Import a run's code files, and build its pipeline, which keeps them, and everything that trains it."""
    files = import_files(plan.code)
    try:
        run = prepare(plan, use_gpu)
    except ConfigError as exc:
        raise with_others(exc, plan.values) from exc
    run.nlp.code = tuple(files)
    return run


def fit(
    run: Run,
    output: Path | OutputFolder | None = None,
    *,
    resume: bool = False,
    stdout: IO[str] | None = None,
    stderr: IO[str] | None = None,
) -> Language:
    """Run the training loop, save and report its steps, and print why it ended.

    Args:
        run: What to train, and how.
        output: Folder for the saved models and checkpoints; None saves nothing.
        resume: Whether to resume from the newest checkpoint in the folder, if there is one.
        stdout: Stream for results; the process's own when None.
        stderr: Stream for progress; the process's own when None.

    Returns:
        The trained pipeline, with the parameters of model-last.
    """
    folder = OutputFolder.of(output) if isinstance(output, Path) else output
    output = None if folder is None else folder.path
    stdout, stderr = lasting(stdout or sys.stdout, stderr or sys.stderr, output)
    seed = drawn_seed() if run.seed is None else run.seed
    run = replace(run, seed=seed)
    fix_random_seed(seed)
    count_schedules(run.optimizer)
    batches = batches_of(run)
    newest = checkpoint.newest(output) if resume and output is not None else None
    if run.rule.max_epochs < 0 and newest is None:
        check_streams(run)
    run = with_dev_read(run)
    guard = FrozenGuard(run)
    header = Header.of(run, newest.step if newest else None)
    for line in header.lines():
        print(line, file=stdout, flush=True)
    with run.nlp.select_pipes(disable=list(run.frozen)):
        report = Report(run.logger, header, run.nlp, stdout, stderr, log_of(run, output))
    recorder = RunRecorder(run, folder, batches, report, stdout, stderr)
    with Interrupts(stderr) as interrupts:
        try:
            with interrupts.at_once():
                after = recorder.start(newest, resume=resume)
            for step in steps(run, batches, after):
                guard.check(step)
                recorder(step)
                if interrupts.stopped:
                    break
            guard.check_predictions()
        except BaseException as exc:
            error = recorder.fail(exc, at_once=interrupts.is_urgent)
            if error is exc:
                raise
            raise error from exc
        recorder.finish(interrupts.stopped)
    interrupts.raise_again()
    put_averages(run)
    return run.nlp


def log_of(run: Run, output: Path | None) -> Path | None:
    """Return the path of the run's own log; None where nothing is saved, or its logger writes to that file."""
    if output is None or (output / LOG).absolute() in run.logger_paths:
        return None
    return output / LOG


def check_streams(run: Run) -> None:
    """Check streamed corpora before the first step for what would stop the run later.

    Raises:
        DataError: A corpus has examples that cannot be learned from.
    """
    for corpus in (run.train_corpus, run.dev_corpus):
        if offers_check(corpus):
            corpus.check(run.nlp)


def with_dev_read(run: Run) -> Run:
    """Read the development corpus before the first step; unless it is streamed, once for all evaluations.

    Raises:
        DataError: It is empty.
    """
    if run.rule.max_epochs >= 0:
        run = replace(run, dev_corpus=CachedCorpus(run.dev_corpus))
    if next(iter(run.dev_corpus(run.nlp)), None) is None:
        raise DataError("[training] dev_corpus: the corpus has no examples; check its path and its limits")
    return run


def put_averages(run: Run) -> None:
    """Set the pipeline's parameters to the optimizer's averages, if it keeps any: those were evaluated and saved."""
    averages = averages_of(run.optimizer) or {}
    models = [model_of(component) for _, component in run.nlp.pipeline]
    for model in models if averages else ():
        for node in model.walk() if model is not None else ():
            for name in node.param_names:
                if (node.id, name) in averages:
                    node.set_param(name, averages[node.id, name])
            for shim in node.shims:
                for name, parameter in parameters(shim).items():
                    if (shim.id, name) in averages:
                        swap_parameter(parameter, averages[shim.id, name])

"""The walk of a training: config, run, steps, folders. The command and the Python API both go this way."""

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
        config: A config, its path, a plan made of it, or a pipeline that is initialized already.
        output: Folder for model-best, model-last, checkpoints and the filled config; None saves nothing.
        overrides: Dotted keys of the config to values.
        code: Python files whose registered functions the config uses.
        use_gpu: Number of a GPU, -1 for the CPU.
        resume: Whether to go on with the run in the folder, where there is one.
        overwrite: Whether the folder may hold something, which is given up.

    Raises:
        OutputTaken: The folder is not empty, and neither was said; or another process writes into it.
    """
    output = None if output is None else Path(output)
    files = [str(path) for path in code]
    nlp = config if isinstance(config, Language) else None
    if isinstance(config, Language):
        plan = plan_of(config, files)
    elif isinstance(config, Plan):
        plan = config
    else:
        plan = make_plan(config, overrides, files, has_data=True)
    if output is None:
        return record_and_launch(plan, nlp, None, use_gpu)
    with opened(output, resume=resume, overwrite=overwrite) as place:
        was_empty = not holdings(output)
        try:
            return record_and_launch(plan, nlp, place, use_gpu, resume=resume and is_begun(output))
        except BaseException:
            if was_empty and place.is_kept and set(holdings(output)) <= {CONFIG, MANIFEST}:
                # Nothing was saved: the mistake can be corrected and the same command given again.
                for name in (CONFIG, MANIFEST):
                    (output / name).unlink(missing_ok=True)
            raise


def plan_of(nlp: Language, code: Iterable[str] = ()) -> Plan:
    """Return the config of a pipeline that is built already as a plan."""
    config = nlp.config.copy()
    return Plan(config, config, values_of(nlp), tuple(code))


def record_and_launch(
    plan: Plan, nlp: Language | None, place: OutputFolder | None, use_gpu: int, *, resume: bool = False
) -> Language:
    """Write down what the run is made of, and let the launcher run it.

    Args:
        plan: The run's config.
        nlp: The pipeline, where it is initialized already.
        place: The output folder, taken; None saves nothing.
        use_gpu: Number of a GPU, -1 for the CPU.
        resume: Whether to go on with the run in the folder.
    """
    output = None if place is None else place.path
    plan = plan.with_seed(manifest.read(output)["seed"] if output and resume else drawn_seed())
    with plan.selected():
        if output is not None:
            record(plan, output, use_gpu, resume=resume)
        if nlp is not None:
            if plan.config != nlp.config:  # a seed has been drawn
                nlp.config = plan.config
            run = replace(assemble(nlp), seed=plan.values["training"]["seed"])
            return fit(run, place, resume=resume)
        trained: Language = launcher(plan)(partial(run_worker, plan, place, use_gpu, resume))
    return trained


def record(plan: Plan, output: Path, use_gpu: int, *, resume: bool) -> None:
    """Write config and manifest of a run into its folder, once a run that is resumed has been compared with them."""
    data = data_of(plan.values, output)
    if resume:
        for difference in check_same(plan, output, data):
            print(f"note: {difference}; the last bits may differ", file=sys.stderr)
        check_progress(plan.values, output)
    manifest.begin(plan, output, data, use_gpu, resumed=resume)
    plan.config.to_disk(output / CONFIG)


def run_worker(plan: Plan, output: OutputFolder | None, use_gpu: int, resume: bool = False) -> Language:
    """Do one process's part: everything from the plan on. A launcher may call it elsewhere."""
    with plan.selected():
        return fit(build_run(plan, use_gpu), output, resume=resume)


def build_run(plan: Plan, use_gpu: int) -> Run:
    """Import a run's files and make its pipeline, which keeps them, and all that trains it."""
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
    """Take the steps of a run, keep and report what they give, and say why they ended.

    Args:
        run: What to do.
        output: Folder for the pipelines and checkpoints; None saves nothing.
        resume: Whether to go on from the newest checkpoint in the folder, if there is one.
        stdout: For results; the process's own when None.
        stderr: For progress; the process's own when None.

    Returns:
        The trained pipeline, with the parameters that model-last has.
    """
    place = OutputFolder.of(output) if isinstance(output, Path) else output
    output = None if place is None else place.path
    stdout, stderr = lasting(stdout or sys.stdout, stderr or sys.stderr, output)
    seed = drawn_seed() if run.seed is None else run.seed
    run = replace(run, seed=seed)
    fix_random_seed(seed)
    count_schedules(run.optimizer)
    trail = batches_of(run)
    known = checkpoint.newest(output) if resume and output is not None else None
    if run.rule.max_epochs < 0 and known is None:
        check_streams(run)
    run = with_dev_read(run)
    seal = FrozenGuard(run)
    header = Header.of(run, known.step if known else None)
    for line in header.lines():
        print(line, file=stdout, flush=True)
    with run.nlp.select_pipes(disable=list(run.frozen)):
        report = Report(run.logger, header, run.nlp, stdout, stderr, log_of(run, output))
    keep = RunRecorder(run, place, trail, report, stdout, stderr)
    with Interrupts(stderr) as interrupts:
        try:
            with interrupts.at_once():
                after = keep.start(known, resume=resume)
            for step in steps(run, trail, after):
                seal.check(step)
                keep(step)
                if interrupts.stopped:
                    break
            seal.check_predictions()
        except BaseException as exc:
            told = keep.fail(exc, at_once=interrupts.is_urgent)
            if told is exc:
                raise
            raise told from exc
        keep.finish(interrupts.stopped)
    interrupts.raise_again()
    put_averages(run)
    return run.nlp


def log_of(run: Run, output: Path | None) -> Path | None:
    """Name the run's own log; None where nothing is saved, or its logger writes into that file."""
    if output is None or (output / LOG).absolute() in run.logger_paths:
        return None
    return output / LOG


def check_streams(run: Run) -> None:
    """Let corpora that are read during the run say before the first step what would stop it.

    Raises:
        DataError: One has something that cannot be learnt from.
    """
    for corpus in (run.train_corpus, run.dev_corpus):
        if offers_check(corpus):
            corpus.check(run.nlp)


def with_dev_read(run: Run) -> Run:
    """Read the development corpus before the first step, once for all evaluations unless it is streamed.

    Raises:
        DataError: It is empty.
    """
    if run.rule.max_epochs >= 0:
        run = replace(run, dev_corpus=CachedCorpus(run.dev_corpus))
    if next(iter(run.dev_corpus(run.nlp)), None) is None:
        raise DataError("[training] dev_corpus: the corpus has no examples; look at its path and its limits")
    return run


def put_averages(run: Run) -> None:
    """Give the pipeline the parameters that were evaluated and saved, where those are averages."""
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

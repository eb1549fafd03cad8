"""The walk of a training: config, run, steps, folders. The command and the Python API both go this way."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from kernel.config.checked import load_checked
from kernel.config.code import import_files
from kernel.config.dry_run import with_others
from kernel.config.fill import fill_config
from kernel.config.format.document import Config
from kernel.config.plugin_choice import plugins_of
from kernel.errors import ConfigError, DataError
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
from kernel.training.runs.resume_check import check_progress, check_same, with_seed
from kernel.training.runs.shielded_streams import lasting
from kernel.training.runs.state_dict import count_schedules


def train(
    config: Mapping[str, Any] | Language | str | Path,
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
        config: A config, its path, or a pipeline that is initialized already.
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
    given = config if isinstance(config, Language) else prepare_config(config, overrides or {}, files)
    if output is None:
        return record_and_launch(given, None, files, use_gpu)
    with opened(output, resume=resume, overwrite=overwrite) as place:
        was_empty = not holdings(output)
        try:
            return record_and_launch(given, place, files, use_gpu, resume=resume and is_begun(output))
        except BaseException:
            if was_empty and place.is_kept and set(holdings(output)) <= {CONFIG, MANIFEST}:
                # Nothing was saved: the mistake can be corrected and the same command given again.
                for name in (CONFIG, MANIFEST):
                    (output / name).unlink(missing_ok=True)
            raise


def record_and_launch(
    given: Config | Language,
    place: OutputFolder | None,
    code: list[str],
    use_gpu: int,
    *,
    resume: bool = False,
) -> Language:
    """Write down what the run is made of, and let the launcher run it."""
    output = None if place is None else place.path
    config = given.config if isinstance(given, Language) else given
    config = with_seed(config, manifest.read(output)["seed"] if output and resume else drawn_seed())
    if output is not None:
        data = data_of(config.interpolate(), output)
        with plugins_of(config):
            for other in check_same(config, output, data, code) if resume else ():
                print(f"note: {other}; the last bits may differ", file=sys.stderr)
            if resume:
                check_progress(config, output)
            manifest.begin(config, output, data, code, use_gpu, resumed=resume)
            config.to_disk(output / CONFIG)
    if isinstance(given, Language):
        run = replace(assemble(given), seed=config.interpolate()["training"]["seed"])
        return fit(run, place, resume=resume)
    with plugins_of(config):
        trained: Language = launcher(config)(partial(run_worker, config, place, code, use_gpu, resume))
    return trained


def prepare_config(
    config: Mapping[str, Any] | str | Path, overrides: Mapping[str, Any], code: Iterable[str]
) -> Config:
    """Load a config if it is a path, fill it, and check all of it before anything is built."""
    return fill_config(load_checked(config, overrides, code, has_data=True))


def run_worker(
    config: Config, output: OutputFolder | None, code: Iterable[str], use_gpu: int, resume: bool = False
) -> Language:
    """Do one process's part: everything from the filled config on. A launcher may call it elsewhere."""
    with plugins_of(config):
        return fit(build_run(config, code, use_gpu), output, resume=resume)


def build_run(config: Config, code: Iterable[str], use_gpu: int) -> Run:
    """Import a run's files and make its pipeline, which keeps them, and all that trains it."""
    files = import_files(code)
    try:
        run = prepare(config, use_gpu)
    except ConfigError as exc:
        raise with_others(exc, config) from exc
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
    for line in Header.of(run, known.step if known else None).lines():
        print(line, file=stdout, flush=True)
    with run.nlp.select_pipes(disable=list(run.frozen)):
        report = Report(run.logger, run.nlp, stdout, stderr, log_of(run, output))
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
    if output is None:
        return None
    logger = run.nlp.config.interpolate().get("training", {}).get("logger")
    return None if (output / LOG).absolute() in paths_in(logger) else output / LOG


def paths_in(block: Any) -> Iterator[Path]:
    """Give all strings of a block as paths."""
    if isinstance(block, str):
        yield Path(block).absolute()
    elif isinstance(block, Mapping):
        for value in block.values():
            yield from paths_in(value)


def check_streams(run: Run) -> None:
    """Let corpora that are read during the run say before the first step what would stop it.

    Raises:
        DataError: One has something that cannot be learnt from.
    """
    for corpus in (run.train_corpus, run.dev_corpus):
        check = getattr(corpus, "check", None)
        if check is not None:
            check(run.nlp)


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
    averages = getattr(run.optimizer, "averages", None) or {}
    models = [getattr(component, "model", None) for _, component in run.nlp.pipeline]
    for model in models if averages else ():
        for node in model.walk() if model is not None else ():
            for name in node.param_names:
                if (node.id, name) in averages:
                    node.set_param(name, averages[node.id, name])
            for shim in node.shims:
                for name, parameter in parameters(shim).items():
                    if (shim.id, name) in averages:
                        swap_parameter(parameter, averages[shim.id, name])

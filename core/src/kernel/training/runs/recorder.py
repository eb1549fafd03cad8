"""Record the steps of a run: save models, report to loggers, write checkpoints, and finish the run."""

from __future__ import annotations

from typing import IO

from kernel.errors import CheckpointError, FrozenChanged, NotFinite
from kernel.system.files import write_whole
from kernel.text.storage.docbin import DocBin
from kernel.training.loggers.report import Report
from kernel.training.loop.replayable_batches import ReplayableBatches
from kernel.training.run import Run, Step
from kernel.training.runs import checkpoint, manifest
from kernel.training.runs.diagnosis import diagnosis, first_notes, is_stuck
from kernel.training.runs.output import MANIFEST, OutputFolder, translated
from kernel.training.runs.saved_models import SavedModels, note_performance
from kernel.training.stopping import Stopped, out_of_data, should_stop

#: Number of documents of a bad batch that a message quotes, and of characters of each.
_N_QUOTED, _N_CHARS = 3, 30


class RunRecorder:
    """Records the steps of a run.

    Args:
        run: The run.
        folder: The output folder; None saves nothing.
        batches: The batches, which know the position in the data.
        report: The loggers.
        stdout: Stream for results.
        stderr: Stream for notes.
    """

    def __init__(
        self,
        run: Run,
        folder: OutputFolder | None,
        batches: ReplayableBatches,
        report: Report,
        stdout: IO[str],
        stderr: IO[str],
    ) -> None:
        self.run = run
        self.folder = folder
        self.output = None if folder is None else folder.path
        self.batches = batches
        self.report = report
        self.stdout = stdout
        self.stderr = stderr
        self.models = None if folder is None else SavedModels(run, folder)
        self.last: Step | None = None
        self._saved: Step | None = None
        self._checkpointed: Step | None = None

    def start(self, newest: checkpoint.Checkpoint | None, *, resume: bool) -> Step | None:
        """Begin the run, or restore a checkpoint, and return the step that the run resumes after.

        Args:
            newest: The newest checkpoint, if the run resumes from one.
            resume: Whether the run is resumed; without a checkpoint, it was killed before its first.

        Raises:
            CheckpointError: The checkpoint belongs to another pipeline.
            DataError: The corpus yields other batches.
        """
        if newest is not None:
            newest.apply(self.run, self.batches, self.report)
            self.last = self._checkpointed = newest.step
        elif self.folder is not None:
            self.folder.check()
            # A run killed before its first checkpoint starts over, and so do its loggers.
            logger_state = manifest.logger_at_start(self.folder.path) if resume else None
            if logger_state is None:
                manifest.record_logger_start(self.folder.path, self.report.state())
            else:
                self.report.restore(logger_state)
        return self.last

    def __call__(self, step: Step) -> None:
        """Save the pipeline if the step was evaluated, report the step, and write a checkpoint if one is due.

        In this order: a checkpoint includes the state of the loggers, and a run that is killed before the checkpoint
        is complete repeats the step with the same result.
        """
        self.last = step
        saved = None
        if step.is_evaluated:
            note_performance(self.run.nlp, step, self.run.score_weights)
            if self.models is not None:
                saved = str(self.models.save(is_best=step.is_best))
                self.models.rank(step)
                self._saved = step
        self.report(step, saved)
        if step.is_evaluated:
            self._comment(step)
        every = self.run.keeping.every_steps
        if step.step % every == 0 if every else step.is_evaluated:
            self.save_checkpoint(step)

    def _comment(self, step: Step) -> None:
        """Print notes about the scores: at the first evaluation, and once when they stop changing."""
        notes = list(first_notes(self.run, step)) if len(step.checkpoints) == 1 else []
        if is_stuck(step.checkpoints):
            notes.append(diagnosis(self.run, step))
        for note in notes:
            print(f"note: {note}", file=self.stderr, flush=True)

    def save_checkpoint(self, step: Step) -> None:
        """Write a checkpoint of the current state."""
        if self.folder is None or not self.run.keeping.keep_last or step is self._checkpointed:
            return
        with self.folder.kept():
            checkpoint.write(
                checkpoint.Checkpoint.of(self.run, step, self.batches, self.report), self.folder.path
            )
            checkpoint.prune(self.folder.path, self.run.keeping.keep_last)
        self._checkpointed = step

    def finish(self, interrupted: Stopped | None) -> None:
        """Save the final pipeline and a checkpoint, and print why the run ended."""
        step = self.last
        assert step is not None
        rule = self.run.rule
        ended = step.stopped or should_stop(rule, step.step, step.checkpoints)
        stopped = ended or interrupted or out_of_data(rule)
        # Before saving the pipeline, which updates all lazy rows and may call a user's function.
        self.save_checkpoint(step)
        if self.models is not None and step is not self._saved:
            self.models.save()
        self._close(stopped, self.models is not None)
        if (
            stopped is interrupted
            and self._checkpointed
            and self.output
            and (self.output / MANIFEST).is_file()
        ):
            print(f"resume with: {manifest.read(self.output)['go_on']}", file=self.stdout, flush=True)

    def fail(self, exc: BaseException, *, at_once: bool = False) -> BaseException:
        """Finish a run that an error ended, and return the error, perhaps with more information.

        Args:
            exc: The error.
            at_once: Whether to stop without saving anything.
        """
        step = self.last
        when = f"after step {step.step}" if step else "before the first step ended"
        code = "not_finite" if isinstance(exc, NotFinite) else "error"
        code = "interrupted" if isinstance(exc, (KeyboardInterrupt, SystemExit)) else code
        # A folder that failed once would fail again, and a pipeline that was never updated, or wrongly, is not worth
        # saving.
        is_saved = self.models is not None and not (
            step is None or at_once or isinstance(exc, (CheckpointError, FrozenChanged))
        )
        if self.models is not None and is_saved:
            try:
                self.models.save()
            except (CheckpointError, MemoryError, NotFinite):
                is_saved = (
                    False  # the previous model stays; report the error that ended the run, not this one
                )
        if isinstance(exc, NotFinite) and exc.examples:
            exc = self._with_batch(exc)
        try:
            self._close(Stopped(code, f"{type(exc).__name__} {when}"), is_saved)
        except CheckpointError:
            if not isinstance(exc, CheckpointError):
                raise
        return exc

    def _close(self, stopped: Stopped, is_saved: bool) -> None:
        """Close the loggers, complete the manifest, and always print the final messages."""
        step = self.last.step if self.last else None
        try:
            self.report.close({"code": stopped.code, "reason": stopped.reason, "step": step})
            if self.folder is not None and self.folder.is_kept:
                manifest.end(self.folder.path, stopped, step)
        finally:
            if is_saved and self.models is not None:
                print(f"saved: {self.models.last}", file=self.stdout)
            print(f"stopped: {stopped.reason}", file=self.stdout, flush=True)

    def _with_batch(self, exc: NotFinite) -> NotFinite:
        """Add the documents of the batch to a NotFinite error, and save them if there is an output folder."""
        docs = [eg.reference for eg in exc.examples]
        quoted = ", ".join(repr(doc.text[:_N_CHARS]) for doc in docs[:_N_QUOTED])
        more = "" if len(docs) <= _N_QUOTED else f" and {len(docs) - _N_QUOTED} more"
        where = ""
        if self.folder is not None and self.folder.is_kept:
            path = self.folder.path / f"not-finite-step-{exc.step}.spacy"
            with translated(self.folder.path):
                write_whole(path, DocBin(docs=docs).to_bytes())
            where = f"; they are in {path}"
        error = NotFinite(f"{exc}; the documents were {quoted}{more}{where}")
        error.step, error.examples = exc.step, exc.examples
        return error

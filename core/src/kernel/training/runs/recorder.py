"""What becomes of the steps of a run: saved, reported, kept to go on from, and at the end accounted for."""

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

#: Documents of a bad batch that a message quotes, and how much of each.
_N_QUOTED, _N_CHARS = 3, 30


class RunRecorder:
    """Takes the steps of a run.

    Args:
        run: What is done.
        place: Where to save; None saves nothing.
        trail: The batches, which know the position in the data.
        report: The logger.
        stdout: For results.
        stderr: For what is worth knowing on the way.
    """

    def __init__(
        self,
        run: Run,
        place: OutputFolder | None,
        trail: ReplayableBatches,
        report: Report,
        stdout: IO[str],
        stderr: IO[str],
    ) -> None:
        self.run = run
        self.place = place
        self.output = None if place is None else place.path
        self.trail = trail
        self.report = report
        self.stdout = stdout
        self.stderr = stderr
        self.folders = None if place is None else SavedModels(run, place)
        self.last: Step | None = None
        self._saved: Step | None = None
        self._snapped: Step | None = None

    def start(self, known: checkpoint.Checkpoint | None, *, resume: bool) -> Step | None:
        """Begin the run, or bring it to a checkpoint and return the step of that.

        Args:
            known: The newest checkpoint, if the run goes on from one.
            resume: Whether the run goes on; without a checkpoint, it was killed before its first.

        Raises:
            CheckpointError: The checkpoint belongs to another pipeline.
            DataError: The corpus gives other batches.
        """
        if known is not None:
            known.apply(self.run, self.trail, self.report)
            self.last = self._snapped = known.step
        elif self.place is not None:
            self.place.check()
            # A run that is killed before its first checkpoint begins again, and its log where that began.
            known_place = manifest.place_of_logger(self.place.path) if resume else None
            if known_place is None:
                manifest.note_logger(self.place.path, self.report.state())
            else:
                self.report.restore(known_place)
        return self.last

    def __call__(self, step: Step) -> None:
        """Save what is worth keeping of a step, report it, and leave a checkpoint where one is due.

        In this order: a checkpoint knows what the logger has written, and a run that is killed before it is
        complete does the step again, to the same end.
        """
        self.last = step
        saved = None
        if step.is_evaluated:
            note_performance(self.run.nlp, step, self.run.score_weights)
            if self.folders is not None:
                saved = str(self.folders.save(is_best=step.is_best))
                self.folders.rank(step)
                self._saved = step
        self.report(step, saved)
        if step.is_evaluated:
            self._comment(step)
        every = self.run.keeping.every_steps
        if step.step % every == 0 if every else step.is_evaluated:
            self.snap(step)

    def _comment(self, step: Step) -> None:
        """Say what is worth knowing of the scores: once, at the first evaluation and when they stand still."""
        notes = list(first_notes(self.run, step)) if len(step.checkpoints) == 1 else []
        if is_stuck(step.checkpoints):
            notes.append(diagnosis(self.run, step))
        for note in notes:
            print(f"note: {note}", file=self.stderr, flush=True)

    def snap(self, step: Step) -> None:
        """Leave a checkpoint of the run as it is."""
        if self.place is None or not self.run.keeping.keep_last or step is self._snapped:
            return
        with self.place.kept():
            checkpoint.write(
                checkpoint.Checkpoint.of(self.run, step, self.trail, self.report), self.place.path
            )
            checkpoint.prune(self.place.path, self.run.keeping.keep_last)
        self._snapped = step

    def finish(self, interrupted: Stopped | None) -> None:
        """Save the pipeline and a checkpoint as they are at the end, and say why this is the end."""
        step = self.last
        assert step is not None
        rule = self.run.rule
        ended = step.stopped or should_stop(rule, step.step, step.checkpoints)
        stopped = ended or interrupted or out_of_data(rule)
        # Before the pipeline is saved, which steps all rows of tables and may call a user's function.
        self.snap(step)
        if self.folders is not None and step is not self._saved:
            self.folders.save()
        self._close(stopped, self.folders is not None)
        if stopped is interrupted and self._snapped and self.output and (self.output / MANIFEST).is_file():
            print(f"go on with: {manifest.read(self.output)['go_on']}", file=self.stdout, flush=True)

    def fail(self, exc: BaseException, *, at_once: bool = False) -> BaseException:
        """Account for a run that an error ended, and return the error, which may know more.

        Args:
            exc: The error.
            at_once: Whether nobody wants to wait for anything to be saved.
        """
        step = self.last
        place = f"after step {step.step}" if step else "before the first step ended"
        code = "not_finite" if isinstance(exc, NotFinite) else "error"
        code = "interrupted" if isinstance(exc, (KeyboardInterrupt, SystemExit)) else code
        # A folder that refused once would refuse again, and what was never updated, or not as it should, is not
        # worth a folder.
        is_saved = self.folders is not None and not (
            step is None or at_once or isinstance(exc, (CheckpointError, FrozenChanged))
        )
        if self.folders is not None and is_saved:
            try:
                self.folders.save()
            except (CheckpointError, MemoryError, NotFinite):
                is_saved = False  # the pipeline before stays, and the error that ended the run is what has to be told
        if isinstance(exc, NotFinite) and exc.examples:
            exc = self._with_batch(exc)
        try:
            self._close(Stopped(code, f"{type(exc).__name__} {place}"), is_saved)
        except CheckpointError:
            if not isinstance(exc, CheckpointError):
                raise
        return exc

    def _close(self, stopped: Stopped, is_saved: bool) -> None:
        """End the logger, complete the manifest, and say the last words, these whatever becomes of the others."""
        step = self.last.step if self.last else None
        try:
            self.report.close({"code": stopped.code, "reason": stopped.reason, "step": step})
            if self.place is not None and self.place.is_kept:
                manifest.end(self.place.path, stopped, step)
        finally:
            if is_saved and self.folders is not None:
                print(f"saved: {self.folders.last}", file=self.stdout)
            print(f"stopped: {stopped.reason}", file=self.stdout, flush=True)

    def _with_batch(self, exc: NotFinite) -> NotFinite:
        """Add the documents to an error about numbers, and write them to a file where there is a place for it."""
        docs = [eg.reference for eg in exc.examples]
        quoted = ", ".join(repr(doc.text[:_N_CHARS]) for doc in docs[:_N_QUOTED])
        more = "" if len(docs) <= _N_QUOTED else f" and {len(docs) - _N_QUOTED} more"
        where = ""
        if self.place is not None and self.place.is_kept:
            path = self.place.path / f"not-finite-step-{exc.step}.spacy"
            with translated(self.place.path):
                write_whole(path, DocBin(docs=docs).to_bytes())
            where = f"; they are in {path}"
        told = NotFinite(f"{exc}; the documents were {quoted}{more}{where}")
        told.step, told.examples = exc.step, exc.examples
        return told

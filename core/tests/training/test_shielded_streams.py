"""A run with a folder outlasts its standard output; what is written there is lost, and nothing else."""

from __future__ import annotations

import io

import pytest

from kernel import load
from kernel.training.fit import fit
from kernel.training.runs.shielded_streams import ShieldedStream
from kernel.training.stopping import StopRule


class Broken(io.StringIO):
    """A stream whose reader goes away after some lines."""

    def __init__(self, n_lines: int, error: Exception) -> None:
        super().__init__()
        self.n_lines, self.error = n_lines, error

    def write(self, text: str) -> int:
        if self.getvalue().count("\n") >= self.n_lines:
            raise self.error
        return super().write(text)


@pytest.mark.parametrize(
    "error", [BrokenPipeError(32, "Broken pipe"), OSError(28, "No space left on device")]
)
def test_a_run_goes_on_without_its_standard_output(make_run, tmp_path, watcher, error):
    stdout, stderr = Broken(1, error), io.StringIO()

    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, stdout=stdout, stderr=stderr)

    assert stdout.getvalue().count("\n") == 1
    assert stderr.getvalue() == (
        f"note: standard output cannot be written, got {error.strerror}; the run continues, its evaluations are in "
        f"{tmp_path / 'log.jsonl'}\n"
    )
    assert watcher.is_closed
    load(tmp_path / "model-last")


def test_a_run_goes_on_without_its_standard_error(make_run, tmp_path, streams):
    streams["stderr"] = Broken(0, OSError(28, "No space left on device"))

    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)

    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: max_steps 4 reached"


def test_a_run_that_leaves_no_folder_ends_with_its_standard_output(make_run, streams):
    streams["stdout"] = Broken(1, BrokenPipeError(32, "Broken pipe"))

    with pytest.raises(BrokenPipeError):
        fit(make_run(rule=StopRule(max_steps=4)), **streams)


def test_what_the_encoding_lacks_is_written_as_escapes():
    raw = io.BytesIO()
    stream = ShieldedStream(io.TextIOWrapper(raw, encoding="ascii"))

    print("caf\u00e9", file=stream, flush=True)

    assert raw.getvalue() == b"caf\\xe9\n"


def test_a_closed_stream_takes_everything():
    closed = io.StringIO()
    closed.close()
    lost = []

    for stream in (ShieldedStream(None), ShieldedStream(closed, lost.append)):
        print("lost", file=stream, flush=True)
        print("lost", file=stream, flush=True)

        assert not stream.isatty()
    assert len(lost) == 1

"""Ctrl-C and SIGTERM: the step is finished, everything saved, and the second one is obeyed at once."""

from __future__ import annotations

import io
import signal
import threading
from dataclasses import replace

import pytest

from kernel import load
from kernel.training.fit import fit
from kernel.training.runs.checkpoint import places
from kernel.training.runs.digests import digest_of_folder
from kernel.training.runs.interrupts import Interrupts
from kernel.training.stopping import StopRule


def at_step(number, *signals):
    def send(nlp, args):
        if args["step"] == number:
            for one in signals:
                signal.raise_signal(one)

    return send


@pytest.mark.parametrize(
    ("sent", "raised"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit), (signal.SIGHUP, SystemExit)],
)
def test_a_signal_ends_the_run_after_the_step_with_everything_saved(
    make_run, tmp_path, streams, watcher, sent, raised
):
    run = make_run(before_update=at_step(3, sent), rule=StopRule(max_steps=9))

    with pytest.raises(raised):
        fit(run, tmp_path, **streams)

    assert [info and info["step"] for info in watcher.infos] == [0, None, 2, None]
    assert watcher.is_closed
    load(tmp_path / "model-last")
    assert [place.name for place in places(tmp_path)] == ["step-00000003"]
    assert streams["stdout"].getvalue().splitlines()[-1] == f"stopped: interrupted by {sent.name}"
    assert streams["stderr"].getvalue() == "finishing the step and saving; interrupt again to stop at once\n"


def test_the_second_signal_stops_at_once(make_run, tmp_path, streams):
    run = make_run(before_update=at_step(3, signal.SIGINT, signal.SIGINT), rule=StopRule(max_steps=9))

    with pytest.raises(KeyboardInterrupt):
        fit(run, tmp_path, **streams)

    assert [place.name for place in places(tmp_path)] == ["step-00000002"]
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: KeyboardInterrupt after step 2"


def test_a_signal_ends_the_way_back_to_a_checkpoint_at_once(make_run, tmp_path, streams):
    fit(make_run(rule=StopRule(max_steps=4)), tmp_path, **streams)
    before = digest_of_folder(tmp_path / "checkpoints")
    run = make_run(rule=StopRule(max_steps=9))
    seen = []

    def batches(examples):
        for number, batch in enumerate(run.batcher(examples)):
            seen.append(number)
            if number == 2:
                signal.raise_signal(signal.SIGTERM)
            yield batch

    streams["stderr"].truncate(0)
    with pytest.raises(SystemExit) as ended:
        fit(replace(run, batcher=batches), tmp_path, **streams, resume=True)

    assert ended.value.code == 128 + signal.SIGTERM
    assert max(seen) == 2
    assert digest_of_folder(tmp_path / "checkpoints") == before
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: SystemExit before the first step ended"
    assert "finishing" not in streams["stderr"].getvalue()


def test_a_signal_that_the_caller_ignores_stays_ignored():
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Interrupts(io.StringIO()) as interrupts:
            signal.raise_signal(signal.SIGHUP)

            assert interrupts.stopped is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_a_stream_that_cannot_be_written_to_costs_no_signal():
    closed = io.StringIO()
    closed.close()

    with Interrupts(closed) as interrupts:
        signal.raise_signal(signal.SIGTERM)

        assert interrupts.stopped.reason == "interrupted by SIGTERM"


def test_signals_mean_afterwards_what_they_meant_before():
    before = signal.getsignal(signal.SIGTERM)

    with Interrupts(io.StringIO()):
        assert signal.getsignal(signal.SIGTERM) != before

    assert signal.getsignal(signal.SIGTERM) == before


def test_a_run_in_another_thread_leaves_signals_alone():
    before, found = signal.getsignal(signal.SIGINT), []

    def work():
        with Interrupts(io.StringIO()) as interrupts:
            found.extend([signal.getsignal(signal.SIGINT), interrupts.stopped])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert found == [before, None]

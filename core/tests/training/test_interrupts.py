"""Ctrl-C and SIGTERM: the step is finished, everything saved, and the second one is obeyed at once."""

from __future__ import annotations

import io
import signal
import threading

import pytest

from kernel import load
from kernel.training.interrupts import Interrupts
from kernel.training.snapshot import places
from kernel.training.stop import StopRule
from kernel.training.walk import carry_out


def at_step(number, *signals):
    def send(nlp, args):
        if args["step"] == number:
            for one in signals:
                signal.raise_signal(one)

    return send


@pytest.mark.parametrize(
    ("sent", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_a_signal_ends_the_run_after_the_step_with_everything_saved(
    make_run, tmp_path, streams, watcher, sent, raised
):
    run = make_run(before_update=at_step(3, sent), rule=StopRule(max_steps=9))

    with pytest.raises(raised):
        carry_out(run, tmp_path, **streams)

    assert [info and info["step"] for info in watcher.infos] == [0, None, 2, None]
    assert watcher.is_closed
    load(tmp_path / "model-last")
    assert [place.name for place in places(tmp_path)] == ["step-00000003"]
    assert streams["stdout"].getvalue().splitlines()[-1] == f"stopped: interrupted by {sent.name}"
    assert streams["stderr"].getvalue() == "finishing the step and saving; once more stops at once\n"


def test_the_second_signal_stops_at_once(make_run, tmp_path, streams):
    run = make_run(before_update=at_step(3, signal.SIGINT, signal.SIGINT), rule=StopRule(max_steps=9))

    with pytest.raises(KeyboardInterrupt):
        carry_out(run, tmp_path, **streams)

    assert [place.name for place in places(tmp_path)] == ["step-00000002"]
    assert streams["stdout"].getvalue().splitlines()[-1] == "stopped: KeyboardInterrupt after step 2"


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

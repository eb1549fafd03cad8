"""What becomes of a run whose logger fails: nothing, unless it is strict."""

from __future__ import annotations

import io
import json

import pytest

from kernel.config import make_plan
from kernel.config.format.document import Config
from kernel.config.resolve import resolve
from kernel.errors import ConfigError, LoggerFailed
from kernel.registry import registry
from kernel.training.fit import fit
from kernel.training.loggers.guarded_logger import GuardedLogger


class Flaky:
    """A logger that raises where it is told to, and remembers the rest."""

    def __init__(self, *, setup=False, steps=(), none=False, finalize=False, strict=False):
        self.bad_setup, self.bad_steps, self.bad_none, self.bad_finalize = setup, steps, none, finalize
        self.strict = strict
        self.seen, self.tried = [], []

    def __call__(self, nlp, stdout, stderr):
        if self.bad_setup:
            raise ConnectionError("no route\nto the server")
        return self.log_step, self.finalize

    def log_step(self, info):
        self.tried.append(info and info["step"])
        if (info is None and self.bad_none) or (info and info["step"] in self.bad_steps):
            raise ConnectionError("no route\nto the server")
        self.seen.append(info and info["step"])

    def finalize(self):
        if self.bad_finalize:
            raise ConnectionError("no route\nto the server")


def warning(when: str) -> str:
    return (
        f"warning: [training.logger] the logger failed {when}, got ConnectionError: no route to the server; "
        "training continues; set strict = true to stop instead\n"
    )


@pytest.mark.parametrize(
    ("flaky", "when", "note"),
    [
        (Flaky(setup=True), "during setup", ""),
        (
            Flaky(steps=(0, 2)),
            "at step 0",
            "note: [training.logger] 2 evaluations, from step 0 on, were not logged\n",
        ),
        (Flaky(none=True), "between two evaluations", ""),
        (Flaky(finalize=True), "while finishing", ""),
    ],
)
def test_a_logger_that_raises_is_warned_about_once_and_ends_nothing(make_run, streams, flaky, when, note):
    fit(make_run(logger=flaky), **streams)

    assert streams["stderr"].getvalue() == warning(when) + note
    assert "stopped: max_steps 4 reached" in streams["stdout"].getvalue()


@pytest.mark.parametrize("where", ["setup", "steps", "finalize"])
def test_a_strict_logger_that_raises_ends_the_run(make_run, streams, where):
    flaky = Flaky(strict=True, **{where: (2,) if where == "steps" else True})

    with pytest.raises(
        LoggerFailed, match=r"^\[training.logger\] the logger failed .* no route to the server; "
    ):
        fit(make_run(logger=flaky), **streams)


def test_a_logger_that_is_back_is_told_again(make_run, streams):
    flaky = Flaky(steps=(0,))

    fit(make_run(logger=flaky), **streams)

    assert [step for step in flaky.seen if step is not None] == [2, 4]


class Away(Flaky):
    """A logger whose server is away for some tries."""

    def __init__(self, n_tries: int) -> None:
        super().__init__()
        self.n_tries = n_tries

    def log_step(self, info):
        if info is not None:
            self.tried.append(info["step"])
            if len(self.tried) <= self.n_tries:
                raise ConnectionError("no route\nto the server")
            self.seen.append(info["step"])


@pytest.mark.parametrize("n_tries", [1, 2, 3, 5])
def test_what_a_logger_missed_while_its_server_was_away_is_sent_again_in_order(make_run, streams, n_tries):
    away = Away(n_tries)

    fit(make_run(logger=away, eval_frequency=1), **streams)

    assert away.seen == sorted(away.seen, key=[0, 1, 2, 3, 4].index)
    assert sorted(away.seen) == [0, 1, 2, 3, 4][max(0, n_tries - 3) :]
    assert streams["stderr"].getvalue().startswith(warning("at step 0"))


def test_a_logger_that_fails_again_and_again_is_left_alone_until_the_end(make_run, streams):
    flaky = Flaky(steps=range(100))

    fit(make_run(logger=flaky, eval_frequency=1), **streams)

    assert flaky.tried == [0, 0, 0, *[0, 1, 2]]


def test_what_waits_is_sent_when_the_run_goes_on_elsewhere():
    away = GuardedLogger(Flaky(setup=True), None, io.StringIO(), io.StringIO())
    for step in (0, 2):
        away({"step": step})
    flaky = Flaky()

    again = GuardedLogger(flaky, None, io.StringIO(), io.StringIO())
    again.restore(json.loads(json.dumps(away.state())))
    again({"step": 4})

    assert flaky.seen == [0, 2, 4]
    assert again.state() is None


def test_a_logger_that_cannot_take_none_gets_the_evaluations(make_run, streams):
    flaky = Flaky(none=True)

    fit(make_run(logger=flaky), **streams)

    assert flaky.seen == [0, 2, 4]
    assert flaky.tried.count(None) == 1


def test_a_mistake_in_the_config_ends_the_run_before_it_begins(make_run, streams):
    def setup(nlp):
        raise ConfigError("path: cannot be written")

    with pytest.raises(ConfigError, match=r"^\[training.logger\] path: cannot be written$"):
        fit(make_run(logger=setup), **streams)


def test_a_logger_that_was_away_keeps_its_place():
    def begun(flaky):
        return GuardedLogger(flaky, None, io.StringIO(), io.StringIO())

    class Counting(Flaky):
        def __call__(self, nlp, stdout, stderr):
            _, finalize = super().__call__(nlp, stdout, stderr)
            return Placed(), finalize

    class Placed:
        place = 0

        def __call__(self, info):
            self.place = info["step"]

        def state(self):
            return self.place

        def restore(self, place):
            self.place = place

    watch = begun(Counting())
    watch({"step": 7})
    known = watch.state()
    away = begun(Counting(setup=True))
    away.restore(known)

    again = begun(Counting())
    again.restore(away.state())

    assert again.state() == known
    assert known["state"] == 7

    package, _, name = known["kind"].partition(":")
    moved = begun(Counting())
    moved.restore({**known, "kind": f"{package}.another.module:{name}"})

    assert moved.state() == known


@pytest.fixture
def quiet():
    """A logger that takes no arguments, under the name toy.Plain.v1."""
    return registry.loggers("toy.Plain.v1", func=plain_logger)


def plain_logger():
    """Make a logger."""
    return lambda nlp: (lambda info: None, lambda: None)


def config(**values):
    logger = {"@loggers": "toy.Plain.v1", **values}
    return Config({"nlp": {"lang": "xx"}, "training": {"logger": logger}})


@pytest.mark.usefixtures("quiet")
def test_the_section_of_any_logger_may_say_strict():
    make_plan(config(strict=True))

    assert resolve(config(strict=True), "training.logger").strict
    assert not getattr(resolve(config(), "training.logger"), "strict", False)


@pytest.mark.usefixtures("quiet")
def test_strict_is_true_or_false():
    with pytest.raises(ConfigError, match=r"\[training.logger\] strict: expected .*, got 'very'"):
        make_plan(config(strict="very"))
    with pytest.raises(ConfigError, match=r"\[training.logger\] strict: expected .*, got 'very'"):
        resolve(config(strict="very"), "training.logger")

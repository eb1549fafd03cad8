"""Any number of threads predict with one pipeline; none while another one trains."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits  # type: ignore[import-untyped]

from kernel.errors import ModelError
from kernel.language import Language
from kernel.pipeline.run.activity import predicting, training
from kernel.pipeline.run.predict import annotate_doc
from kernel.pipeline.run.threads import blas_threads, one_blas_thread
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example


def component(doc: object) -> object:
    return doc


PIPELINE = [("tagger", component)]


def blas_libraries() -> list[dict[str, int]]:
    found: list[dict[str, int]] = ThreadpoolController().select(user_api="blas").info()
    return found


def in_another_thread(work: Callable[[], None]) -> BaseException | None:
    raised: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    thread.join()
    return raised[0] if raised else None


def predict() -> None:
    with predicting(PIPELINE):
        pass


def train() -> None:
    with training(PIPELINE):
        pass


def test_two_threads_predict_with_one_component() -> None:
    with predicting(PIPELINE):
        assert in_another_thread(predict) is None


def test_a_thread_that_trains_may_predict_as_well() -> None:
    with training(PIPELINE), training(PIPELINE), predicting(PIPELINE):
        pass
    assert in_another_thread(train) is None


def test_prediction_is_refused_while_another_thread_trains() -> None:
    with training(PIPELINE):
        error = in_another_thread(predict)

    assert isinstance(error, ModelError)
    assert str(error) == (
        "tagger: another thread is training this component; predict when it is done, or with a copy of the pipeline"
    )
    assert in_another_thread(predict) is None


@pytest.mark.parametrize(("busy", "what"), [(predicting, "predicting with"), (training, "training")])
def test_training_is_refused_while_another_thread_is_at_work(busy: Callable[..., object], what: str) -> None:
    with busy(PIPELINE):  # type: ignore[attr-defined]
        error = in_another_thread(train)

    assert isinstance(error, ModelError)
    assert str(error) == (
        f"tagger: another thread is {what} this component; train when it is done, or a copy of the pipeline"
    )


def test_a_thread_is_at_work_on_a_pipeline_while_a_component_of_it_uses_another_pipeline() -> None:
    with predicting(PIPELINE), predicting([("other", lambda doc: doc)]):
        error = in_another_thread(train)

    assert isinstance(error, ModelError)
    assert in_another_thread(train) is None


def test_components_that_are_not_shared_do_not_matter() -> None:
    with training([("tagger", lambda doc: doc)]):
        assert in_another_thread(predict) is None


def test_a_pipeline_does_not_learn_while_another_thread_predicts_with_it(
    trained: Language, make_examples: Callable[[Language], list[Example]]
) -> None:
    reached, leave = threading.Event(), threading.Event()
    examples = make_examples(trained)

    def wait(doc: Doc) -> Doc:
        reached.set()
        leave.wait()
        return doc

    pipeline = [*trained.pipeline, ("wait", wait)]
    thread = threading.Thread(target=annotate_doc, args=(pipeline, trained.make_doc("the cat"), {}))
    thread.start()
    reached.wait()
    try:
        for learn in (
            lambda: trained.update(examples),
            lambda: trained.rehearse(examples),
            lambda: trained.initialize(lambda: examples),
            lambda: trained.use_params({(0, "W"): None}).__enter__(),
        ):
            with pytest.raises(
                ModelError, match=r"^tagger: another thread is predicting with this component; "
            ):
                learn()
        trained.update(examples, exclude=["tagger"])
    finally:
        leave.set()
        thread.join()
    trained.update(examples)


def test_blas_stays_on_one_thread_until_the_last_thread_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    inside, leave = threading.Event(), threading.Event()

    def stay() -> None:
        with one_blas_thread():
            inside.set()
            leave.wait()

    with threadpool_limits(limits=2, user_api="blas"):
        with one_blas_thread():
            thread = threading.Thread(target=stay)
            thread.start()
            inside.wait()
        during = blas_threads()
        leave.set()
        thread.join()
        after = {library["num_threads"] for library in blas_libraries()}

    assert during == 1
    assert after == {2}


FORK = """
import os, threading
import numpy
from threadpoolctl import ThreadpoolController
from kernel.pipeline.run.threads import one_blas_thread

def n_threads():
    return {pool["num_threads"] for pool in ThreadpoolController().select(user_api="blas").info()}

def stay():
    with one_blas_thread():
        inside.set()
        leave.wait()

before, inside, leave = n_threads(), threading.Event(), threading.Event()
thread = threading.Thread(target=stay)
thread.start()
inside.wait()
child = os.fork()
if not child:
    with one_blas_thread():
        pass
    os._exit(0 if n_threads() == before else 3)
status = os.waitpid(child, 0)[1]
leave.set()
thread.join()
print(os.waitstatus_to_exitcode(status), n_threads() == before)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_child_of_a_fork_puts_the_threads_of_blas_back() -> None:
    chosen = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    env = {name: value for name, value in os.environ.items() if name not in chosen}

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.stdout, done.stderr) == ("0 True\n", "")

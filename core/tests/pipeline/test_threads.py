"""A pipeline computes on one BLAS thread, unless the environment says otherwise."""

from __future__ import annotations

import pytest
from threadpoolctl import ThreadpoolController, threadpool_limits  # type: ignore[import-untyped]

from kernel.pipeline.run.predict import annotate_doc
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab


def blas_threads() -> list[int]:
    found = ThreadpoolController().select(user_api="blas").info()
    return [library["num_threads"] for library in found]


@pytest.fixture
def free_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)


def seen_by_a_component() -> list[int]:
    seen: list[int] = []

    def component(doc: Doc) -> Doc:
        seen.extend(blas_threads())
        return doc

    annotate_doc([("counter", component)], Doc(Vocab(), words=["a"]), {})
    return seen


@pytest.mark.usefixtures("free_choice")
def test_components_run_on_one_thread_and_the_setting_comes_back() -> None:
    with threadpool_limits(limits=2, user_api="blas"):
        before = blas_threads()
        during = seen_by_a_component()
        after = blas_threads()

    assert set(during) == {1}
    assert before == after


def test_the_environment_may_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")

    with threadpool_limits(limits=2, user_api="blas"):
        assert seen_by_a_component() == blas_threads()

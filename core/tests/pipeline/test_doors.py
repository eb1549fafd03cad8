"""The names that people import from `kernel.util` and `kernel.language`, and what stands behind them."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernel
import kernel.language
import kernel.pipeline
from kernel import util
from kernel.errors import ConfigError, DataError, UnknownName
from kernel.pipeline.language import Language
from kernel.text.doc.doc import Doc
from kernel.text.vocab.vocab import Vocab
from kernel.training import validate_examples, validate_get_examples


def test_every_name_of_the_doors_leads_somewhere() -> None:
    assert [getattr(util, name) for name in util.__all__].count(None) == 0
    assert [getattr(kernel.pipeline, name) for name in kernel.pipeline.__all__].count(None) == 0
    assert kernel.language.Language is Language
    assert dir(util) == sorted(util.__all__)


def test_the_doors_are_there_with_the_kernel_alone_and_are_loaded_when_used() -> None:
    code = (
        "import sys, kernel; before = {'kernel.util', 'kernel.tokens'} & set(sys.modules)\n"
        "print(len(before), kernel.util.minibatch.__name__, kernel.tokens.Doc.__name__, "
        "kernel.training.Example.__name__, kernel.language.Language.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)

    assert done.stdout.split() == ["0", "minibatch", "Doc", "Example", "Language"], done.stderr
    with pytest.raises(AttributeError, match=r"^module 'kernel' has no attribute 'nothing'$"):
        _ = kernel.nothing  # type: ignore[attr-defined]


def test_a_name_that_no_door_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"module 'kernel\.util' has no attribute 'nothing'"):
        _ = util.nothing  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match=r"module 'kernel\.pipeline' has no attribute 'nothing'"):
        _ = kernel.pipeline.nothing  # type: ignore[attr-defined]


@given(
    st.lists(st.integers(), max_size=50),
    st.one_of(st.integers(1, 9), st.lists(st.integers(1, 9), min_size=50)),
)
def test_minibatches_hold_everything_in_order(items: list[int], size: int | Iterable[int]) -> None:
    batches = list(util.minibatch(items, size))

    assert [item for batch in batches for item in batch] == items
    assert all(batches)


def test_minibatches_follow_a_series_of_sizes() -> None:
    assert list(util.minibatch(range(6), iter([1, 2, 3]))) == [[0], [1, 2], [3, 4, 5]]


def test_a_minibatch_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="minibatch: expected a positive size, got 0"):
        list(util.minibatch([1], 0))


def test_a_seed_fixes_what_is_drawn() -> None:
    util.fix_random_seed(3)
    first = random.random(), np.random.random()

    util.fix_random_seed(3)

    assert (random.random(), np.random.random()) == first


def test_the_longest_spans_stay() -> None:
    doc = Doc(Vocab(), words=["a", "b", "c", "d", "e"])
    spans = [doc[0:2], doc[1:4], doc[2:3], doc[4:5], doc[3:5]]

    kept = [(span.start, span.end) for span in util.filter_spans(spans)]

    assert kept == [(1, 4), (4, 5)]


def test_of_equal_spans_the_first_stays() -> None:
    doc = Doc(Vocab(), words=["a", "b", "c"])

    assert [span.start for span in util.filter_spans([doc[1:3], doc[0:2]])] == [0]


def test_language_classes_are_found_by_code() -> None:
    assert util.get_lang_class("plain").lang == "plain"
    with pytest.raises(UnknownName, match="unknown name 'plian'"):
        util.get_lang_class("plian")


def test_models_load_through_the_door_as_well(tmp_path: Path) -> None:
    kernel.blank("plain").to_disk(tmp_path / "saved")

    assert util.load_model(tmp_path / "saved").lang == "plain"


def test_processes_beyond_one_are_refused(nlp: Language) -> None:
    with pytest.raises(ConfigError, match="n_process must be 1, got 2"):
        nlp.pipe(["a"], n_process=2)


def test_what_is_no_list_of_examples_is_refused_by_name() -> None:
    validate_examples([], "mine.update")
    validate_get_examples(list, "mine.initialize")

    with pytest.raises(DataError, match=r"mine\.update: expected a list of Example objects, got 'a'"):
        validate_examples(["a"], "mine.update")
    with pytest.raises(DataError, match=r"mine\.initialize: get_examples must be a function"):
        validate_get_examples([], "mine.initialize")

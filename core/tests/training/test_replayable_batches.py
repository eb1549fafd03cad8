"""A stream of batches that is walked again to where a run left it, and says where it is another one."""

from __future__ import annotations

import random
from itertools import islice
from typing import Any

import numpy as np
import pytest

from kernel import Example, Vocab
from kernel.errors import DataError
from kernel.tokens import Doc
from kernel.training.loop.replayable_batches import ReplayableBatches

VOCAB = Vocab()
WORDS = ["one", "two", "three", "four", "five"]
OTHERS = (
    "--resume: the batches differ from those of the run up to step {}; restore data, code and plugins, or start "
    "again with --overwrite"
)


def batch(*words: str) -> list[Example]:
    doc = Doc(VOCAB, words=list(words))
    return [Example(doc, doc.copy())]


def stream(words: Any = WORDS, seed: int = 0) -> ReplayableBatches:
    """Batches of one word each."""
    return ReplayableBatches(((0, batch(word)) for word in words), seed)


def drawing(seed: int = 0) -> ReplayableBatches:
    """Batches of words that are drawn, from both global generators, as an augmenter would."""
    return ReplayableBatches(
        ((0, batch(random.choice(WORDS), WORDS[np.random.randint(5)])) for _ in range(50)), seed
    )


def words_of(batches: Any) -> list[list[str]]:
    return [eg.predicted.words for _, examples in batches for eg in examples]


def test_batches_come_as_they_are_in_their_order() -> None:
    given = [(0, batch("a")), (0, batch("b")), (1, batch("c"))]

    assert list(ReplayableBatches(given, 0)) == given


def test_the_checksum_knows_the_words_and_their_order() -> None:
    def checksum(*words: str) -> int:
        batches = stream(words)
        list(batches)
        return batches.checksum

    assert checksum("a", "b") == checksum("a", "b")
    assert len({checksum(), checksum("a"), checksum("a", "b"), checksum("b", "a")}) == 4


def test_another_process_goes_on_behind_the_batches_that_were_taken() -> None:
    first, second = stream(), stream()
    list(islice(first, 3))

    second.replay(3, first.state())

    assert words_of(second) == words_of(first) == [["four"], ["five"]]


def test_what_is_drawn_for_batches_goes_on_where_it_was() -> None:
    first, second = drawing(), drawing()
    list(islice(first, 20))
    random.seed(99)
    np.random.seed(99)

    second.replay(20, first.state())

    assert words_of(second) == words_of(first)


def test_the_seed_says_what_is_drawn_for_batches() -> None:
    assert words_of(drawing(1)) == words_of(drawing(1)) != words_of(drawing(2))


def test_drawing_for_batches_moves_the_generators_for_nobody_else() -> None:
    def drawn() -> tuple[float, float]:
        return random.random(), float(np.random.random())

    random.seed(3)
    np.random.seed(3)
    expected = drawn()
    random.seed(3)
    np.random.seed(3)

    list(drawing())

    assert drawn() == expected


@pytest.mark.parametrize(
    "words",
    [["one", "two", "THREE", "four"], ["two", "one", "three"], ["one", "two"], []],
    ids=["another word", "another order", "too few", "none"],
)
def test_other_batches_are_named_by_the_step_up_to_which_they_were_compared(words: list[str]) -> None:
    known = stream()
    list(islice(known, 3))

    with pytest.raises(DataError) as caught:
        stream(words).replay(3, known.state())

    assert str(caught.value) == OTHERS.format(2)


def test_what_comes_later_may_be_other_batches() -> None:
    known, longer = stream(), stream([*WORDS[:3], "new"])
    list(islice(known, 3))

    longer.replay(3, known.state())

    assert words_of(longer) == [["new"]]


def test_equal_words_by_other_random_numbers_are_other_batches() -> None:
    known = stream(seed=0)
    list(islice(known, 3))

    with pytest.raises(DataError, match=r"^--resume: the batches differ from those of the run"):
        stream(seed=1).replay(3, known.state())

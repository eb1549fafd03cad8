"""Each check passes over what is right, and names what is wrong."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

import kernel
from kernel import testing
from kernel.errors import DataError
from kernel.testing import (
    check_batcher,
    check_callback,
    check_command,
    check_converter,
    check_language,
    check_logger,
    check_reader,
    check_schedule,
    check_tokenizer,
    step_info,
)
from kernel.tokens import Doc
from kernel.training import Example

Items = Iterable[Any]


def fails(message: str) -> Any:
    """A check that fails, with this in its message."""
    return pytest.raises(AssertionError, match=message)


@pytest.mark.parametrize("name", sorted({*testing.__all__} - {"PUBLIC_MODULES"}))
def test_the_door_leads_to_every_check(name: str) -> None:
    assert callable(getattr(testing, name))


# -- batchers ------------------------------------------------------------------------------------------------


def by_threes(items: Items) -> Iterator[list[Any]]:
    stream = iter(items)
    while batch := list(itertools.islice(stream, 3)):
        yield batch


def dropping(items: Items) -> Iterator[list[Any]]:
    return (batch[:2] for batch in by_threes(items))


def reversing(items: Items) -> Iterator[list[Any]]:
    return (batch[::-1] for batch in by_threes(items))


def padding(items: Items) -> Iterator[list[Any]]:
    yield []
    yield from by_threes(items)


def tuples(items: Items) -> Iterator[Any]:
    return (tuple(batch) for batch in by_threes(items))


def test_a_good_batcher_passes_and_its_batches_come_back() -> None:
    assert check_batcher(by_threes, ["a", "b", "c", "d"]) == [["a", "b", "c"], ["d"]]


@pytest.mark.parametrize(
    ("batcher", "message"),
    [
        (dropping, "items are lost or invented"),
        (reversing, "the order of items changes"),
        (padding, "a batch is empty"),
        (tuples, "a batch is not a list"),
    ],
)
def test_a_bad_batcher_is_found(batcher: Any, message: str) -> None:
    with fails(message):
        check_batcher(batcher)


def test_a_batcher_may_document_that_it_drops_or_reorders() -> None:
    assert check_batcher(dropping, "abc", keeps_all=False) == [["a", "b"]]
    assert check_batcher(reversing, "abc", keeps_order=False) == [["c", "b", "a"]]


# -- schedules -----------------------------------------------------------------------------------------------


def test_a_schedule_must_last_and_stay_finite() -> None:
    assert check_schedule(itertools.count(1), 3) == [1, 2, 3]
    with fails("the schedule ends after 2 of 1000 steps"):
        check_schedule(iter([1.0, 2.0]))
    with fails("not finite"):
        check_schedule(itertools.repeat(math.nan))


# -- loggers -------------------------------------------------------------------------------------------------


def logger_of(write: Callable[[Any, dict[str, Any]], None]) -> Any:
    """A logger that writes each step in some way."""

    def setup(nlp: object, stdout: Any, stderr: Any) -> tuple[Any, Any]:
        def log_step(info: dict[str, Any] | None) -> None:
            if info is not None:
                write(stdout, info)

        return log_step, lambda: None

    return setup


def test_a_good_logger_passes_and_what_it_wrote_comes_back() -> None:
    good = logger_of(lambda stdout, info: print(info["step"], file=stdout))

    assert check_logger(good, None) == ("20\n40\n60\n", "")


def test_a_logger_that_needs_the_header_is_given_one() -> None:
    def setup(nlp: Any, stdout: Any, stderr: Any, header: Any) -> tuple[Any, Any]:
        stdout.write(f"{header.eval_frequency}")
        return lambda info: None, lambda: None

    assert check_logger(setup, kernel.blank("xx")) == ("200", "")


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (
            lambda stdout, info: print(info["step"]),
            "it writes to streams other than those it was passed: '20",
        ),
        (lambda stdout, info: info.clear(), "it changes the info of a step"),
    ],
)
def test_a_bad_logger_is_found(write: Any, message: str) -> None:
    with fails(message):
        check_logger(logger_of(write), None)


def test_a_logger_without_its_pair_is_found() -> None:
    with fails("setup does not return a pair"):
        check_logger(lambda nlp, stdout, stderr: None, None)  # type: ignore[arg-type, return-value]


def test_the_facts_of_a_step_can_be_changed() -> None:
    assert step_info(step=7)["step"] == 7
    assert set(step_info()) == {
        *("epoch", "step", "score", "other_scores", "losses", "checkpoints", "words", "seconds")
    }


# -- readers -------------------------------------------------------------------------------------------------


def read(nlp: Any, text: str = "a bird sings", tags: tuple[str, ...] = ("D", "N", "V")) -> Example:
    return Example.from_dict(nlp.make_doc(text), {"tags": list(tags)})


def test_a_good_reader_passes_and_its_examples_come_back() -> None:
    nlp = kernel.blank("xx")

    [example] = check_reader(lambda nlp: iter([read(nlp)]), nlp)

    assert [token.tag_ for token in example.reference] == ["D", "N", "V"]


def annotated(nlp: Any) -> Iterator[Example]:
    example = read(nlp)
    yield Example(example.reference.copy(), example.reference)


def shared(nlp: Any) -> Iterator[Example]:
    doc = nlp.make_doc("a bird")
    yield Example(doc, doc)


def elsewhere(nlp: Any) -> Iterator[Example]:
    yield read(kernel.blank("xx"))


@pytest.mark.parametrize(
    ("reader", "message"),
    [
        (lambda nlp: [read(nlp)], "it does not return an iterator: list"),
        (lambda nlp: iter(()), "it yields no examples"),
        (lambda nlp: iter([nlp.make_doc("a")]), "it yields something other than Examples: Doc"),
        (
            lambda nlp: iter([read(nlp, random.choice("abcdefgh") * random.randint(1, 99), ("X",))]),
            "a second pass gives other texts",
        ),
        (annotated, r"the predicted document already has annotation: \['TAG'\]"),
        (shared, "predicted and reference are the same document"),
        (elsewhere, "vocab is not that of nlp"),
    ],
)
def test_a_bad_reader_is_found(reader: Any, message: str) -> None:
    with fails(message):
        check_reader(reader, kernel.blank("xx"))


def test_a_reader_that_gives_its_documents_twice_is_found() -> None:
    nlp = kernel.blank("xx")
    kept = [read(nlp)]

    with fails("a second pass gives the same predicted documents"):
        check_reader(lambda nlp: iter(kept), nlp)


# -- tokenizers and languages --------------------------------------------------------------------------------


def test_the_neutral_language_passes() -> None:
    check_language(type(kernel.blank("xx")), "Two words.")


def test_a_destructive_tokenizer_is_found() -> None:
    vocab = kernel.blank("xx").vocab

    with fails("it does not preserve the text"):
        check_tokenizer(lambda text: Doc(vocab, words=text.split()))


def test_a_class_that_is_no_language_is_found() -> None:
    with fails("it is not a subclass of Language"):
        check_language(dict)


# -- converters ----------------------------------------------------------------------------------------------


def convert(path: Path, **options: Any) -> Iterator[Doc]:
    """One word a line; a line with a space is malformed."""
    vocab = kernel.blank("xx").vocab
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if " " in line:
            raise DataError(f"{path}:{number}: expected one word, got {line!r}")
        yield Doc(vocab, words=[line])


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A good file, and a bad one whose second line is malformed."""
    good, bad = tmp_path / "good.txt", tmp_path / "bad.txt"
    good.write_text("one\ntwo\n")
    bad.write_text("one\nand two\n")
    return good, bad


def test_a_good_converter_passes_and_its_documents_come_back(files: tuple[Path, Path]) -> None:
    docs = check_converter(convert, *files, bad_line=2)

    assert [doc[0].text for doc in docs] == ["one", "two"]


def test_a_converter_that_names_another_line_or_none_is_found(files: tuple[Path, Path]) -> None:
    good, bad = files

    with fails("the message does not begin with '.*bad.txt:3:'"):
        check_converter(convert, good, bad, 3)
    with fails("it accepts the malformed file without an error"):
        check_converter(convert, good, good, 1)


# -- callbacks and commands ----------------------------------------------------------------------------------


def test_a_callback_must_return_what_goes_on() -> None:
    nlp = kernel.blank("xx")

    assert check_callback(lambda nlp: nlp, "after_creation", nlp) is nlp
    assert check_callback(lambda nlp: None, "before_init", nlp) is nlp
    assert check_callback(lambda nlp, info: None, "before_update", nlp) is nlp
    assert check_callback(lambda lang: lang, "before_creation", type(nlp)) is type(nlp)
    with fails("it must return the nlp object, got None"):
        check_callback(lambda nlp: None, "after_creation", nlp)
    with fails("it must return a subclass of"):
        check_callback(lambda lang: dict, "before_creation", type(nlp))
    with fails("unknown callback point 'lunch'"):
        check_callback(lambda nlp: nlp, "lunch", nlp)


def test_a_command_must_explain_itself() -> None:
    good = click.Command("good", help="Do it.", params=[click.Option(["--how"], help="In which way.")])

    assert "In which way." in check_command(good)
    with fails("it has no help text"):
        check_command(click.Command("bad"))
    with fails(r"options without help: \['how'\]"):
        check_command(
            click.Group(
                "group",
                help="All.",
                commands=[click.Command("bad", help="Do it.", params=[click.Option(["--how"])])],
            )
        )

"""Copies of vocabularies and documents, made while other threads are at work."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable

import pytest
import sharing

from kernel.strings import StringStore
from kernel.text.vocab.word_memory import WordMemory
from kernel.tokens import Doc
from kernel.vocab import Vocab


def test_a_copy_that_is_made_while_others_predict_is_whole() -> None:
    vocab = Vocab()
    tokenizer, copied = sharing.tokenizer_of(vocab), threading.Event()
    tokenizer(" ".join(f"word{i}" for i in range(3000)))
    text = "Own can't (New!) words"
    expected = sharing.seen_of(sharing.tokenizer_of(Vocab())(text))

    def copy_or_predict(thread: int) -> None:
        if thread == 0:
            try:
                for _ in range(4):
                    own = copy.deepcopy((vocab, tokenizer))
                    assert sharing.seen_of(own[1](text)) == expected
                    assert own[1].vocab is own[0]
            finally:
                copied.set()
        for i in range(10**9):
            if copied.is_set():
                return
            tokenizer(f"Own{thread}x{i} can't (New{i}!)")
            vocab.morphology.add(f"Case={thread}x{i}")

    sharing.in_threads(4, copy_or_predict)


@pytest.mark.parametrize("copied_by", [copy.copy, copy.deepcopy])
def test_words_of_a_copied_document_are_kept(copied_by: Callable[[Doc], Doc]) -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=1)
    doc = copied_by(Doc(vocab, ["some", "words"]))

    doc.vocab.memory.forget_unused()
    Doc(doc.vocab, ["other", "things"])

    assert doc.words == ["some", "words"]


def test_a_tokenizer_is_copied_while_another_thread_works_out_its_rules() -> None:
    tokenizer = sharing.tokenizer_of(Vocab())
    began, over = threading.Event(), threading.Event()

    class Rule:
        """A rule whose copy takes until another thread has used the tokenizer."""

        def __call__(self, text: str) -> None:
            return None

        def __deepcopy__(self, memo: object) -> Rule:
            began.set()
            over.wait(timeout=20)
            return Rule()

    def use() -> None:
        began.wait(timeout=20)
        tokenizer("Own can't (New!) words")
        over.set()

    tokenizer.prefix_search = Rule()
    thread = threading.Thread(target=use)
    thread.start()
    copied = copy.deepcopy(tokenizer)
    thread.join()

    assert copied("Own can't").words == ["Own", "ca", "n't"]


def test_a_copy_of_strings_has_no_zones_open() -> None:
    strings = StringStore()
    with strings.memory_zone():
        strings.add("passing")
        copied = copy.deepcopy(strings)
    copied.add("settled")

    assert copied.passing() == ["passing"]
    assert not copied.in_memory_zone

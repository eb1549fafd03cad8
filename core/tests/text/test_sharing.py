"""One vocabulary under several threads: every one gets what one thread alone gets, then and afterwards."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import shutil
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest
import sharing

from kernel.strings import StringStore
from kernel.system.concurrency import ForkSafeLock
from kernel.text.tokenizer.tokenizer import Tokenizer
from kernel.text.vocab.word_memory import WordMemory
from kernel.tokens import Doc
from kernel.vocab import Vocab


@pytest.mark.parametrize("n_threads", [2, 8, 20])
def test_threads_that_forget_words_all_the_time_get_what_one_thread_gets(n_threads: int) -> None:
    assert sharing.differences(n_threads, n_texts=240 // n_threads) == []


@pytest.mark.parametrize("n_threads", [2, 8])
def test_threads_that_forget_nothing_get_what_one_thread_gets(n_threads: int) -> None:
    assert sharing.differences(n_threads, n_texts=240 // n_threads, kept=10**6) == []


def test_every_word_has_one_row_of_its_own() -> None:
    vocab = Vocab()
    words = [f"word{i}" for i in range(300)]
    rows: list[list[int]] = []

    sharing.in_threads(8, lambda thread: rows.append(vocab.rows(words).tolist()))

    assert all(found == rows[0] for found in rows)
    assert len(set(rows[0])) == len(words)
    assert [vocab.lexemes.words[row] for row in rows[0]] == words


def test_flags_of_new_words_are_not_lost() -> None:
    vocab = Vocab()

    def ask(thread: int) -> None:
        for i in range(200):
            assert vocab[f"Title{thread}.{i}"].is_title
            assert vocab[f"{thread}{i}"].is_digit

    sharing.in_threads(8, ask)

    assert vocab.lexemes.array.shape[0] == len(vocab) + 1


def test_a_string_that_a_thread_stores_outside_of_zones_survives_the_zone_of_another() -> None:
    strings = StringStore()
    turns = [contextvars.Context() for _ in range(2)]

    zone = strings.memory_zone()
    turns[0].run(zone.__enter__)
    turns[0].run(strings.add, "of the zone")
    turns[0].run(strings.add, "of both")
    turns[1].run(strings.add, "of the other")
    turns[1].run(strings.add, "of both")
    turns[0].run(zone.__exit__, None, None, None)

    assert set(strings) == {"of the other", "of both"}


def test_a_zone_of_strings_alone_leaves_the_words_of_other_threads() -> None:
    vocab, turn = Vocab(), contextvars.Context()
    zone = vocab.strings.memory_zone()
    turn.run(zone.__enter__)
    turn.run(vocab.strings.add, "passing")
    doc = Doc(vocab, ["Own"])
    before = [doc[0].text, doc[0].lower_]
    turn.run(zone.__exit__, None, None, None)

    assert [doc[0].text, doc[0].lower_] == before
    assert "passing" not in vocab.strings


def test_a_string_that_two_zones_hold_survives_the_first() -> None:
    vocab = Vocab()
    turns = [contextvars.Context() for _ in range(2)]
    zones = [vocab.memory_zone() for _ in turns]
    for turn, zone in zip(turns, zones, strict=True):
        turn.run(zone.__enter__)
        turn.run(vocab.strings.add, "shared")

    turns[0].run(zones[0].__exit__, None, None, None)
    assert "shared" in vocab.strings
    turns[1].run(zones[1].__exit__, None, None, None)
    vocab.memory.forget_unused()
    assert "shared" not in vocab.strings


def test_tasks_have_zones_of_their_own() -> None:
    vocab = Vocab()

    async def serve(word: str) -> bool:
        with vocab.memory_zone():
            doc = Doc(vocab, [word], tags=[f"TAG-{word}"])
            await asyncio.sleep(0)
            is_right = doc[0].tag_ == f"TAG-{word}" and vocab.in_memory_zone
            del doc
        return is_right

    async def both() -> list[bool]:
        return await asyncio.gather(*(serve(f"word{i}") for i in range(20)))

    assert all(asyncio.run(both()))
    assert not vocab.in_memory_zone
    assert len(vocab) == 0


def test_zones_that_overlap_without_end_leave_nothing_behind() -> None:
    vocab = Vocab()
    tokenizer = Tokenizer(vocab)
    turns = [contextvars.Context() for _ in range(2)]
    zones = [vocab.memory_zone(), vocab.memory_zone()]
    turns[0].run(zones[0].__enter__)

    for i in range(200):
        opening, closing = (i + 1) % 2, i % 2
        zones[opening] = vocab.memory_zone()
        turns[opening].run(zones[opening].__enter__)
        turns[opening].run(tokenizer, f"word{i} other{i}")
        turns[opening].run(vocab.strings.add, f"label{i}")
        turns[closing].run(zones[closing].__exit__, None, None, None)

    assert len(vocab) < 10
    assert len(vocab.strings) < 30


def test_what_zones_hand_on_to_each_other_without_end_is_forgotten() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=50)
    tokenizer = Tokenizer(vocab)
    turns = [contextvars.Context() for _ in range(2)]
    zones = [vocab.memory_zone(), vocab.memory_zone()]
    turns[0].run(zones[0].__enter__)

    for i in range(300):
        opening, closing = (i + 1) % 2, i % 2
        for turn in (closing, opening):
            if turn == opening:
                zones[opening] = vocab.memory_zone()
                turns[opening].run(zones[opening].__enter__)
            doc = turns[turn].run(tokenizer, f"word{i}")
            turns[turn].run(vocab.strings.add, f"label{i}")
        turns[closing].run(zones[closing].__exit__, None, None, None)
        del doc

    assert len(vocab) < 150
    assert len(vocab.strings) < 600


def test_zones_that_end_in_another_thread_than_they_began_in_do_not_pile_up() -> None:
    strings = StringStore()
    opening, closing = contextvars.Context(), contextvars.Context()
    zones = []

    for _ in range(20):
        manager = strings.memory_zone()
        zones.append(weakref.ref(opening.run(manager.__enter__)))
        closing.run(manager.__exit__, None, None, None)
        del manager

    assert sum(zone() is not None for zone in zones) <= 1


def test_a_zone_whose_end_is_interrupted_holds_nothing() -> None:
    class Interrupted(ForkSafeLock):
        is_pressed = False

        def __enter__(self) -> bool:
            if self.is_pressed:
                self.is_pressed = False
                raise KeyboardInterrupt
            return super().__enter__()

    strings, lock = StringStore(), Interrupted()
    strings.lock = lock
    zone = strings.memory_zone()
    zone.__enter__()
    strings.add("passing")
    lock.is_pressed = True
    with pytest.raises(KeyboardInterrupt):
        zone.__exit__(None, None, None)

    assert not strings.in_memory_zone
    assert strings.passing() == ["passing"]


def test_a_zone_that_is_garbage_together_with_its_vocabulary_ends_in_silence() -> None:
    raised: list[object] = []
    vocab = Vocab()
    vocab.cfg["zone"] = zone = vocab.memory_zone()
    contextvars.Context().run(zone.__enter__)
    del vocab, zone

    hook = sys.unraisablehook
    sys.unraisablehook = lambda args: raised.append(repr(args.exc_value))
    gc.collect()
    sys.unraisablehook = hook

    assert raised == []


def test_chunks_of_the_tokenizer_go_with_the_words_of_any_zone() -> None:
    vocab = Vocab()
    tokenizer = Tokenizer(vocab)
    outer, inner = contextvars.Context(), contextvars.Context()
    zones = [vocab.memory_zone(), vocab.memory_zone()]
    outer.run(zones[0].__enter__)
    outer.run(tokenizer, "first")
    inner.run(zones[1].__enter__)
    inner.run(tokenizer, "second")
    outer.run(zones[0].__exit__, None, None, None)
    Doc(vocab, ["new", "words"])

    assert inner.run(tokenizer, "first second").words == ["first", "second"]


def test_merged_tokens_have_their_own_vectors() -> None:
    vocab = Vocab()
    vocab.reset_vectors(width=3000)
    vocab.set_vector("new", np.ones(3000))

    def merge(thread: int) -> None:
        for i in range(40):
            doc = Doc(vocab, ["new", *["old"] * (thread * 40 + i)])
            vector = doc.vector
            with doc.retokenize() as retokenizer:
                retokenizer.merge(doc[:])
            assert np.allclose(doc[0].vector, vector)
            vectors[doc[0].text] = vector

    vectors: dict[str, Any] = {}
    sharing.in_threads(8, merge)

    assert all(np.allclose(vocab.get_vector(text), vector) for text, vector in vectors.items())


def test_words_are_not_forgotten_while_a_thread_splits_a_token() -> None:
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=1)

    def split(thread: int) -> None:
        for i in range(60):
            doc = Doc(vocab, [f"left{thread}right{i}"])
            with doc.retokenize() as retokenizer:
                parts = [f"left{thread}", f"right{i}"]
                retokenizer.split(doc[0], parts, heads=[(doc[0], 1), (doc[0], 1)])
            assert doc.words == parts
            assert [token.lower_ for token in doc] == parts

    sharing.in_threads(8, split)


FORKS = """
import os, sys, threading
import sharing
from kernel.text.vocab.word_memory import WordMemory
from kernel.vocab import Vocab

vocab = Vocab()
vocab.memory = WordMemory(vocab, kept=40)
tokenizer, over = sharing.tokenizer_of(vocab), threading.Event()

def work(thread):
    for i in range(10**9):
        if over.is_set():
            return
        with vocab.memory_zone():
            tokenizer(f"Own{thread}x{i}, shared{i} can't (Both{i}!)")

threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(4)]
with sharing.quick_turns():
    for thread in threads:
        thread.start()
    for i in range(15):
        child = os.fork()
        if not child:
            with vocab.memory_zone():
                doc = tokenizer(f"Child{i} can't")
                vocab.strings.add(f"label{i}")
                is_right = [token.norm_ for token in doc] == [f"child{i}", "can", "not"]
            os._exit(0 if is_right and f"label{i}" not in vocab.strings else 3)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    over.set()
    for thread in threads:
        thread.join()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_child_of_a_fork_goes_on_whatever_other_threads_were_doing() -> None:
    done = sharing.run_with_support(sys.executable, "-W", "ignore", "-c", FORKS)

    assert (done.returncode, done.stdout) == (0, "done\n"), done.stderr


def free_threaded() -> str | None:
    """An interpreter without a global lock that has what the text layer needs."""
    names = [f"python3.{minor}t" for minor in (15, 14, 13)]
    for path in filter(None, map(shutil.which, names)):
        needed = "import numpy, srsly, pluggy, importlib_metadata, safetensors"
        if not subprocess.run([path, "-c", needed], capture_output=True, check=False).returncode:
            return path
    return None


def test_threads_without_a_global_lock_get_what_one_thread_gets() -> None:
    interpreter = free_threaded()
    if interpreter is None:
        pytest.skip("there is no free-threaded interpreter with NumPy here")

    done = sharing.run_with_support(interpreter, sharing.__file__)

    assert done.returncode == 0, done.stderr
    assert "20 threads: 0 differences" in done.stdout


def test_a_zone_whose_end_is_interrupted_does_not_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    vocab = Vocab()

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    zone = vocab.memory_zone()
    zone.__enter__()
    Doc(vocab, ["within"], tags=["LABEL OF ZONE"])
    with monkeypatch.context() as patch:
        patch.setattr(vocab.memory, "_forget", interrupted)
        with pytest.raises(KeyboardInterrupt):
            zone.__exit__(None, None, None)

    assert not vocab.in_memory_zone
    vocab.strings.add("after")
    with vocab.memory_zone():
        Doc(vocab, ["other"])
    vocab.memory.forget_unused()
    assert "after" in vocab.strings
    assert "LABEL OF ZONE" not in vocab.strings

"""Several threads over one vocabulary or pipeline: the words are new, so that everything that is shared changes.

Run as a script it does the same with the vocabulary alone, for an interpreter that has nothing else installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import kernel
from kernel.text.doc.doc import Doc
from kernel.text.tokenizer.punctuation import compile_infix_regex, compile_suffix_regex
from kernel.text.tokenizer.tokenizer import Tokenizer
from kernel.text.vocab.vocab import Vocab
from kernel.text.vocab.word_memory import WordMemory

#: So often threads take turns, in seconds; Python's own choice is 1,000 times as long.
SWITCH_INTERVAL_S = 5e-6


def run_with_support(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a program that imports the kernel and this module."""
    folders = [Path(__file__).parent, Path(kernel.__file__).parents[1]]
    return subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, folders))},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def quick_turns() -> Iterator[None]:
    """Let threads take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def in_threads(n_threads: int, work: Callable[[int], None]) -> None:
    """Do work in threads, each with its number, and raise what the first of them raised."""
    raised: list[BaseException] = []

    def guarded(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:
            raised.append(error)

    start = threading.Barrier(n_threads)
    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(n_threads)]
    with quick_turns():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "a thread waits for ever"
    if raised:
        raise raised[0]


def texts(thread: int, n_texts: int) -> list[str]:
    """Texts of one thread: words of its own, words that all threads meet at the same time, exceptions."""
    return [
        f"Own{thread}x{i}, shared{i} can't New{i % 7} (Both{i}!) {thread}-{i} the cat" for i in range(n_texts)
    ]


def tokenizer_of(vocab: Vocab) -> Tokenizer:
    """A tokenizer with affixes and an exception that has norms."""
    return Tokenizer(
        vocab,
        rules={"can't": [{"ORTH": "ca", "NORM": "can"}, {"ORTH": "n't", "NORM": "not"}]},
        suffix_search=compile_suffix_regex([",", r"\)", "!"]).search,
        infix_finditer=compile_infix_regex(["-"]).finditer,
    )


def seen_of(doc: Doc) -> list[tuple[object, ...]]:
    """All that depends on the shared tables."""
    return [
        (token.text, token.lower_, token.norm_, token.shape_, token.prefix_, token.suffix_, token.is_alpha)
        for token in doc
    ]


def differences(n_threads: int, n_texts: int = 60, kept: int = 40) -> list[str]:
    """Tokenize in threads, in and out of memory zones, and compare with what one thread makes of the same texts.

    Args:
        n_threads: Threads, each with texts of its own.
        n_texts: Texts of each.
        kept: Words that the vocabulary keeps: few, so that it forgets all the time.

    Returns:
        Texts with another result, during the threads or afterwards in one of them.
    """
    plain = tokenizer_of(Vocab())
    expected = {text: seen_of(plain(text)) for thread in range(n_threads) for text in texts(thread, n_texts)}
    vocab = Vocab()
    vocab.memory = WordMemory(vocab, kept=kept)
    tokenizer, wrong = tokenizer_of(vocab), []

    def compare(text: str, doc: Doc) -> None:
        if doc.text != text or seen_of(doc) != expected[text]:
            wrong.append(text)

    def work(thread: int) -> None:
        mine, docs = texts(thread, n_texts), []
        for i, text in enumerate(mine):
            if i % 3 == thread % 3:
                with vocab.memory_zone():
                    docs.append(tokenizer(text))
                    number = vocab.strings.add(f"label{thread}.{i}")
                    compare(text, tokenizer(text))
                    assert vocab.strings[number] == f"label{thread}.{i}"
            elif i % 3 == 1:
                number = vocab.strings.add(f"LABEL{thread}.{i}")
                docs += tokenizer.pipe([text])
                assert vocab.strings[number] == f"LABEL{thread}.{i}"
            else:
                words = [token.text for token in tokenizer(text)]
                assert Doc(vocab, words).words == words
                assert vocab[words[0]].lower_ == words[0].lower()
                docs.append(tokenizer(text))
            compare(mine[len(docs) - 1], docs[-1])
        for text, doc in zip(mine, docs, strict=True):
            compare(text, doc)

    in_threads(n_threads, work)
    for text in expected:
        compare(text, tokenizer(text))
    for thread in range(n_threads):
        for i in range(n_texts):
            label = f"LABEL{thread}.{i}"
            if i % 3 == 1 and i % 3 != thread % 3 and label not in vocab.strings:
                wrong.append(label)
    return wrong


if __name__ == "__main__":
    for count in (2, 8, 20):
        found = differences(count)
        print(count, "threads:", len(found), "differences", found[:3])
        if found:
            sys.exit(1)

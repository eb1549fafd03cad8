"""Locks that survive forks, and blocks that threads share."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import subprocess
import sys
import threading
from typing import Any

import pytest

from kernel.system.concurrency import ForkSafeLock, SharedLock, WeakRegistry, lazy_property, locked_property


class Thing:
    pass


def test_a_registry_has_what_lives() -> None:
    registry: WeakRegistry[Thing] = WeakRegistry()
    kept, gone = Thing(), Thing()
    registry.add(kept)
    registry.add(gone)

    del gone
    gc.collect()

    assert list(registry) == [kept]
    assert len(registry) == 1


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda lock: pickle.loads(pickle.dumps(lock))])
def test_a_copied_lock_is_free(copied: Any) -> None:
    lock = ForkSafeLock()

    with lock:
        assert lock.is_mine
        assert not copied(lock).is_mine


def test_threads_are_inside_together_and_alone_waits_for_them() -> None:
    shared, order = SharedLock(ForkSafeLock()), []
    inside, leave = threading.Barrier(3), threading.Event()

    def stay() -> None:
        with shared:
            inside.wait()
            leave.wait()
            order.append("left")

    threads = [threading.Thread(target=stay) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait()
    leave.set()
    with shared.alone() as is_alone:
        order.append("alone")
    for thread in threads:
        thread.join()

    assert is_alone
    assert order == ["left", "left", "alone"]


def test_who_is_inside_cannot_be_alone_and_does_not_wait_for_itself() -> None:
    lock = ForkSafeLock()
    shared = SharedLock(lock)

    with shared, shared, shared.alone() as is_alone:
        assert not is_alone
    with lock, shared.alone() as is_alone:
        assert not is_alone
    with shared.alone() as is_alone, shared:
        assert is_alone


class Interrupted(ForkSafeLock):
    """A lock at whose release Ctrl-C is pressed, as often as one says."""

    n_times = 0

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        if self.n_times:
            self.n_times -= 1
            raise KeyboardInterrupt


def test_nobody_waits_for_a_thread_that_was_interrupted_at_the_door() -> None:
    lock = Interrupted()
    shared, found = SharedLock(lock), []

    def look() -> None:
        with shared.alone() as is_alone:
            found.append(is_alone)

    def interrupted(at: str) -> None:
        lock.n_times = int(at == "enter")
        with pytest.raises(KeyboardInterrupt), shared:
            lock.n_times = int(at == "leave")
        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        thread.join(timeout=20)

    interrupted("enter")
    interrupted("leave")

    assert found == [True, True]


def test_a_lazy_property_keeps_the_first_value_and_a_locked_one_is_computed_once() -> None:
    lock, calls = ForkSafeLock(), []

    class Owner:
        @lazy_property
        def lazy(self) -> list[int]:
            """Documented."""
            return []

        @locked_property(lock)
        def locked(self) -> object:
            calls.append(lock.is_mine)
            return object()

    owner = Owner()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(owner.locked)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert owner.lazy is owner.lazy
    assert Owner.lazy.__doc__ == "Documented."
    assert len(set(map(id, found))) == 1
    assert calls == [True]


FORK = """
import os, threading
from kernel.system.concurrency import ForkSafeLock, SharedLock

first, second = ForkSafeLock(), ForkSafeLock()
shared, over = SharedLock(first), threading.Event()

def busy():
    while not over.is_set():
        with first, second, shared:
            pass
        with second:
            pass
        with shared.alone():
            pass

threads = [threading.Thread(target=busy) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(30):
    child = os.fork()
    if not child:
        with second, first, shared:
            pass
        with shared.alone() as is_alone:
            os._exit(0 if is_alone else 3)
    assert os.waitpid(child, 0)[1] == 0
over.set()
for thread in threads:
    thread.join()
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_child_of_a_fork_finds_every_lock_free() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK], capture_output=True, text=True, timeout=60, check=False
    )

    assert (done.stdout, done.stderr) == ("done\n", "")

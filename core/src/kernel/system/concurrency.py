"""What threads share: locks that survive a fork, and values that are computed once.

A process that forks while another thread holds a lock gives its child a lock that nobody will ever release. Every lock
of this package is therefore taken before a fork and released on both sides: the child starts with data that no
thread was changing.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Generic, Protocol, TypeVar, overload

T = TypeVar("T")

#: How long a fork waits for a lock, in seconds. The child of one that waited in vain gets a new lock in its place.
_FORK_WAIT_S = 5.0


class WeakRegistry(Generic[T]):
    """Objects for as long as they live; any thread may add one or go through them at any time."""

    def __init__(self) -> None:
        self._references: dict[weakref.ref[Any], None] = {}

    def add(self, item: T) -> None:
        """Add an object, to be left out once it is gone."""
        # Each of these is one operation of a built-in type, which no thread interrupts.
        self._references[weakref.ref(item, self._references.__delitem__)] = None

    def __iter__(self) -> Iterator[T]:
        items = (reference() for reference in self._references.copy())
        return (item for item in items if item is not None)

    def __len__(self) -> int:
        return len(self._references)

    def __reduce__(self) -> Any:
        # What is registered is not copied with the registry: a copy begins with nothing.
        return (WeakRegistry, ())


class ForkSafeLock(type(threading.RLock())):  # type: ignore[misc]
    """A reentrant lock that a fork waits for; a copy of what owns it gets a lock of its own."""

    def __init__(self) -> None:
        super().__init__()
        _LOCKS.add(self)

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread holds the lock."""
        return bool(self._is_owned())

    def __reduce__(self) -> Any:
        return (ForkSafeLock, ())


class Forked(Protocol):
    """What must be put right in the child of a fork, where the other threads are gone."""

    def after_fork(self) -> None:
        """Forget the threads that were not copied; runs in the child, with all locks held."""
        ...


_LOCKS: WeakRegistry[ForkSafeLock] = WeakRegistry()
_FORKED: WeakRegistry[Forked] = WeakRegistry()
_taken: list[ForkSafeLock] = []

#: Have `after_fork` of an object called in the child of every fork.
watch_forks: Callable[[Forked], None] = _FORKED.add


def _before_fork() -> None:
    """Take all locks, in whatever order other threads release them."""
    deadline = time.monotonic() + _FORK_WAIT_S
    locks = list(_LOCKS)
    held: list[ForkSafeLock] = []
    while locks:
        # Waiting for one lock while holding others could wait for ever: the rest are only tried.
        wait = max(0.0, deadline - time.monotonic())
        held = [locks[0]] if locks[0].acquire(timeout=wait) else []
        busy = next((lock for lock in locks[1:] if not _took(lock, held)), None)
        if busy is None or wait == 0.0:
            break
        for lock in held:
            lock.release()
        locks = [busy, *(lock for lock in locks if lock is not busy)]
    _taken[:] = held


def _took(lock: ForkSafeLock, held: list[ForkSafeLock]) -> bool:
    if lock.acquire(blocking=False):
        held.append(lock)
        return True
    return False


def _after_fork() -> None:
    while _taken:
        _taken.pop().release()


def _after_fork_in_child() -> None:
    kept = {id(lock) for lock in _taken}
    for lock in _LOCKS:
        if id(lock) not in kept:
            lock._at_fork_reinit()
    for item in _FORKED:
        item.after_fork()
    _after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child)


class Occupants:
    """The threads that are inside a block, each as often as it entered."""

    def __init__(self) -> None:
        self._depth: dict[int, int] = {}
        watch_forks(self)

    def __len__(self) -> int:
        return len(self._depth)

    def enter(self) -> None:
        """Count the calling thread in."""
        self.my_depth += 1

    def leave(self) -> int:
        """Count the calling thread out; returns how often it still is inside."""
        self.my_depth -= 1
        return self.my_depth

    @property
    def my_depth(self) -> int:
        """How often the calling thread is inside."""
        return self._depth.get(threading.get_ident(), 0)

    @my_depth.setter
    def my_depth(self, depth: int) -> None:
        if depth:
            self._depth[threading.get_ident()] = depth
        else:
            self._depth.pop(threading.get_ident(), None)

    def after_fork(self) -> None:
        """Keep the thread that forked."""
        thread = threading.get_ident()
        self._depth = {thread: self._depth[thread]} if thread in self._depth else {}


class SharedLock:
    """Many threads inside `with shared_lock`, or one alone inside `with shared_lock.alone()`.

    Args:
        lock: Taken for the moment of entering and leaving, and for the whole of `alone()`.
    """

    def __init__(self, lock: ForkSafeLock) -> None:
        self._lock = lock
        self._turn = threading.Condition(lock)
        self._inside = Occupants()
        self._n_waiting = 0
        watch_forks(self)

    def __enter__(self) -> None:
        depth = self._inside.my_depth
        try:
            # Who waits to be alone goes first, or might wait for ever; who is inside or has the lock must not wait.
            if self._n_waiting and not (self._lock.is_mine or depth):
                with self._lock:
                    self._turn.wait_for(lambda: not self._n_waiting)
            with self._lock:
                self._inside.enter()
        except BaseException:
            self._interrupted(depth)
            raise

    def __exit__(self, *_: object) -> None:
        depth = self._inside.my_depth
        try:
            with self._lock:
                if not self._inside.leave() and self._n_waiting:
                    self._turn.notify_all()
        except BaseException:
            self._interrupted(depth - 1)
            raise

    def _interrupted(self, depth: int) -> None:
        """Have the calling thread inside so often, whatever a signal broke off: others would wait for it for ever."""
        with self._lock:
            self._inside.my_depth = depth
            self._turn.notify_all()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Wait until no other thread is inside, and keep all out.

        Yields:
            Whether the calling thread is alone: False at once where it holds the lock or is inside itself, and would
            wait for itself.
        """
        if self._lock.is_mine or self._inside.my_depth:
            yield False
            return
        with self._lock:
            self._n_waiting += 1
            try:
                self._turn.wait_for(lambda: not self._inside)
            finally:
                self._n_waiting -= 1
                self._turn.notify_all()
            yield True

    def after_fork(self) -> None:
        """Forget who waited."""
        self._turn = threading.Condition(self._lock)
        self._n_waiting = 0


class LazyProperty(Generic[T]):
    """An attribute that is computed when it is first asked for, and then kept.

    `functools.cached_property` of Python before 3.12 has one lock for all objects of a class, which the child of a fork
    may find taken for ever, and later ones have none.

    Args:
        compute: Gives the value. Without a lock two threads may call it at the same time; one value is kept.
        lock: Held meanwhile, where the value must be computed once only.
    """

    def __init__(self, compute: Callable[[Any], T], lock: ForkSafeLock | None = None) -> None:
        self._compute, self._lock = compute, lock
        self._name = ""
        self.__doc__ = compute.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> LazyProperty[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: object | None, owner: type) -> LazyProperty[T] | T:
        if instance is None:
            return self
        with self._lock or nullcontext():
            kept = instance.__dict__
            if self._name not in kept:
                kept.setdefault(self._name, self._compute(instance))
            value: T = kept[self._name]
            return value


#: The decorator for a value that threads may compute at the same time.
lazy_property = LazyProperty


def locked_property(lock: ForkSafeLock) -> Callable[[Callable[[Any], T]], LazyProperty[T]]:
    """The decorator for a value that is computed once, under a lock."""

    def decorate(compute: Callable[[Any], T]) -> LazyProperty[T]:
        return LazyProperty(compute, lock)

    return decorate

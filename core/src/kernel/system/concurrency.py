"""Shared state of threads: locks that survive a fork, and values that are computed once.

If a process forks while another thread holds a lock, the lock is never released in the child. Therefore every lock of
this package is acquired before a fork and released on both sides, and the child starts with data that no thread was
changing.
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

#: How long a fork waits for a lock, in seconds. If it could not be acquired, the child gets a new lock.
_FORK_WAIT_S = 5.0


class WeakRegistry(Generic[T]):
    """Weak references to objects; any thread may add an object or iterate at any time."""

    def __init__(self) -> None:
        self._references: dict[weakref.ref[Any], None] = {}

    def add(self, item: T) -> None:
        """Add an object; it is dropped once it is garbage-collected."""
        # Each of these is a single operation of a built-in type, and therefore atomic.
        self._references[weakref.ref(item, self._references.__delitem__)] = None

    def __iter__(self) -> Iterator[T]:
        items = (reference() for reference in self._references.copy())
        return (item for item in items if item is not None)

    def __len__(self) -> int:
        return len(self._references)

    def __reduce__(self) -> Any:
        # Registered objects are not copied with the registry: a copy is empty.
        return (WeakRegistry, ())


class ForkSafeLock(type(threading.RLock())):  # type: ignore[misc]
    """A reentrant lock that is acquired before a fork; a copy of its owner gets a new lock."""

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
    """An object that must be repaired in the child of a fork, where other threads do not exist."""

    def after_fork(self) -> None:
        """Forget the threads of the parent; called in the child, with all locks held."""
        ...


_LOCKS: WeakRegistry[ForkSafeLock] = WeakRegistry()
_FORKED: WeakRegistry[Forked] = WeakRegistry()
_acquired: list[ForkSafeLock] = []

#: Register an object, so that its `after_fork` is called in the child of every fork.
watch_forks: Callable[[Forked], None] = _FORKED.add


def _before_fork() -> None:
    """Acquire all locks, in whatever order other threads release them."""
    deadline = time.monotonic() + _FORK_WAIT_S
    locks = list(_LOCKS)
    acquired: list[ForkSafeLock] = []
    while locks:
        # Waiting for a lock while holding others could deadlock: only the first is waited for, the rest are tried.
        wait = max(0.0, deadline - time.monotonic())
        acquired = [locks[0]] if locks[0].acquire(timeout=wait) else []
        busy = next((lock for lock in locks[1:] if not _try_acquire(lock, acquired)), None)
        if busy is None or wait == 0.0:
            break
        for lock in acquired:
            lock.release()
        locks = [busy, *(lock for lock in locks if lock is not busy)]
    _acquired[:] = acquired


def _try_acquire(lock: ForkSafeLock, acquired: list[ForkSafeLock]) -> bool:
    if lock.acquire(blocking=False):
        acquired.append(lock)
        return True
    return False


def _after_fork() -> None:
    while _acquired:
        _acquired.pop().release()


def _after_fork_in_child() -> None:
    acquired_ids = {id(lock) for lock in _acquired}
    for lock in _LOCKS:
        if id(lock) not in acquired_ids:
            lock._at_fork_reinit()
    for item in _FORKED:
        item.after_fork()
    _after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork_in_child)


class Occupants:
    """Counts how many times each thread is inside a block."""

    def __init__(self) -> None:
        self._depth: dict[int, int] = {}
        watch_forks(self)

    def __len__(self) -> int:
        return len(self._depth)

    def enter(self) -> None:
        """Count an entry of the calling thread."""
        self.my_depth += 1

    def leave(self) -> int:
        """Count an exit of the calling thread, and return how many times it is still inside."""
        self.my_depth -= 1
        return self.my_depth

    @property
    def my_depth(self) -> int:
        """How many times the calling thread is inside."""
        return self._depth.get(threading.get_ident(), 0)

    @my_depth.setter
    def my_depth(self, depth: int) -> None:
        if depth:
            self._depth[threading.get_ident()] = depth
        else:
            self._depth.pop(threading.get_ident(), None)

    def after_fork(self) -> None:
        """Keep only the thread that forked."""
        thread = threading.get_ident()
        self._depth = {thread: self._depth[thread]} if thread in self._depth else {}


class SharedLock:
    """A shared/exclusive lock: many threads inside `with shared_lock`, or one inside `with shared_lock.alone()`.

    Args:
        lock: The underlying lock, held while entering and leaving, and for the whole block of `alone()`.
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
            # Threads waiting for exclusive access have priority, or they might starve; but a thread that is inside or
            # holds the lock must not wait, or both would deadlock.
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
        """Restore the calling thread's count after a signal interrupted it: otherwise others would wait for ever."""
        with self._lock:
            self._inside.my_depth = depth
            self._turn.notify_all()

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Wait until no other thread is inside, and keep all others out during the block.

        Yields:
            Whether the calling thread has exclusive access: False, immediately, if it holds the lock or is inside
            itself, because it would wait for itself.
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
        """Forget the waiting threads."""
        self._turn = threading.Condition(self._lock)
        self._n_waiting = 0


class LazyProperty(Generic[T]):
    """An attribute that is computed on first access and then cached.

    `functools.cached_property` before Python 3.12 has one lock for all objects of a class, which may be held forever in
    the child of a fork; later versions have no lock.

    Args:
        compute: Computes the value. Without a lock two threads may call it at the same time; one value is kept.
        lock: Held while computing, if the value must be computed only once.
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
            cache = instance.__dict__
            if self._name not in cache:
                cache.setdefault(self._name, self._compute(instance))
            value: T = cache[self._name]
            return value


#: Decorator for a cached value that several threads may compute at the same time.
lazy_property = LazyProperty


def locked_property(lock: ForkSafeLock) -> Callable[[Callable[[Any], T]], LazyProperty[T]]:
    """Return a decorator for a cached value that is computed only once, under a lock."""

    def decorate(compute: Callable[[Any], T]) -> LazyProperty[T]:
        return LazyProperty(compute, lock)

    return decorate

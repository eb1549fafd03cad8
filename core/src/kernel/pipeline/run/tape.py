"""The tape of a batch, on which components share outputs and collect their gradients.

A component whose output others use (`tok2vec`) puts it on the tape of the batch; a listening layer
reads it there and adds its gradient. After the last component the pipeline runs each upstream's backward
pass once. A tape lasts for one batch only, so no layer keeps the state of a batch.

The current tape is a context variable, because it cannot be passed to layers deep inside a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from contextvars import ContextVar, Token
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from kernel.errors import ModelError

#: The name of the most recent output.
LATEST = "*"

Backprop = Callable[[Any], Any]
#: Lets the named upstream put its output on the tape, if it can.
Refill = Callable[[str], None]

_current: ContextVar[Tape | None] = ContextVar("kernel_tape", default=None)


def current_tape() -> Tape | None:
    """Return the tape of the current batch; None outside of one."""
    return _current.get()


def remembering() -> AbstractContextManager[Any]:
    """In a rehearsal, let models inside a `with` block read the outputs of the upstreams' remembered models."""
    tape = current_tape()
    return nullcontext() if tape is None or tape.remembered is None else tape.remembered


@dataclass
class _Entry:
    """The entry of one upstream on the tape."""

    docs: Sequence[Any]
    output: Any
    backprop: Backprop | None
    gradient: Any = None
    owns_gradient: bool = False


class Tape:
    """The shared outputs and gradients of one batch.

    Args:
        refill: Called with a requested name that is not on the tape; it may put that output there. Thus a frozen
            upstream runs only if a component reads it.
        remembered: In a rehearsal, the tape with the outputs of the upstreams' remembered models.
    """

    def __init__(self, refill: Refill | None = None, remembered: Tape | None = None) -> None:
        self.remembered = remembered
        self._entries: dict[str, _Entry] = {}
        self._refill = refill
        self._latest = ""
        self._tokens: list[Token[Tape | None]] = []

    def __enter__(self) -> Tape:
        self._tokens.append(_current.set(self))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _current.reset(self._tokens.pop())

    def __contains__(self, name: str) -> bool:
        return bool(self._entries) if name == LATEST else name in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The upstreams on the tape, in order of insertion."""
        return tuple(self._entries)

    def announce(self, name: str) -> None:
        """Make a component the most recent one that shares an output, although the output is not yet computed."""
        self._latest = name

    def put(self, name: str, docs: Sequence[Any], output: Any, backprop: Backprop | None = None) -> None:
        """Share an output of this batch under the name of its component.

        A prediction (no `backprop`) never replaces a training output of the same name, because the layers that
        have read that still add their gradients to it.

        Args:
            name: The component's name.
            docs: The documents of the batch.
            output: A list of arrays, one per document, or one array.
            backprop: Takes the summed gradient of `output`; None if the component does not learn.
        """
        entry = self._entries.get(name)
        if entry is not None and entry.backprop is not None and backprop is None:
            return
        self._entries.pop(name, None)
        self._entries[name] = _Entry(docs, output, backprop)
        self._latest = name

    def get(self, name: str = LATEST) -> Any:
        """Return an output of this batch.

        Args:
            name: The component that shared it; `"*"` for the most recent one.

        Raises:
            ModelError: It is not on the tape.
        """
        return self._entry(name).output

    def docs(self, name: str = LATEST) -> Sequence[Any]:
        """Return the documents that an output belongs to."""
        return self._entry(name).docs

    def keep(self, indices: Sequence[int]) -> None:
        """Keep predicted outputs only for some documents of the batch.

        Args:
            indices: Indices of the documents to keep, in order.
        """
        for entry in self._entries.values():
            entry.docs = [entry.docs[i] for i in indices]
            entry.output = [entry.output[i] for i in indices]

    def add_gradient(self, name: str, d_output: Any) -> None:
        """Add a gradient of an output; the array is not changed.

        Args:
            name: The component that shared the output; `"*"` for the most recent one.
            d_output: The gradient, with the structure and shapes of the output.
        """
        entry = self._entry(name)
        if entry.backprop is None:
            return
        if entry.gradient is None:
            entry.gradient = d_output
        else:
            entry.gradient = _sum(entry.gradient, d_output, in_place=entry.owns_gradient)
            entry.owns_gradient = True

    def backward(self) -> None:
        """Run the backward pass of each upstream that has a gradient, in reverse order of insertion."""
        for name in reversed(list(self._entries)):
            entry = self._entries[name]
            gradient, entry.gradient = entry.gradient, None
            if entry.backprop is not None and gradient is not None:
                entry.backprop(gradient)

    def _entry(self, name: str) -> _Entry:
        if name == LATEST and self._latest:
            name = self._latest
        if name not in self and self._refill is not None:
            self._refill(name)
        if name not in self:
            what = "no component has shared an output" if name == LATEST else f"{name!r} has shared no output"
            raise ModelError(
                f"shared layer {name!r}: {what} in this batch, got {list(self._entries)}; "
                "put its component before those that listen to it, and leave it enabled"
            )
        return self._entries[self._latest if name == LATEST else name]


def _sum(left: Any, right: Any, *, in_place: bool) -> Any:
    """Add two gradients of the same structure; `in_place` if the left one may be changed."""
    if isinstance(left, (list, tuple)):
        if len(left) != len(right):
            raise ModelError(
                f"shared gradient: expected one array for each of {len(left)} docs, got {len(right)}; "
                "a listening layer must return a gradient for every document of the batch"
            )
        return [_sum(mine, other, in_place=in_place) for mine, other in zip(left, right, strict=True)]
    if in_place:
        left += right
        return left
    return left + right

"""Error handlers for documents that a component fails on; by default the error is raised."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from kernel.contracts.capabilities import offers_error_handler
from kernel.errors import ConfigError
from kernel.text.doc.doc import Doc

#: Takes the component's name, the component, the documents that it failed on, and the error. If it returns, the
#: documents are left out of the stream.
ErrorHandler = Callable[[str, Any, list[Doc], Exception], Any]


def raise_error(name: str, component: Any, docs: list[Doc], error: Exception) -> NoReturn:
    """Raise the error; the default handler."""
    raise error


def ignore_error(name: str, component: Any, docs: list[Doc], error: Exception) -> None:
    """Continue without the documents."""


def check_handler(handler: object) -> None:
    """Check that an error handler is callable."""
    if not callable(handler):
        raise ConfigError(
            f"set_error_handler: expected a function of name, component, docs and error, got {handler!r:.80}"
        )


def hand_over(handler: ErrorHandler, components: Iterable[Any]) -> None:
    """Set the error handler of all components that accept one."""
    for component in components:
        if offers_error_handler(component):
            component.set_error_handler(handler)

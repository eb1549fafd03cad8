"""Errors that a user can cause, as one tree of exceptions.

    KernelError                      exit code 1, one message, no traceback
      ConfigError     (ValueError)   the config file or an override
        UnknownName   (LookupError)  a name that no plugin registers
      PluginError
        PluginImportError            the plugin cannot be imported
        NameTaken                    two distributions register one name
      DataError       (ValueError)   a corpus that cannot be read or aligned
      ModelError      (ValueError)   shapes, labels, weights
        NotFinite                    nan or inf in a loss, score or gradient
        FrozenChanged                a frozen component changed during training
      CheckpointError (OSError)      an output or a saved pipeline that cannot be written or read
        OutputTaken                  an output folder that is not empty; exit code 2
      LoggerFailed                   a logger with `strict = true` raised

Messages have the form `<address>: <what is wrong>, got <value>; <what to do>`, and are written where they are raised.
An error that other code adds to has these parts as fields, so that no code takes a message apart.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
#: Maximum length of a line of a message, in characters.
_LONGEST = 1500


class ConfigAddress(NamedTuple):
    """A place in a config.

    Args:
        section: Dotted path of the section.
        key: Key in it; empty for the section itself.
        source: The file and line, or the override; empty where that is not known.
    """

    section: str
    key: str = ""
    source: str = ""

    def __str__(self) -> str:
        source = f"{self.source}: " if self.source else ""
        return f"{source}[{self.section}]{self.key and f' {self.key}'}"

    def is_in(self, section: str) -> bool:
        """Whether it is a section, or one in it."""
        return f"{self.section}.".startswith(f"{section}.")


E = TypeVar("E", bound="KernelError")


class KernelError(Exception):
    """Base class of errors that a user can cause: the command line prints the message and exits with `exit_code`.

    Args:
        args: What is wrong, or the whole message.
        where: The address: a string such as `file:line`, or a `ConfigAddress`.
        got: The offending value, as it is shown.
        advice: What to do, with or without the semicolon before it.

    Attributes:
        what: What is wrong; the whole message if it was given as one.
        errors: The errors that a report consists of, if there are several.
    """

    exit_code = 1
    where: str | ConfigAddress = ""
    what: str = ""
    got: str = ""
    advice: str = ""
    errors: tuple[KernelError, ...] = ()

    def __init__(self, *args: Any, where: str | ConfigAddress = "", got: str = "", advice: str = "") -> None:
        self.where, self.got, self.advice = where, got, advice
        self.what = str(args[0]) if args else ""
        if where or got or advice:
            args = (self._worded(": "), *args[1:])
        # Messages quote values from users and files: they must be readable and safe to print in a terminal.
        super().__init__(*(_legible(arg) if isinstance(arg, str) else arg for arg in args))

    @property
    def reason(self) -> str:
        """The message without its address; all of it where it was given in one."""
        got = f", got {self.got}" if self.got else ""
        is_joined = not self.advice or self.advice.startswith((";", " "))
        return f"{self.what}{got}{self.advice if is_joined else f'; {self.advice}'}"

    @property
    def summary(self) -> str:
        """What is wrong in few words, the same for errors that differ in their address and value alone."""
        return self.what if self.got else self.what.partition(", got")[0]

    def at(self: E, where: str | ConfigAddress) -> E:
        """Copy the error, with another address in the place of its own."""
        return self._copied(where, self.what, ": ")

    def within(self: E, where: str | ConfigAddress, joint: str = ": ") -> E:
        """Copy the error, with an address before its own, which becomes part of what is wrong.

        Args:
            where: The address around it.
            joint: What stands between the two; a blank where the error names a key of that address.
        """
        return self._copied(where, f"{self.where}: {self.what}" if self.where else self.what, joint)

    def _copied(self: E, where: str | ConfigAddress, what: str, joint: str) -> E:
        # Not through __init__: that of a subclass may take something else.
        copy = type(self).__new__(type(self))
        vars(copy).update(vars(self), where=where, what=what)
        copy.args = (_legible(copy._worded(joint)),)
        return copy

    def _worded(self, joint: str) -> str:
        return f"{self.where}{joint}{self.reason}" if self.where else self.reason


class ConfigError(KernelError, ValueError):
    """A config file, an override or an argument of a registered function is invalid."""


class UnknownName(ConfigError, LookupError):
    """A config asks for a name that no installed plugin registers.

    Attributes:
        name: The name, where it is one.
    """

    name: str | None = None


class PluginError(KernelError):
    """A plugin cannot be used."""


class PluginImportError(PluginError):
    """A plugin, or a function that it registers, cannot be imported."""


class NameTaken(PluginError):
    """Two distributions register the same name."""


class DataError(KernelError, ValueError):
    """A corpus, a document or an annotation cannot be read or aligned."""


class ModelError(KernelError, ValueError):
    """A model's shapes, labels or weights do not fit."""


class NotFinite(ModelError):
    """A loss, score or gradient is nan or inf.

    Attributes:
        step: The training step at which it happened, if it happened during training.
        examples: The batch on which it happened.
    """

    step: int | None = None
    examples: Sequence[Any] = ()


class FrozenChanged(ModelError):
    """A frozen component's weights or predictions changed during training; nothing was saved."""


class CheckpointError(KernelError, OSError):
    """An output folder or a saved pipeline cannot be written or read."""


class LoggerFailed(KernelError):
    """A logger with `strict = true` in its block raised an exception."""


class OutputTaken(CheckpointError):
    """An output folder is not empty, or another process is writing to it; nothing was changed."""

    exit_code = 2


def _legible(message: str) -> str:
    # File names that are not UTF-8 are not escaped, so that programs can find the file.
    escaped = _CONTROLS.sub(lambda match: printable(match[0]), message)
    return "\n".join(cut(line, _LONGEST) for line in escaped.split("\n"))


def cut(message: str, most: int = 600) -> str:
    """Shorten a long message in the middle, keeping its address and its advice."""
    return message if len(message) <= most else f"{message[: most - 200]}...{message[-197:]}"


def nearest(name: str, names: Iterable[str], n: int = 3) -> list[str]:
    """Return the names most similar to an unknown one, best first.

    Args:
        name: The unknown name.
        names: The existing names.
        n: Maximum number of names to return.
    """
    by_folded = {existing.lower(): existing for existing in names}
    return [by_folded[near] for near in difflib.get_close_matches(name.lower(), by_folded, n=n, cutoff=0.6)]


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return the most similar name as a suggestion at the end of a message, or "" if none is similar."""
    near = nearest(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def printable(text: str) -> str:
    """Escape characters that a terminal would interpret, and lone surrogates.

    These are control characters and those that change the direction of text. Line breaks and tabs are kept.
    """
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)

"""Descriptors for the attributes of views: each reads and writes one column of a document or of the lexeme table.

A view implements `get_lexical`/`set_lexical` for attributes of the word and `get_annotation`/`set_annotation` for
attributes of the token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from kernel.errors import DataError, did_you_mean
from kernel.text.base.strings import UnknownString

if TYPE_CHECKING:
    from kernel.text.vocab.vocab import Vocab


class LexicalView(Protocol):
    """A view of a word."""

    vocab: Vocab

    def get_lexical(self, name: str) -> int:
        """Return the value of a lexical column."""
        ...

    def set_lexical(self, name: str, value: int) -> None:
        """Set the value of a lexical column."""
        ...


class AnnotatedView(Protocol):
    """A view of a token."""

    @property
    def vocab(self) -> Vocab:
        """The vocabulary, in which strings are looked up."""
        ...

    def get_annotation(self, name: str) -> int:
        """Return the value of a column of the document."""
        ...

    def set_annotation(self, name: str, value: int) -> None:
        """Set the value of a column of the document."""
        ...


class LexId:
    """A lexical attribute as a number."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: LexicalView, owner: type) -> int:
        return view.get_lexical(self._name)

    def __set__(self, view: LexicalView, value: int) -> None:
        view.set_lexical(self._name, value)


class LexString:
    """A lexical attribute as a string."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: LexicalView, owner: type) -> str:
        strings = view.vocab.strings
        try:
            return strings[view.get_lexical(self._name)]
        except UnknownString:
            # Another thread has just made the vocabulary forget the word, which no document uses.
            with view.vocab.memory:
                return strings[view.get_lexical(self._name)]

    def __set__(self, view: LexicalView, value: str) -> None:
        view.set_lexical(self._name, view.vocab.strings.add(value, allow_transient=False))


class LexFlag:
    """A lexical attribute that is true or false."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: LexicalView, owner: type) -> bool:
        return bool(view.get_lexical(self._name))

    def __set__(self, view: LexicalView, value: bool) -> None:
        view.set_lexical(self._name, int(value))


class AnnotationId:
    """An annotation as a number."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: AnnotatedView, owner: type) -> int:
        return view.get_annotation(self._name)

    def __set__(self, view: AnnotatedView, value: int) -> None:
        view.set_annotation(self._name, value)


class AnnotationString:
    """An annotation as a string, optionally restricted to a closed set."""

    def __init__(self, name: str, closed: frozenset[str] | None = None) -> None:
        self._name = name
        self._closed = closed

    def __get__(self, view: AnnotatedView, owner: type) -> str:
        return view.vocab.strings[view.get_annotation(self._name)]

    def __set__(self, view: AnnotatedView, value: str) -> None:
        if self._closed is not None and value not in self._closed:
            near = did_you_mean(value, self._closed)
            raise DataError(
                f"{self._name.lower()}: unknown value, got {value!r:.80}{near}; put other tags into `tag`"
            )
        view.set_annotation(self._name, view.vocab.strings.add(value))


class WordView:
    """Lexical attributes and flags, which lexemes and tokens share."""

    __slots__ = ()

    orth, orth_ = LexId("ORTH"), LexString("ORTH")
    lower, lower_ = LexId("LOWER"), LexString("LOWER")
    shape, shape_ = LexId("SHAPE"), LexString("SHAPE")
    prefix, prefix_ = LexId("PREFIX"), LexString("PREFIX")
    suffix, suffix_ = LexId("SUFFIX"), LexString("SUFFIX")
    lang, lang_ = LexId("LANG"), LexString("LANG")
    rank = LexId("RANK")
    is_alpha = LexFlag("IS_ALPHA")
    is_ascii = LexFlag("IS_ASCII")
    is_digit = LexFlag("IS_DIGIT")
    is_lower = LexFlag("IS_LOWER")
    is_upper = LexFlag("IS_UPPER")
    is_title = LexFlag("IS_TITLE")
    is_punct = LexFlag("IS_PUNCT")
    is_space = LexFlag("IS_SPACE")
    is_bracket = LexFlag("IS_BRACKET")
    is_quote = LexFlag("IS_QUOTE")
    is_left_punct = LexFlag("IS_LEFT_PUNCT")
    is_right_punct = LexFlag("IS_RIGHT_PUNCT")
    is_currency = LexFlag("IS_CURRENCY")
    is_stop = LexFlag("IS_STOP")
    like_num = LexFlag("LIKE_NUM")
    like_url = LexFlag("LIKE_URL")
    like_email = LexFlag("LIKE_EMAIL")


class StringOf:
    """The string of a numeric attribute: `label_` for `label`."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: Any, owner: type) -> str:
        string: str = view.vocab.strings[getattr(view, self._name)]
        return string

    def __set__(self, view: Any, value: str) -> None:
        setattr(view, self._name, view.vocab.strings.add(value))


class NumberOf:
    """An alias of a numeric attribute."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __get__(self, view: Any, owner: type) -> int:
        number: int = getattr(view, self._name)
        return number

    def __set__(self, view: Any, value: int) -> None:
        setattr(view, self._name, value)

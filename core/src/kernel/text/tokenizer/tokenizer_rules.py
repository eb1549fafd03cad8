"""Split texts into pieces by rules, working on strings only, and record the rule behind each piece.

A text is cut into chunks: words with the single space after them, and runs of other whitespace. A chunk is looked up
among the exceptions; then prefixes and suffixes are split off one at a time, looking at the exceptions after each;
the rest is kept whole (token_match, url_match) or split at infixes. Finally, pieces that together form an exception
are merged, within a chunk and, for exceptions with whitespace, across chunks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, NamedTuple

from kernel.system.concurrency import lazy_property

Search = Callable[[str], "re.Match[str] | None"]
FindAll = Callable[[str], Iterable["re.Match[str]"]]

#: Cuts a text into words with the single space after them, and runs of other whitespace.
chunks_of: Callable[[str], list[str]] = re.compile(r"\S+ ?|\s+").findall

#: Number of characters at either end of a chunk that affix rules see; without a limit, time would be quadratic.
AFFIX_REACH = 256


class Piece(NamedTuple):
    """A future token: its text, its norm if an exception sets it, its rule, and whether a space follows."""

    text: str
    norm: str | None
    rule: str
    space: bool = False


@dataclass
class TokenRules:
    """The rules of one tokenizer, as functions of strings.

    Attributes:
        prefix_search: Finds a prefix to split off.
        suffix_search: Finds a suffix to split off.
        infix_finditer: Finds all infixes at which to split.
        token_match: Matches text to keep whole, before affixes are split off.
        url_match: Matches text to keep whole, after affixes are split off.
        exceptions: Texts with their pieces as (ORTH, NORM or None).
    """

    prefix_search: Search | None = None
    suffix_search: Search | None = None
    infix_finditer: FindAll | None = None
    token_match: Search | None = None
    url_match: Search | None = None
    exceptions: dict[str, list[tuple[str, str | None]]] = field(default_factory=dict)

    def __getstate__(self) -> dict[str, Any]:
        # Copied first: another thread may compute a lazy property while this one is being pickled.
        return vars(self).copy()

    def forget(self) -> None:
        """Drop values computed from rules that have changed since."""
        for derived in ("spaced_exceptions", "_broken", "_longest_broken"):
            self.__dict__.pop(derived, None)

    @lazy_property
    def spaced_exceptions(self) -> re.Pattern[str] | None:
        """A pattern that finds exceptions spanning several chunks; None if there are none."""
        texts = sorted(filter(_is_spaced, self.exceptions), key=len, reverse=True)
        return re.compile("|".join(map(re.escape, texts))) if texts else None

    @lazy_property
    def _broken(self) -> dict[tuple[str, ...], str]:
        """Exceptions by the pieces that the other rules would split them into, if there are several."""
        broken = {self.without_exceptions(text): text for text in self.exceptions if not _is_spaced(text)}
        return {texts: text for texts, text in broken.items() if len(texts) > 1}

    @lazy_property
    def _longest_broken(self) -> int:
        return max(map(len, self._broken), default=0)

    def tokens(self, text: str) -> list[Piece]:
        """Split a text."""
        pieces = [piece for chunk in chunks_of(text) for piece in self.split(chunk)]
        return pieces if self.spaced_exceptions is None else self._merged_over_spaces(text, pieces)

    def split(self, chunk: str) -> list[Piece]:
        """Split a chunk: a word, perhaps with the space after it, or a run of whitespace."""
        if chunk[-1] != " " or chunk[0].isspace():
            return self._split_chunk(chunk)
        pieces = self._split_chunk(chunk[:-1])
        return [*pieces[:-1], pieces[-1]._replace(space=True)]

    def _split_chunk(self, chunk: str) -> list[Piece]:
        if chunk in self.exceptions:
            return self.special(chunk)
        pieces = self._split(chunk, self.exceptions)
        return self._merged(pieces) if len(pieces) > 1 else pieces

    def special(self, text: str) -> list[Piece]:
        """Return the pieces of an exception."""
        return [Piece(orth, norm, f"SPECIAL-{i}") for i, (orth, norm) in enumerate(self.exceptions[text], 1)]

    def without_exceptions(self, text: str) -> tuple[str, ...]:
        """Split a chunk as if there were no exceptions."""
        return tuple(piece.text for piece in self._split(text, {}))

    def _split(self, chunk: str, exceptions: Mapping[str, object]) -> list[Piece]:
        """Split affixes off both ends until there are none, then split the middle."""
        before: list[Piece] = []
        after: list[Piece] = []
        start, end = 0, len(chunk)
        while start < end and not self._is_whole(chunk, start, end, exceptions):
            prefix = self.prefix_length(chunk, start, end)
            after_prefix = start + prefix
            if prefix and self._is_exception(chunk, after_prefix, end, exceptions):
                before.append(Piece(chunk[start:after_prefix], None, "PREFIX"))
                start = after_prefix
                break
            suffix = self.suffix_length(chunk, after_prefix, end)
            if suffix:
                after.append(Piece(chunk[end - suffix : end], None, "SUFFIX"))
                end -= suffix
                if prefix and self._is_exception(chunk, start, end, exceptions):
                    break
            if prefix:
                before.append(Piece(chunk[start:after_prefix], None, "PREFIX"))
                start = after_prefix
            elif not suffix:
                break
        middle = self._split_middle(chunk[start:end], exceptions) if start < end else []
        return [*before, *middle, *reversed(after)]

    def _is_whole(self, chunk: str, start: int, end: int, exceptions: Mapping[str, object]) -> bool:
        """Whether the remaining text must not be split further."""
        if self._is_exception(chunk, start, end, exceptions):
            return True
        return self.token_match is not None and bool(self.token_match(chunk[start:end]))

    @staticmethod
    def _is_exception(chunk: str, start: int, end: int, exceptions: Mapping[str, object]) -> bool:
        return end - start <= AFFIX_REACH and chunk[start:end] in exceptions

    def prefix_length(self, chunk: str, start: int, end: int) -> int:
        """Return the length of the prefix of a part of a chunk."""
        if self.prefix_search is None:
            return 0
        match = self.prefix_search(chunk[start : min(end, start + AFFIX_REACH)])
        return match.end() - match.start() if match is not None else 0

    def suffix_length(self, chunk: str, start: int, end: int) -> int:
        """Return the length of the suffix of a part of a chunk."""
        if self.suffix_search is None or start == end:
            return 0
        match = self.suffix_search(chunk[max(start, end - AFFIX_REACH) : end])
        return match.end() - match.start() if match is not None else 0

    def _split_middle(self, text: str, exceptions: Mapping[str, object]) -> list[Piece]:
        if text in exceptions:
            return self.special(text)
        if self.token_match is not None and self.token_match(text):
            return [Piece(text, None, "TOKEN_MATCH")]
        if self.url_match is not None and self.url_match(text):
            return [Piece(text, None, "URL_MATCH")]
        pieces: list[Piece] = []
        done = 0
        for match in self.infix_finditer(text) if self.infix_finditer is not None else ():
            if match.start() == 0 or match.start() < done:
                continue
            if match.start() > done:
                pieces.append(Piece(text[done : match.start()], None, "TOKEN"))
            if match.end() > match.start():
                pieces.append(Piece(match[0], None, "INFIX"))
            done = match.end()
        if done < len(text):
            pieces.append(Piece(text[done:], None, "TOKEN"))
        return pieces

    def _merged(self, pieces: list[Piece]) -> list[Piece]:
        """Merge pieces of exceptions that affix and infix rules split, longest first."""
        texts = [piece.text for piece in pieces]
        merges: dict[int, tuple[int, str]] = {}
        taken: set[int] = set()
        for length in range(min(self._longest_broken, len(texts)), 1, -1):
            for first in range(len(texts) - length + 1):
                special = self._broken.get(tuple(texts[first : first + length]))
                span = range(first, first + length)
                if special is not None and taken.isdisjoint(span):
                    taken.update(span)
                    merges[first] = (length, special)
        if not merges:
            return pieces
        merged: list[Piece] = []
        for i, piece in enumerate(pieces):
            if i in merges:
                merged.extend(self.special(merges[i][1]))
            elif i not in taken:
                merged.append(piece)
        return merged

    def _merged_over_spaces(self, text: str, pieces: list[Piece]) -> list[Piece]:
        """Merge pieces of exceptions with whitespace, if pieces start and end where they do."""
        starts = [0, *accumulate(len(piece.text) + piece.space for piece in pieces)]
        first_at = {start: i for i, start in enumerate(starts[:-1])}
        last_at = {
            start + len(piece.text): i for i, (start, piece) in enumerate(zip(starts, pieces, strict=False))
        }
        merged: list[Piece] = []
        done = 0
        for match in self.spaced_exceptions.finditer(text) if self.spaced_exceptions is not None else ():
            first, last = first_at.get(match.start()), last_at.get(match.end())
            if first is not None and last is not None:
                special = self.special(match[0])
                merged += [*pieces[done:first], *special[:-1], special[-1]._replace(space=pieces[last].space)]
                done = last + 1
        return [*merged, *pieces[done:]]


def _is_spaced(text: str) -> bool:
    """Whether a text consists of several chunks."""
    return not text.isspace() and any(character.isspace() for character in text)

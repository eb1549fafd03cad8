"""The base class of the matchers: rules by key, each with patterns and a callback."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from kernel.errors import DataError
from kernel.vocab import Vocab

P = TypeVar("P")
OnMatch = Callable[[Any, Any, int, list[Any]], Any]


@dataclass
class MatchRule(Generic[P]):
    """The patterns under one key.

    Attributes:
        patterns: The patterns, parsed.
        written: The patterns as the user wrote them.
        on_match: Called with the matcher, the document, the index of the match and all matches; None for no call.
        greedy: FIRST or LONGEST to keep one of overlapping matches; None to keep all.
    """

    patterns: list[P] = field(default_factory=list)
    written: list[Any] = field(default_factory=list)
    on_match: OnMatch | None = None
    greedy: str | None = None


class MatchRules(Generic[P]):
    """Rules by key, which is a string or its hash.

    Threads may match while another one adds or removes rules; calls that start later see the change.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._rules: dict[int, MatchRule[P]] = {}

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._rules)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | int) and self.has_key(key)

    def has_key(self, key: str | int) -> bool:
        """Return whether there are patterns under a key."""
        return self.vocab.strings.as_int(key) in self._rules

    def remove(self, key: str | int) -> None:
        """Remove the patterns under a key.

        Raises:
            DataError: There are none.
        """
        if not self.has_key(key):
            raise DataError(f"{self._name}: unknown key, got {key!r}; add some first")
        del self._rules[self.vocab.strings.as_int(key)]

    def pipe(
        self,
        stream: Iterable[Any],
        batch_size: int = 1000,
        return_matches: bool = False,
        as_tuples: bool = False,
    ) -> Iterator[Any]:
        """Match a stream of documents, calling the callbacks.

        Args:
            stream: The documents.
            batch_size: Accepted for compatibility and ignored: documents are matched one by one.
            return_matches: Yield pairs of document and matches instead of documents.
            as_tuples: Whether the stream has (document, context) pairs; the results are then paired with the context.
        """
        for item in stream:
            doc, context = item if as_tuples else (item, None)
            matches = self(doc)
            result = (doc, matches) if return_matches else doc
            yield (result, context) if as_tuples else result

    def __call__(self, doclike: Any) -> list[Any]:
        """Find all matches."""
        raise NotImplementedError

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _rule(self, key: str | int) -> MatchRule[P]:
        """Return the rule under a key, which is created if it is new."""
        number = self.vocab.strings.add(key) if isinstance(key, str) else int(key)
        return self._rules.setdefault(number, MatchRule())

    def _check_add(self, key: str | int, patterns: Any, on_match: Any) -> None:
        if not isinstance(patterns, Sequence) or isinstance(patterns, str):
            raise DataError(
                f"{self._name} {key!r}: expected a list of patterns, got {type(patterns).__name__}; write [pattern]"
            )
        if on_match is not None and not callable(on_match):
            raise DataError(
                f"{self._name} {key!r}: on_match must be a function of matcher, doc, i and matches, got {on_match!r}"
            )

    def _call_back(self, doc: Any, matches: list[Any]) -> None:
        for i, match in enumerate(matches):
            # Another thread may have removed the rule meanwhile.
            rule = self._rules.get(match[0])
            if rule is not None and rule.on_match is not None:
                rule.on_match(self, doc, i, matches)

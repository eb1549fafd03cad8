"""What the matchers share: rules by key, each with patterns and what to call for a match."""

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
        patterns: The patterns as they are searched for.
        written: The same as people wrote them.
        on_match: Called with matcher, document, index of the match and all matches; None: nothing.
        greedy: FIRST or LONGEST, to keep of overlapping matches one; None: all.
    """

    patterns: list[P] = field(default_factory=list)
    written: list[Any] = field(default_factory=list)
    on_match: OnMatch | None = None
    greedy: str | None = None


class MatchRules(Generic[P]):
    """Rules by key, which is a name or its number.

    Threads may match while another one adds or removes rules; what begins later sees the change.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab
        self._rules: dict[int, MatchRule[P]] = {}

    def __len__(self) -> int:
        """Number of keys."""
        return len(self._rules)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str | int) and self.has_key(key)

    def has_key(self, key: str | int) -> bool:
        """Whether there are patterns under a key."""
        return self.vocab.strings.as_int(key) in self._rules

    def remove(self, key: str | int) -> None:
        """Forget the patterns under a key.

        Raises:
            DataError: There are none.
        """
        if not self.has_key(key):
            raise DataError(f"{self._name}: no patterns are under this key, got {key!r}; add some first")
        del self._rules[self.vocab.strings.as_int(key)]

    def pipe(
        self,
        stream: Iterable[Any],
        batch_size: int = 1000,
        return_matches: bool = False,
        as_tuples: bool = False,
    ) -> Iterator[Any]:
        """Match a stream of documents, for the callbacks or for the matches.

        Args:
            stream: The documents.
            batch_size: Stands here because callers pass it: documents are matched one by one.
            return_matches: Give pairs of document and matches in place of documents.
            as_tuples: Whether the stream has pairs of document and context; what comes out, too, then has a context.
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
        """The rule under a key, made when it is new."""
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

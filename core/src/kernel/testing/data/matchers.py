"""What every matcher must do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_KEY = "CHECKED"


def check_matcher(make: Callable[[Any], Any], patterns: list[Any], doc: Any) -> list[Any]:
    """Check that rules can be added, found and removed, and that matching leaves the document as it is.

    Args:
        make: The class that the name stands for: from a vocabulary to a matcher.
        patterns: Patterns of which at least one is in the document.
        doc: The document; its vocabulary becomes the matcher's.

    Returns:
        The matches, for the test to look at.
    """
    from kernel.contracts import Matcher
    from kernel.errors import KernelError

    matcher = make(doc.vocab)
    assert isinstance(matcher, Matcher), f"it makes no Matcher: {type(matcher).__name__}"
    assert matcher(doc) == [], "without patterns it finds something"
    before = doc.to_bytes()
    calls: list[tuple[Any, ...]] = []
    matcher.add(_KEY, patterns, on_match=lambda *given: calls.append(given))
    assert len(matcher) == 1, f"with one key its length is {len(matcher)}"
    assert _KEY in matcher, f"{_KEY!r} was added and is not in it"
    matches = matcher(doc)
    assert matches, "it finds none of the patterns"
    strange = [match for match in matches if match[0] != doc.vocab.strings[_KEY]]
    assert not strange, f"matches do not begin with the number of their key: {strange[:8]}"
    expected = [(matcher, doc, i, matches) for i in range(len(matches))]
    assert calls == expected, (
        "on_match is not called once a match with matcher, document, index and all matches"
    )
    assert matcher(doc) == matches, "matched twice, the same document gives two results"
    assert matcher(doc[:]) == matches, "the span over the whole document gives something else"
    assert doc.to_bytes() == before, "matching changes the document"
    no_list: Any = 5
    assert _refuses(lambda: matcher.add("OTHER", no_list), KernelError), (
        "patterns that are no list are not refused"
    )
    matcher.remove(_KEY)
    assert len(matcher) == 0, "what was removed or refused still counts"
    assert matcher(doc) == [], "what was removed is still found"
    assert _refuses(lambda: matcher.remove(_KEY), KernelError), "removing an unknown key is not refused"
    return list(matches)


def _refuses(call: Callable[[], Any], error: type[Exception]) -> bool:
    try:
        call()
    except error:
        return True
    return False

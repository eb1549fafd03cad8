"""Match untrusted regular expressions with a time limit.

Matching can take time exponential in the length of the text, and `re` cannot be interrupted. Patterns that come with
data (those of a saved tokenizer that are not its language's, and those of a matcher) are matched with the package
`regex`, which supports timeouts. Their meaning is that of `re`: syntax that the two interpret differently is rewritten.
Short texts are matched with `re` if the pattern repeats at most one single character or set.
"""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any

from kernel.errors import DataError

#: Time limit in seconds of one pattern for one text, and extra time per character.
SECONDS, SECONDS_EACH = 0.25, 1e-5
#: Length of a text up to which a pattern with a single repetition is always fast.
N_QUICK = 256

# `re`'s definition of word characters and of whitespace, inside a set and outside.
_WORD, _NO_WORD = r"\p{L}\p{N}_", r"\p{M}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{S}\p{Z}\p{C}‿⁀⁔︳︴﹍﹎﹏＿"
_SPACE = r"\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_SPACE = (
    r"\x00-\x08\x0e-\x1b\x21-\x84\x86-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
    r"\u3001-\U0010ffff"
)
_EDGE = rf"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_EDGE = rf"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_IN_SET = {"w": _WORD, "W": _NO_WORD, "s": _SPACE, "S": _NO_SPACE}
_OUTSIDE = {
    "w": f"[{_WORD}]",
    "W": f"[^{_WORD}]",
    "s": f"[{_SPACE}]",
    "S": f"[^{_SPACE}]",
    "b": _EDGE,
    "B": _NO_EDGE,
}
# A named character, an escape, the beginning of a set, a counted repetition, or any other character.
_PART = re.compile(r"\\N\{[^}]*\}|\\.|\[\^?\]?|\{(\d*)(,?)(\d*)\}|.", re.DOTALL)


class ForeignPattern:
    """A method of a compiled pattern, with a time limit.

    Args:
        pattern: The pattern, compiled by `re`.
        method: "match", "fullmatch", "search" or "finditer".
        address: Where it is from, for messages.
    """

    def __init__(self, pattern: re.Pattern[str], method: str, address: str) -> None:
        # The attributes of a bound method of a pattern.
        self.__self__ = pattern
        self.__name__ = method
        self.address = address
        self._own = getattr(pattern, method) if is_quick(pattern.pattern) else None

    def __call__(self, text: str) -> Any:
        """Call the method on a text.

        Raises:
            DataError: Matching takes too long.
        """
        if self._own is not None and len(text) <= N_QUICK:
            return self._own(text)
        pattern = self.__self__
        method = getattr(_engine(pattern.pattern, pattern.flags), self.__name__)
        try:
            result = method(text, timeout=SECONDS + SECONDS_EACH * len(text))
            return list(result) if self.__name__ == "finditer" else result
        except TimeoutError as error:
            raise DataError(
                f"{self.address}: takes more than {SECONDS} seconds for one word, got {pattern.pattern[:60]!r} for "
                f"{text[:40]!r}; write it without nested repetitions"
            ) from error


def is_quick(pattern: str) -> bool:
    """Return whether a pattern repeats at most one single character or set, and so is fast on short texts."""
    plain = re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", "x", pattern, flags=re.DOTALL)
    repeated = re.findall(r"\)?[*+{]|\)\?|(?<!\()\?", plain)
    return len(repeated) < 2 and not any(part[0] == ")" and part != ")?" for part in repeated)


@lru_cache(maxsize=256)
def _engine(pattern: str, flags: int) -> Any:
    import regex  # type: ignore[import-untyped, unused-ignore]

    supported = flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL | re.VERBOSE | re.ASCII)
    # Verbose patterns are not rewritten: their comments may contain anything.
    text = pattern if flags & (re.ASCII | re.VERBOSE) else as_in_re(pattern)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return regex.compile(text, int(supported) | regex.VERSION0)
        except regex.error as error:
            raise DataError(
                f"pattern: cannot be matched with a time limit, got {pattern[:60]!r} ({error}); rewrite it"
            ) from error


def as_in_re(pattern: str) -> str:
    """Rewrite a pattern so that `regex` interprets it as `re` does."""
    parts: list[str] = []
    is_in_set = False
    for match in _PART.finditer(pattern):
        part = match[0]
        if part[0] == "\\":
            parts.append((_IN_SET if is_in_set else _OUTSIDE).get(part[1], part))
        elif is_in_set:
            is_in_set = not part.endswith("]")
            # Inside a set, brackets are literal.
            parts.append(part.replace("[", r"\["))
        elif part[0] == "[":
            is_in_set = True
            parts.append(part)
        elif part[0] == "{":
            parts.append(_repetition(match))
        else:
            parts.append(part)
    return "".join(parts)


def _repetition(match: re.Match[str]) -> str:
    first, comma, last = match.group(1, 2, 3) if match[0] != "{" else ("", "", "")
    if not comma and not first:
        return "\\" + match[0].replace("}", r"\}")
    return f"{{{first or 0}{comma}{last}}}"

"""The pattern for URLs and e-mail addresses, which the tokenizer keeps whole.

Source: RFC 3986 for the parts of a URL, RFC 5890 for internationalized host names. Because the scheme is often omitted,
a host only needs a dot and a last label of two or more letters.
"""

from __future__ import annotations

import re
from typing import Any

from kernel.system.concurrency import lazy_property
from kernel.text.tokenizer.char_classes import ALPHA_LOWER

_LABEL = r"(?:[A-Za-z0-9\u00a1-\uffff][A-Za-z0-9\u00a1-\uffff_-]{0,62})?[A-Za-z0-9\u00a1-\uffff]"
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"

# Its comments are part of the pattern, which saved tokenizers contain: changing them would change their bytes.
_URL = rf"""(?x)^
    (?:[\w+\-.]{{2,}}://)?                       # protocol
    (?:\S+@)?                                    # user and password, or the name of a mailbox
    (?:
        {_OCTET}(?:\.{_OCTET}){{3}}              # host as a number
      | (?:{_LABEL}\.)+[{ALPHA_LOWER}]{{2,63}}   # host as a name
    )
    (?::[0-9]{{2,5}})?                           # port
    (?:[/?\#]\S*)?                               # path, query, fragment
    \Z"""


class LazyMatch:
    """The `match` method of a pattern that is compiled on first use."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    def __getstate__(self) -> dict[str, Any]:
        # Copied first: another thread may compile the pattern while this one is being pickled.
        return vars(self).copy()

    @lazy_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def __call__(self, text: str) -> re.Match[str] | None:
        return self._compiled.match(text)


#: Matches a text that is a URL or an e-mail address.
match_url = LazyMatch(_URL)

"""The string store: `from kernel.strings import StringStore`."""

from __future__ import annotations

from kernel.text.base.hashing import hash_string as hash_string
from kernel.text.base.strings import StringStore as StringStore

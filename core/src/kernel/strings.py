"""The table of strings."""

from __future__ import annotations

from kernel.text.hashing import hash_string as hash_string
from kernel.text.strings import StringStore as StringStore

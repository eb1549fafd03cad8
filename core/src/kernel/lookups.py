"""Tables of a language."""

from __future__ import annotations

from kernel.text.lookups import Lookups as Lookups
from kernel.text.lookups import Table as Table

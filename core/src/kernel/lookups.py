"""Tables of a language."""

from __future__ import annotations

from kernel.pipeline.lookups import load_lookups as load_lookups
from kernel.text.lookups import Lookups as Lookups
from kernel.text.lookups import Table as Table

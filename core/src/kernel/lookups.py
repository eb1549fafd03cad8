"""Lookup tables of a language: `from kernel.lookups import Lookups`."""

from __future__ import annotations

from kernel.pipeline.lookups_loader import load_lookups as load_lookups
from kernel.text.vocab.lookups import Lookups as Lookups
from kernel.text.vocab.lookups import Table as Table

"""Token and lexeme attributes and their ids: `from kernel.attrs import ORTH`."""

from __future__ import annotations

from kernel.text.base.attrs import IDS as IDS
from kernel.text.base.attrs import NAMES as NAMES
from kernel.text.base.attrs import attribute_id as attribute_id
from kernel.text.base.attrs import attribute_name as attribute_name


def __getattr__(name: str) -> int:
    if name not in IDS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return IDS[name]

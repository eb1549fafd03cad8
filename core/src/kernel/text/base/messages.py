"""Values as msgpack bytes, as srsly writes them: NumPy's arrays, and what plugins of srsly add, included.

srsly looks for such plugins whenever it reads or writes a value, which takes longer than most values do; here they are
looked for once.
"""

from __future__ import annotations

import struct
import threading
from functools import cache, partial
from itertools import count
from typing import Any

from kernel.errors import DataError

#: What msgpack, and the decoders of arrays, raise beside `ValueError` for bytes that make no sense.
ODD = (
    *(TypeError, KeyError, IndexError, AttributeError, OverflowError, SyntaxError),
    *(RecursionError, MemoryError, struct.error),
)

_OF_THREAD = threading.local()


def pack(value: Any) -> bytes:
    """Write a value.

    Raises:
        DataError: It is of a type that nothing can write, or text with half of a character.
        ValueError: It is too large, or nested too deep.
    """
    packer = getattr(_OF_THREAD, "packer", None)
    if packer is None:
        from srsly.msgpack import Packer

        packer = _OF_THREAD.packer = Packer(use_bin_type=True)
    try:
        packed: bytes = packer.pack(value)
    except UnicodeEncodeError as error:
        half = error.object[error.start : error.end]
        raise DataError(
            f"no file can hold half of a character, got {half!r:.80}; leave it out of the text"
        ) from None
    except TypeError as error:
        raise DataError(f"only plain data and arrays can be written, got {error}; leave it out") from None
    return packed


def unpack(data: bytes, *, use_list: bool = True, most: int | None = None) -> Any:
    """Read a value.

    Args:
        data: What `pack` wrote.
        use_list: Whether lists are to be lists, not tuples.
        most: So many lists and maps may be in it; None: no limit. A byte makes one that takes fifty.

    Raises:
        ValueError: The bytes are no such value.
    """
    from srsly.msgpack import unpackb

    if not isinstance(data, bytes):
        raise ValueError(f"expected bytes, got {type(data).__name__}")
    try:
        # With a hook for pairs, even none, srsly does not look for others.
        hooks = _hooks(most) | {"object_pairs_hook": None}
        return unpackb(data, raw=False, use_list=use_list, **hooks)
    except ODD as error:
        raise ValueError(f"{type(error).__name__}: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """Say in a few words why a value could not be read."""
    return " ".join(str(error).split())[:100] or type(error).__name__


def unpacker(*, most: int | None = None, **limits: int) -> Any:
    """What reads values out of pieces that it is fed; see `unpack`, and srsly's `Unpacker` for it and its limits."""
    from srsly.msgpack import Unpacker

    # The class below srsly's is told what to look for.
    (plain,) = Unpacker.__bases__
    return plain(raw=False, max_buffer_size=0, **_hooks(most), **limits)


def _hooks(most: int | None) -> dict[str, Any]:
    """What is called with every map and list."""
    if most is None:
        return {"object_hook": _decode()}
    numbers, decode = count(1), _decode()

    def counted(value: Any) -> Any:
        if next(numbers) > most:
            raise ValueError(f"more than {most:,} lists and maps")
        return value if isinstance(value, list | tuple) else decode(value)

    return {"object_hook": counted, "list_hook": counted}


@cache
def _decode() -> Any:
    """What makes arrays and the like of the maps that stand for them."""
    from srsly.msgpack import msgpack_decoders

    decode = None
    for decoder in msgpack_decoders.get_all().values():
        decode = partial(decoder, chain=decode)
    return decode

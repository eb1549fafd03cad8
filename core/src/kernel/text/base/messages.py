"""Read and write msgpack as srsly does, including NumPy arrays and the types that srsly plugins add.

srsly looks up its plugins each time it reads or writes a value, which takes longer than most values do; this module
looks them up once.
"""

from __future__ import annotations

import struct
import threading
from functools import cache, partial
from itertools import count
from typing import Any

from kernel.errors import DataError

#: What msgpack and the array decoders raise for malformed bytes, besides `ValueError`.
ODD = (
    *(TypeError, KeyError, IndexError, AttributeError, OverflowError, SyntaxError),
    *(RecursionError, MemoryError, struct.error),
)

_OF_THREAD = threading.local()


def pack(value: Any) -> bytes:
    """Serialize a value.

    Raises:
        DataError: Its type cannot be serialized, or a string contains a lone surrogate.
        ValueError: It is too large or nested too deeply.
    """
    packer = getattr(_OF_THREAD, "packer", None)
    if packer is None:
        from srsly.msgpack import Packer

        packer = _OF_THREAD.packer = Packer(use_bin_type=True)
    try:
        packed: bytes = packer.pack(value)
    except UnicodeEncodeError as error:
        surrogate = error.object[error.start : error.end]
        raise DataError(
            f"a lone surrogate cannot be written to a file, got {surrogate!r:.80}; remove it from the text"
        ) from None
    except TypeError as error:
        raise DataError(f"only plain data and arrays can be written, got {error}; leave it out") from None
    return packed


def unpack(data: bytes, *, use_list: bool = True, most: int | None = None) -> Any:
    """Deserialize a value.

    Args:
        data: The output of `pack`.
        use_list: Whether to return arrays as lists; otherwise as tuples.
        most: Maximum number of lists and maps in the value; None for no limit. Each takes a byte in the data, but about
            fifty in memory.

    Raises:
        ValueError: The bytes are malformed.
    """
    from srsly.msgpack import unpackb

    if not isinstance(data, bytes):
        raise ValueError(f"expected bytes, got {type(data).__name__}")
    try:
        # If a hook for pairs is passed, even None, srsly does not look up its plugins.
        hooks = _hooks(most) | {"object_pairs_hook": None}
        return unpackb(data, raw=False, use_list=use_list, **hooks)
    except ODD as error:
        raise ValueError(f"{type(error).__name__}: {reason(error)}") from None


def reason(error: BaseException) -> str:
    """Describe in a few words why a value could not be read."""
    return " ".join(str(error).split())[:100] or type(error).__name__


def unpacker(*, most: int | None = None, **limits: int) -> Any:
    """Return a streaming unpacker that is fed pieces of data; `limits` are those of srsly's `Unpacker`."""
    from srsly.msgpack import Unpacker

    # srsly's subclass would look up its plugins; its base class takes our hooks.
    (plain,) = Unpacker.__bases__
    return plain(raw=False, max_buffer_size=0, **_hooks(most), **limits)


def _hooks(most: int | None) -> dict[str, Any]:
    """Return the hooks that are called for every map and list."""
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
    """Return the decoder that turns maps written for arrays and the like back into them."""
    from srsly.msgpack import msgpack_decoders

    decode = None
    for decoder in msgpack_decoders.get_all().values():
        decode = partial(decoder, chain=decode)
    return decode

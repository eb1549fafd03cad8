"""Changes to bytes, texts and trees of plain data, all drawn from one generator."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

#: Stand for what no tree can hold; `formats` writes the real thing into the bytes.
DEEP, DEEP_MAP, DIGITS, HALF = "@@deep@@", "@@maps@@", "@@nines@@", "@@half@@"
#: So many lists or maps in each other: more than Python recurses, and fewer.
DEPTHS = (5000, 5000, 900, 300, 90)
#: Digits of a number that Python does not read.
N_DIGITS = 5000

_NUMBERS: list[Any] = [
    *(0, 1, -1, 2, 7, 255, 2**31 - 1, 2**31, -(2**31), 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)),
    *(0.0, -0.0, 0.5, 1e-320, 1e308, -1e308, float("nan"), float("inf"), float("-inf"), 10**8, 10**6, 1e16),
]
_TEXTS = [
    *(
        "",
        " ",
        "x",
        "\n",
        "\t",
        "\0",
        "é",
        "İ",
        "\u2028",
        "\U0001f600",
        "a\u0301",
        "None",
        "true",
        "1",
        "-1",
        "nan",
    ),
    *(
        "1e999",
        "..",
        "../x",
        "a/b",
        "/",
        "${a.b}",
        "$",
        "[",
        "(((",
        "(a+)+$",
        "%s",
        "B-",
        "I-X",
        "U-",
        "x" * 5000,
    ),
    *(DEEP, DEEP_MAP, DIGITS, HALF, "Number=Sing", "ORTH", "ROOT", "0", "é" * 300),
]
_ODD: list[Any] = [None, True, False, [], {}, [None], [[]], {"": None}, {"a": {"b": []}}, *_NUMBERS, *_TEXTS]

#: Pieces that are put into bytes: marks of the formats, long numbers, bytes that are no text.
_PIECES = [
    *(bytes([mark]) for mark in b"\t\n\r\0 #|-_=.\"'\\{}[](),:;$@%"),
    *(
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        "İ".encode(),
        "\u2028".encode(),
        b"\\ud800",
        b"null",
        b"NaN",
    ),
    *(b"-1", b"0", b"1e999", b"9" * 30, b"9" * 5000, b"1-2", b"1.1", b"1-99999999", b"inf", b"-DOCSTART-"),
    *(
        b"[" * 3000,
        b'{"a":' * 3000,
        b"\x91" * 2000,
        b"\x81\xa1a" * 2000,
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
    ),
    *(
        b"\xdc\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xc1",
        b"\xc7\x00\x05",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
    ),
]
_LENGTHS = (0, 1, 1, 2, 5, 40, 400)


def mutated_bytes(data: bytes, rng: random.Random) -> bytes:
    """Flip, cut, splice, repeat or replace a few places."""
    for _ in range(rng.randint(1, 4)):
        place, length = rng.randrange(len(data) + 1), rng.choice(_LENGTHS)
        before, taken, after = data[:place], data[place : place + length], data[place + length :]
        kind = rng.choice(
            ("replace", "replace", "delete", "flip", "flip", "cut", "repeat", "splice", "append")
        )
        if kind == "flip":
            data = before + bytes([rng.randrange(256)]) + data[place + 1 :]
        elif kind == "splice":
            other = rng.randrange(len(data) + 1)
            data = before + data[other : other + rng.choice(_LENGTHS)] + after
        elif kind == "append":
            data += rng.choice(_PIECES)
        else:
            middle = {"replace": rng.choice(_PIECES), "repeat": taken * rng.choice((2, 2, 2, 50))}.get(
                kind, b""
            )
            data = before + middle + (b"" if kind == "cut" else after)
    return data


def mutated_text(text: str, rng: random.Random) -> str:
    """Change a text as bytes are changed, and keep it text."""
    changed = mutated_bytes(text.encode("utf-8", "replace"), rng)
    return changed.decode("utf-8", "replace")


def mutated_tree(tree: Any, rng: random.Random, odd: list[Any] | None = None) -> Any:
    """Copy a tree of lists, maps and values with one to three of its nodes changed.

    Args:
        tree: The tree.
        rng: What is drawn from.
        odd: Values of the format that no other has, such as bytes.
    """
    tree = copy.deepcopy(tree)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        places = _places(tree)
        if not places:
            return rng.choice(_ODD)
        parent, key = rng.choice(places)
        _change(parent, key, tree, rng, [*_ODD, *(odd or [])])
    return tree


def odd_value(rng: random.Random) -> Any:
    """A value that nobody expects."""
    return rng.choice(_ODD)


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """Every place of a tree below its root: the list or map, and the key."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting and len(found) < 20_000:
        node = waiting.pop()
        keys = node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else ()
        for key in list(keys):
            found.append((node, key))
            waiting.append(node[key])
    return found


def _change(parent: Any, key: Any, tree: Any, rng: random.Random, odd: list[Any]) -> None:
    value = parent[key]
    kind = rng.choice(
        ("odd", "odd", "odd", "near", "near", "near", "delete", "repeat", "key", "wrap", "swap", "same")
    )
    if kind == "delete":
        del parent[key]
    elif kind == "repeat" and isinstance(parent, list):
        parent[key:key] = [copy.deepcopy(value) for _ in range(rng.choice((1, 1, 3, 200)))]
    elif kind == "key" and isinstance(parent, dict):
        new = _near(key, rng) if rng.random() < 0.5 else rng.choice(_TEXTS)
        parent[new if _is_key(new) else "x"] = parent.pop(key)
    elif kind == "wrap":
        parent[key] = [value] if rng.random() < 0.5 else {"a": value}
    elif kind == "swap":
        other, place = rng.choice(_places(tree))
        other[place], parent[key] = copy.deepcopy(value), copy.deepcopy(other[place])
    elif kind == "near":
        parent[key] = _near(value, rng)
    elif kind == "same" and isinstance(parent, dict):
        parent[f"{key}x"] = copy.deepcopy(value)
    else:
        parent[key] = rng.choice(odd)


def _is_key(value: Any) -> bool:
    return value is None or isinstance(value, str | int | float | bytes)


def _near(value: Any, rng: random.Random) -> Any:
    """A value of the same kind, or nearly."""
    if isinstance(value, bool) or value is None:
        return rng.choice((not value, 0, 1, "", None))
    if isinstance(value, int | float):
        changes: tuple[Callable[[Any], Any], ...] = (
            *(
                lambda x: x + 1,
                lambda x: x - 1,
                lambda x: -x,
                lambda x: x * 2,
                float,
                str,
                lambda x: x * 1000,
            ),
            *(lambda x: rng.choice(_NUMBERS), lambda x: x + 0.5, lambda x: [x]),
        )
        try:
            return rng.choice(changes)(value)
        except OverflowError:
            return 0
    if isinstance(value, str):
        return mutated_text(value, rng)
    if isinstance(value, bytes):
        return mutated_bytes(value, rng)
    if isinstance(value, list) and value:
        return rng.choice((value[:-1], value[1:], value[::-1], value * 2, value[:1], []))
    if isinstance(value, dict) and value:
        return rng.choice((dict(list(value.items())[1:]), list(value), list(value.values()), {}))
    return rng.choice(_ODD)

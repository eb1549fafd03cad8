"""Files taken apart, changed inside and written again, so that a change reaches what reads the parts."""

from __future__ import annotations

import gzip
import io
import json
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from srsly import msgpack

from fuzzing.mutating import (
    DEEP,
    DEEP_MAP,
    DEPTHS,
    DIGITS,
    HALF,
    N_DIGITS,
    mutated_bytes,
    mutated_text,
    mutated_tree,
    odd_value,
)

#: Changes a file's bytes.
Mutate = Callable[[bytes, random.Random], bytes]


def json_file(data: bytes, rng: random.Random) -> bytes:
    """Change the tree of a JSON file."""
    return _to_json(mutated_tree(json.loads(data), rng), rng)


def json_lines(data: bytes, rng: random.Random) -> bytes:
    """Change the tree of one line of a file of JSON lines, or the order of its lines."""
    lines = data.splitlines()
    i = rng.randrange(len(lines))
    lines[i] = _to_json(mutated_tree(json.loads(lines[i]), rng), rng)
    if rng.random() < 0.2:
        lines.append(rng.choice(lines))
    return b"\n".join(lines) + b"\n"


def message(data: bytes, rng: random.Random) -> bytes:
    """Change the tree of msgpack bytes, or what is packed within them."""
    return _to_message(_mutated_message(_from_message(data), rng), rng)


def pack(data: bytes, rng: random.Random) -> bytes:
    """Change a pack of documents: its compressed bytes, the bytes below, its map, its numbers, or what is behind it."""
    kind = rng.choice(("outside", "inside", "map", "map", "map", "numbers", "numbers", "behind", "many"))
    if kind == "outside":
        return mutated_bytes(data, rng)
    inside = zlib.decompress(data)
    if kind == "inside":
        return zlib.compress(mutated_bytes(inside, rng))
    if kind == "behind":
        more = rng.choice((b"\0", b"x" * 100, data, zlib.compress(inside)))
        return zlib.compress(inside + more) if rng.random() < 0.5 else data + more
    tree = _from_message(inside)
    if kind == "many":
        n_docs = rng.choice((1000, 100_000, 3_000_000))
        for key, entry in (("cats", {}), ("flags", {}), ("span_groups", b""), ("user_data", b"\x80")):
            if key in tree or rng.random() < 0.5:
                tree[key] = [entry] * n_docs
        tree |= {"lengths": b"\0\0\0\0" * n_docs, "tokens": b"", "spaces": b""}
    elif kind == "numbers":
        key, dtype = rng.choice((("tokens", "<u8"), ("lengths", "<i4"), ("spaces", "u1")))
        tree[key] = _numbers_changed(tree[key], dtype, rng)
    else:
        tree = _mutated_message(tree, rng)
    return zlib.compress(_to_message(tree, rng))


def tensors(data: bytes, rng: random.Random) -> bytes:
    """Change safetensors: their bytes, their header, the JSON in it, their numbers, their shapes and types."""
    kind = rng.choice(("bytes", "header", "told", "told", "numbers", "numbers", "type", "names", "length"))
    size = int.from_bytes(data[:8], "little")
    header, body = json.loads(data[8 : 8 + size]), bytearray(data[8 + size :])
    names = [name for name in header if name != "__metadata__"]
    if kind == "bytes" or not names:
        return mutated_bytes(data, rng)
    name = rng.choice(names)
    start, end = header[name]["data_offsets"]
    if kind == "length":
        return (
            rng.choice((0, 1, size - 1, size + 1, 2**31, 2**63, 2**64 - 1)).to_bytes(8, "little") + data[8:]
        )
    if kind == "header":
        return _with_header(mutated_tree(header, rng), bytes(body), rng)
    if kind == "told" and "__metadata__" in header:
        key = rng.choice(list(header["__metadata__"]))
        told = json.loads(header["__metadata__"][key])
        header["__metadata__"][key] = _to_json(mutated_tree(told, rng), rng).decode("utf-8", "replace")
    elif kind == "type":
        wide = {"F32": ("F64", "<f4", "<f8"), "I64": ("I32", "<i8", "<i4"), "U64": ("F64", "<u8", "<f8")}
        now, old, new = wide.get(header[name]["dtype"], ("U8", "u1", "u1"))
        changed = np.frombuffer(bytes(body[start:end]), old).astype(new).tobytes()
        body[start:end] = changed
        header = _moved(header, name, now, len(changed) - (end - start))
    elif kind == "names":
        other = rng.choice((f"{name}x", rng.choice(names), "x", ""))
        header = {(other if one == name else one): facts for one, facts in header.items()}
    elif end > start:
        dtype = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U64": "<u8"}.get(header[name]["dtype"], "u1")
        body[start:end] = _numbers_changed(bytes(body[start:end]), dtype, rng)[: end - start]
    return _with_header(header, bytes(body), rng)


def array_file(data: bytes, rng: random.Random) -> bytes:
    """Change a file of `numpy.save`: its bytes, or what its head says of shape and type."""
    head, _, body = data.partition(b"\n")
    changes = (
        (b"'<f4'", rng.choice((b"'<f8'", b"'|O'", b"'<U9999999'", b"'>f4'", b"'<i4'", b"'|V4'"))),
        (
            b"'shape': (",
            rng.choice((b"'shape': (9999999999, ", b"'shape': (-1, ", b"'shape': (0, ", b"'shape': (1, ")),
        ),
        (b"False", b"True"),
    )
    if rng.random() < 0.5:
        return mutated_bytes(data, rng)
    old, new = rng.choice(changes)
    head = head.replace(old, new)
    return head[:8] + struct.pack("<H", len(head) - 9) + head[10:] + b"\n" + body


def columns(data: bytes, rng: random.Random, separator: str = "\t") -> bytes:
    """Change cells and lines of a text in columns."""
    lines = data.decode().split("\n")
    for _ in range(rng.choice((1, 1, 2, 4))):
        i = rng.randrange(len(lines))
        kind = rng.choice(
            ("cell", "cell", "cell", "near", "near", "drop", "repeat", "delete", "swap", "many")
        )
        cells = lines[i].split(separator)
        k = rng.randrange(len(cells))
        if kind in ("cell", "near"):
            cells[k] = str(odd_value(rng)) if kind == "cell" else mutated_text(cells[k], rng)
            lines[i] = separator.join(cells)
        elif kind in ("drop", "many"):
            lines[i] = separator.join(
                cells[:k] + cells[k : k + 1] * rng.choice((0, 0, 2, 300)) + cells[k + 1 :]
            )
        elif kind == "swap":
            other = rng.randrange(len(lines))
            lines[i], lines[other] = lines[other], lines[i]
        else:
            lines[i : i + 1] = [lines[i]] * (0 if kind == "delete" else rng.choice((2, 50)))
    return _with_marks("\n".join(lines).encode("utf-8", "surrogatepass"), rng, quoted=False)


def config_text(data: bytes, rng: random.Random) -> bytes:
    """Change sections, keys and values of a config."""
    lines = data.decode().split("\n")
    for _ in range(rng.choice((1, 1, 2, 3))):
        i = rng.randrange(len(lines))
        key, equals, value = lines[i].partition(" = ")
        section = lines[i].strip("[]")
        kind = rng.choice(
            ("value", "value", "value", "near", "key", "delete", "repeat", "section", "below", "swap")
        )
        if equals and kind == "value":
            lines[i] = f"{key} = {_to_json(odd_value(rng), rng).decode('utf-8', 'replace')}"
        elif equals and kind == "key":
            names = (
                f"{key}.x",
                f".{key}",
                f"{key}.",
                f"{key} x",
                key.upper(),
                f"@{key}",
                "*",
                f"*.{key}",
                "",
            )
            lines[i] = f"{rng.choice(names)} = {value}"
        elif equals and kind == "swap":
            other = rng.choice([line for line in lines if " = " in line])
            lines[i] = f"{key} = {other.partition(' = ')[2]}"
        elif lines[i].startswith("[") and kind in ("section", "key", "value"):
            names = (
                f"{section}.x",
                f"{section}.a.b.c",
                f".{section}",
                f"{section}.",
                f"{section}..x",
                "x.y",
                "",
            )
            deep = f"{section}.{'a.' * rng.choice((20, 200))}b"
            lines[i] = f"[{rng.choice((*names, deep, section.rpartition('.')[0], 'DEFAULT'))}]"
        elif kind == "below":
            lines.insert(
                i,
                rng.choice(("[a.b.c]", "x = 1", "[nlp.x.y]\nz = ${nlp}", "x = ${nlp.lang", "[paths]", "[x]")),
            )
        elif kind == "delete":
            del lines[i]
        elif kind == "repeat":
            lines[i:i] = lines[i : i + rng.choice((1, 3))]
        else:
            lines[i] = mutated_text(lines[i], rng)
        lines = lines or [""]
    return _with_marks("\n".join(lines).encode("utf-8", "replace"), rng, quoted=False)


def compressed(inside: Mutate) -> Mutate:
    """Change what a compressed file holds, its compressed bytes, or how it is compressed."""

    def mutate(data: bytes, rng: random.Random) -> bytes:
        if rng.random() < 0.7:
            data = inside(data, rng)
        if rng.random() < 0.1:
            data += rng.choice((b"\0", b"x", b"[", b"\n", b"[],", b"x\n")) * rng.choice((1 << 20, 1 << 26))
        written = _zipped(data, rng) if rng.random() < 0.5 else gzip.compress(data, 6, mtime=0)
        return mutated_bytes(written, rng) if rng.random() < 0.4 else written

    return mutate


def _zipped(data: bytes, rng: random.Random) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(rng.choice(("a.txt", "../a.txt", "é")), data)
        if rng.random() < 0.1:
            archive.writestr("b.txt", data)
    return file.getvalue()


def _numbers_changed(data: bytes, dtype: str, rng: random.Random) -> bytes:
    numbers = np.frombuffer(data, dtype).copy()
    for _ in range(rng.choice((1, 2, 10))):
        if numbers.size:
            i = rng.randrange(numbers.size)
            odd = rng.choice(
                (
                    0,
                    1,
                    2,
                    91,
                    2**7,
                    2**31 - 1,
                    2**63,
                    2**64 - 1,
                    -1,
                    -2,
                    int(numbers.ravel()[i].astype(np.uint8)) + 1,
                )
            )
            with np.errstate(all="ignore"):
                numbers[i] = np.array(odd).astype(numbers.dtype)
            if numbers.dtype.kind == "f":
                numbers[i] = rng.choice((np.nan, np.inf, -np.inf, 1e38, -1e38, 0.0, float(odd) % 100))
    return numbers.tobytes()[: rng.choice((None, None, None, -1, -8))]


def _moved(header: dict[str, Any], name: str, dtype: str, by: int) -> dict[str, Any]:
    """The header of safetensors, one of which has another type and so another size."""
    place = header[name]["data_offsets"][0]
    for one, facts in header.items():
        if one != "__metadata__" and facts["data_offsets"][0] >= place:
            start, end = facts["data_offsets"]
            facts["data_offsets"] = [start + by * (one != name), end + by]
    header[name]["dtype"] = dtype
    return header


def _with_header(header: Any, body: bytes, rng: random.Random) -> bytes:
    written = _to_json(header, rng)
    return len(written).to_bytes(8, "little") + written + body


def _to_json(tree: Any, rng: random.Random) -> bytes:
    written = json.dumps(tree, ensure_ascii=rng.random() < 0.5)
    return _with_marks(written.encode("utf-8", "surrogatepass"), rng, quoted=True)


def _with_marks(written: bytes, rng: random.Random, *, quoted: bool) -> bytes:
    """Put in what no tree can hold."""
    depth = rng.choice(DEPTHS)
    deep = (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth)
    quote = b'"' if quoted else b""
    for mark, value in ((DEEP, deep[0]), (DEEP_MAP, deep[1]), (DIGITS, b"9" * N_DIGITS)):
        written = written.replace(quote + mark.encode() + quote, value)
    return written.replace(HALF.encode(), b"\\ud800")


def _from_message(data: bytes) -> Any:
    unpacker = msgpack.Unpacker(raw=False, strict_map_key=False, object_hook=dict)
    unpacker.feed(data)
    return unpacker.unpack()


def _mutated_message(tree: Any, rng: random.Random) -> Any:
    """Change a tree, or one that is packed in one of its values."""
    packed = [
        (parent, key)
        for parent in (tree, *(tree.values() if isinstance(tree, dict) else ()))
        for key in (
            parent if isinstance(parent, dict) else range(len(parent)) if isinstance(parent, list) else ()
        )
        if isinstance(parent[key], bytes) and len(parent[key]) > 1
    ]
    if packed and rng.random() < 0.4:
        parent, key = rng.choice(packed)
        try:
            parent[key] = message(parent[key], rng)
        except (ValueError, TypeError, msgpack.ExtraData):
            parent[key] = mutated_bytes(parent[key], rng)
        return tree
    odd = [
        b"",
        b"\x80",
        b"\x90",
        b"\0" * 9,
        {b"nd": True, b"type": "<f4", b"kind": b"", b"shape": [2, -1], b"data": b"\0" * 16},
    ]
    return mutated_tree(tree, rng, odd)


def _to_message(tree: Any, rng: random.Random) -> bytes:
    written: bytes = msgpack.Packer(use_bin_type=True, default=str).pack(_small_numbers(tree))
    depth = rng.choice(DEPTHS)
    deep = (b"\x91" * depth + b"\xc0", b"\x81\xa1a" * depth + b"\xc0")
    for mark, value in ((DEEP, deep[0]), (DEEP_MAP, deep[1])):
        written = written.replace(bytes([0xA0 | len(mark)]) + mark.encode(), value)
    return written


def _small_numbers(tree: Any) -> Any:
    """Cut numbers that msgpack cannot hold."""
    if isinstance(tree, dict):
        return {_small_numbers(key): _small_numbers(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_small_numbers(value) for value in tree]
    if isinstance(tree, int) and not isinstance(tree, bool):
        return max(-(2**63), min(tree, 2**64 - 1))
    return tree

"""Damaged files: each must give documents or one clear error, in seconds and in little memory.

10,000 files by default, of `.spacy`, CoNLL-U, IOB, JSON, JSON lines and CSV in turn. A clear error is a `KernelError`
of one line. Each file may take ten seconds. Of every tenth file the memory is measured: at most ten times the file, or
64 MiB, which a pack may grow to however small it is. Then one large file of each format is read and measured, a pack by
what it holds. Needs no spaCy.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import tracemalloc
import zlib
from collections import Counter
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "support"))

from damage import damaged, documents, large_file, whole_files

from kernel.errors import KernelError

SECONDS = 10
SMALL = 64 << 20


def outcome(path: Path) -> str:
    """Read a file to its end and say how that ended."""
    try:
        n_tokens = sum(len(doc) for doc in documents(path))
    except KernelError as error:
        return (
            "error"
            if "\n" not in str(error) and len(str(error)) < 2000
            else f"an unclear error: {error!r:.300}"
        )
    except TimeoutError:
        return "a hang"
    except BaseException as error:  # whatever it is, it is a finding
        return f"a crash: {type(error).__name__}: {error!s:.200}"
    return "documents" if n_tokens else "no documents"


def memory_of_large(ending: str, n_bytes: int) -> tuple[int, int]:
    """Read a large file, and give its size, unpacked, and the most memory that it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"large.{ending}"
        data = large_file(ending, n_bytes)
        path.write_bytes(data)
        size = len(zlib.decompress(data)) if ending == "spacy" else len(data)
        del data
        outcome(path)  # what is loaded once does not count
        tracemalloc.start()
        outcome(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return size, peak


def time_out(signal_number: int, frame: FrameType | None) -> None:
    """End a file that takes too long."""
    raise TimeoutError


def main() -> int:
    """Read all files and print how many ended how."""
    parser = argparse.ArgumentParser(description="damaged files")
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000, help="bytes of a large file")
    parser.add_argument("--first-seed", type=int, default=0)
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, time_out)
    whole = whole_files()
    counts: dict[str, Counter[str]] = {ending: Counter() for ending in whole}
    findings: list[str] = []
    most_memory, slowest = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for ending, data in whole.items():  # what is loaded once does not count
            path = Path(folder) / f"whole.{ending}"
            path.write_bytes(data)
            outcome(path)
        for i in range(arguments.files):
            ending = list(whole)[i % len(whole)]
            seed = arguments.first_seed + i
            path = Path(folder) / f"damaged.{ending}"
            path.write_bytes(damaged(ending, whole[ending], seed))
            is_measured = i // len(whole) % 10 == 0
            if is_measured:
                tracemalloc.start()
            signal.alarm(SECONDS)
            start = time.perf_counter()
            how = outcome(path)
            slowest = max(slowest, time.perf_counter() - start)
            signal.alarm(0)
            if is_measured:
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                most_memory = max(most_memory, peak)
                if peak > max(SMALL, 10 * path.stat().st_size):
                    findings.append(
                        f"{ending}, seed {seed}: {peak:,} bytes for a file of {path.stat().st_size:,}"
                    )
            if how not in ("documents", "no documents", "error"):
                findings.append(f"{ending}, seed {seed}: {how}")
                how = "finding"
            counts[ending][how] += 1
    for ending, count in counts.items():
        print(f"{ending:8}" + ", ".join(f"{n:,} x {how}" for how, n in sorted(count.items())))
    for ending in whole:
        n_bytes, peak = memory_of_large(ending, arguments.large)
        print(f"{ending:8}{peak / n_bytes:6.1f} x the {n_bytes / 1e6:.1f} MB of a large file in memory")
        if peak > 10 * n_bytes:
            findings.append(f"{ending}: {peak:,} bytes for a large file of {n_bytes:,}")
    print(f"most memory {most_memory / 1e6:.1f} MB, slowest file {slowest:.2f} s, {len(findings)} findings")
    print("\n".join(findings[:40]))
    return int(bool(findings))


if __name__ == "__main__":
    sys.exit(main())

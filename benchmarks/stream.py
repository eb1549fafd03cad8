"""Corpora larger than memory: writing them, reading them back, training on them under a limit.

    KERNEL_DATA=FOLDER python benchmarks/stream.py [--gigabytes 0.5] [--file-gigabytes 0.25] [--limit 2] [--steps 300]

Writes a folder of files from UD English-EWT's training part, over and over, with a word that nobody has seen in every
twentieth sentence: `.spacy`, or with `--format jsonl` JSON lines. The gigabytes are those of the tokens before they are
compressed, or of the lines. A `--file-gigabytes` beyond 2 makes one file of more than 2 GB. Then two processes that
may have `--limit` gigabytes of address space (`ulimit -v`) read all of it, and train a tagger for so many steps with
`max_epochs = -1`. Printed are sizes, times, and memory after each tenth: in training the median of the 50 steps
before. Needs no spaCy; what is written is removed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import kernel
from kernel.tokens import Doc, DocBin, stream_docs

GB = 1 << 30
NEW_WORD_EVERY = 20
WORDS_A_BATCH = 1000


def resident() -> float:
    """Memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def peak() -> float:
    """The most memory that this process ever had, in MB."""
    # Not that of getrusage, which begins with what the process had that started this one.
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**10


def treebank() -> list[Doc]:
    """The documents that are written over and over."""
    from text import sentences

    vocab = kernel.blank("en").vocab
    path = Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt" / "en_ewt-ud-train.conllu.gz"
    keys = ("words", "spaces", "tags", "pos", "lemmas", "morphs", "heads", "deps")
    return [Doc(vocab, **{key: one[key] for key in keys}) for one in sentences(path)]


def new_words(docs: list[Doc], n_round: int) -> list[Doc]:
    """Documents of a word that was not there before, for one round."""
    words = (f"W{n_round * 2654435761 % 2**32:x}{i}" for i in range(len(docs) // NEW_WORD_EVERY))
    return [Doc(docs[0].vocab, [word], tags=["NNP"]) for word in words]


def write_packs(folder: Path, n_bytes: int, file_bytes: int) -> int:
    """Write `.spacy` files, and give the number of documents."""
    docs = treebank()
    once = DocBin(docs=docs)
    round_bytes = sum(map(len, docs)) * 8 * len(once.attrs)
    pack, held, n_round, n_docs = DocBin(), 0, 0, 0
    for n_round in range(max(1, n_bytes // round_bytes)):
        if held + round_bytes > file_bytes and held:
            pack.to_disk(folder / f"{n_round:06}.spacy")
            n_docs += len(pack)
            pack, held = DocBin(), 0
        pack.merge(once)
        pack.merge(DocBin(docs=new_words(docs, n_round)))
        held += round_bytes
    pack.to_disk(folder / f"{n_round + 1:06}.spacy")
    return n_docs + len(pack)


def write_lines(folder: Path, n_bytes: int, file_bytes: int) -> int:
    """Write files of JSON lines, and give the number of documents."""
    docs = treebank()
    once = "".join(json.dumps(doc.to_json()) + "\n" for doc in docs)
    per_file = max(1, file_bytes // len(once))
    n_rounds = max(1, n_bytes // len(once))
    for n_round in range(n_rounds):
        with (folder / f"{n_round // per_file:06}.jsonl").open("a", encoding="utf8") as file:
            file.write(once)
            file.writelines(json.dumps(doc.to_json()) + "\n" for doc in new_words(docs, n_round))
    return n_rounds * (len(docs) + len(docs) // NEW_WORD_EVERY)


def read_all(folder: Path, n_docs: int) -> None:
    """Read all documents and print the memory after each tenth of those that there should be."""
    nlp = kernel.blank("en")
    start, n_read, n_tokens = time.process_time(), 0, 0
    corpus = kernel.registry.get("readers", "kernel.Corpus.v1")(folder)
    packs = sorted(folder.glob("*.spacy"))
    docs: Iterator[Doc] = (doc for file in packs for doc in stream_docs(file, nlp.vocab))
    if not packs:
        docs = (example.reference for example in corpus(nlp))
    for n_read, doc in enumerate(docs, start=1):
        n_tokens += len(doc)
        if n_read * 10 // n_docs > (n_read - 1) * 10 // n_docs:
            print(f"  {n_read:>12,} documents {resident():8.1f} MB", flush=True)
    seconds = time.process_time() - start
    print(
        f"read {n_read:,} documents, {n_tokens:,} tokens: {n_read / seconds:,.0f} documents/s, peak {peak():,.1f} MB"
    )


def register() -> None:
    """Give the training a logger that prints memory; runs inside `kernel train --code`."""

    @kernel.registry.loggers("bench_memory.v1")
    def memory_logger(n_steps: int) -> Callable[..., Any]:
        def setup_logger(nlp: Any, stdout: Any = sys.stdout, stderr: Any = sys.stderr) -> Any:
            run: dict[str, Any] = {"step": 0, "curve": {}}
            # What one batch needs for a moment comes and goes.
            recent: deque[float] = deque(maxlen=50)

            def log_step(info: Any) -> None:
                step = run["step"] = run["step"] + 1
                recent.append(resident())
                if step == 1:
                    seconds = time.time() - float(os.environ["BENCH_BEGAN"])
                    print(f"  first step after {seconds:.1f} s", file=stdout, flush=True)
                if step == 100 or step % max(1, n_steps // 10) == 0:
                    run["curve"][step] = median(recent)
                    strings = f"{len(nlp.vocab.strings):>10,} strings"
                    print(f"  step {step:>6,} {median(recent):8.1f} MB {strings}", file=stdout, flush=True)

            def finalize() -> None:
                curve = [memory for step, memory in run["curve"].items() if step >= 100]
                if curve:
                    low, high = min(curve), max(curve)
                    share = (high - low) / (high + low)
                    print(
                        f"from step 100 on {low:,.1f} to {high:,.1f} MB, ±{share:.1%}; peak {peak():,.1f} MB",
                        file=stdout,
                    )

            return log_step, finalize

        return setup_logger


def train(folder: Path, n_steps: int, limit: int, work: Path) -> None:
    """Train a tagger on the corpus under the limit."""
    docs = treebank()
    DocBin(docs=docs[:200]).to_disk(work / "dev.spacy")
    labels = sorted({token.tag_ for doc in docs for token in doc} | {"NNP"})
    (work / "labels.json").write_text(json.dumps(labels), "utf8")
    config = work / "config.cfg"
    subprocess.run(
        [sys.executable, "-m", "kernel", "init", "config", str(config), "-p", "tagger"],
        check=True,
        stderr=subprocess.DEVNULL,
    )
    settings = {
        "paths.train": folder,
        "paths.dev": work / "dev.spacy",
        "training.max_epochs": -1,
        "training.max_steps": n_steps,
        "training.patience": 0,
        "training.eval_frequency": n_steps,
        "training.batcher.size": WORDS_A_BATCH,
        "training.logger": f'{{"@loggers": "bench_memory.v1", "n_steps": {n_steps}}}',
        "initialize.components": json.dumps(
            {"tagger": {"labels": {"@readers": "kernel.read_labels.v1", "path": str(work / "labels.json")}}}
        ),
    }
    command = [sys.executable, "-m", "kernel", "train", str(config), "--code", __file__]
    for key, value in settings.items():
        command += [f"--{key}", str(value)]
    limited(command, limit)


def limited(command: list[str], limit: int) -> None:
    """Run a command that may have so many bytes of address space."""
    environment = {**os.environ, "BENCH_BEGAN": str(time.time()), "OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(
        command,
        check=True,
        env=environment,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )


def main() -> None:
    """Write, read and train, each in a process of its own."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gigabytes", type=float, default=0.5)
    parser.add_argument("--file-gigabytes", type=float, default=0.25)
    parser.add_argument("--format", choices=("spacy", "jsonl"), default="spacy")
    parser.add_argument("--limit", type=float, default=2.0, help="gigabytes of address space")
    parser.add_argument("--steps", type=int, default=300, help="0: no training")
    parser.add_argument("--no-reading", action="store_true")
    parser.add_argument("--side", nargs=2, help="read so many documents of a folder, in this process")
    given = parser.parse_args()
    if given.side:
        read_all(Path(given.side[0]), int(given.side[1]))
        return
    n_bytes, file_bytes = int(given.gigabytes * GB), int(given.file_gigabytes * GB)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "corpus"
        folder.mkdir()
        free = shutil.disk_usage(name).free
        if free < n_bytes + GB:
            raise SystemExit(f"{name}: {free / GB:.1f} GB free, {n_bytes / GB + 1:.1f} needed; set TMPDIR")
        start = time.perf_counter()
        n_docs = (write_packs if given.format == "spacy" else write_lines)(folder, n_bytes, file_bytes)
        files = list(folder.iterdir())
        size = sum(file.stat().st_size for file in files)
        seconds = time.perf_counter() - start
        print(
            f"wrote {n_docs:,} documents into {len(files)} files, {size / 1e6:,.1f} MB, in {seconds:.0f} s, "
            f"peak {peak():,.1f} MB",
            flush=True,
        )
        if not given.no_reading:
            limited([sys.executable, __file__, "--side", str(folder), str(n_docs)], int(given.limit * GB))
        if given.steps:
            train(folder, given.steps, int(given.limit * GB), Path(name))


if __name__ == "__main__":
    main()
elif "BENCH_BEGAN" in os.environ:
    register()

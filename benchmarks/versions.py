"""Two versions of the kernel side by side: start, training, prediction; whether they learn and predict the same.

    python benchmarks/versions.py --before OTHER_CHECKOUT/.venv/bin/python [--after THIS/.venv/bin/python] [--turns 5]

Each turn runs both, one after the other, each in a process of its own with one thread: `kernel --help`; `kernel train`
up to its first step; a tagger and a parser trained on EWT (`KERNEL_DATA`) for some steps, and what they predict. Prints
medians, ratios, and whether weights and predictions are the same bytes. Seconds are those of the processor.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

THREADS = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "BLIS")}

CONFIG = """
[nlp]
lang = "en"
pipeline = ["tok2vec", "tagger", "parser"]

[components]

[components.tok2vec]
factory = "tok2vec"

[components.tagger]
factory = "tagger"

[components.tagger.model]
@architectures = "kernel.Tagger.v1"

[components.tagger.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 96

[components.parser]
factory = "parser"

[components.parser.model]
@architectures = "kernel.TransitionBasedParser.v1"
state_type = "parser"
hidden_width = 64

[components.parser.model.tok2vec]
@architectures = "kernel.Tok2VecListener.v1"
width = 96

[training]
max_steps = 100
eval_frequency = 1000
"""

#: Trains in a folder that has config.cfg, train.spacy and dev.spacy, and prints its figures.
TRAIN = """
import hashlib, json, sys, time
import kernel

begun = time.process_time()
steps = []
nlp = kernel.train("config.cfg", overrides={
    "paths.train": "train.spacy", "paths.dev": "dev.spacy", "training.max_steps": int(sys.argv[1])})
trained = time.process_time()
texts = json.load(open("texts.json"))
list(nlp.pipe(texts[:50]))
begun_pipe = time.process_time()
docs = list(nlp.pipe(texts))
piped = time.process_time()
for text in texts[:300]:
    nlp(text)
called = time.process_time()
digest = hashlib.sha256()
for doc in docs:
    digest.update(doc.to_array(["TAG", "HEAD", "DEP"]).tobytes())
for name in ("tok2vec", "tagger", "parser"):
    for node in nlp.get_pipe(name).model.walk():
        for param in node.param_names:
            if node.has_param(param):
                digest.update(node.get_param(param).tobytes())
n_words = sum(map(len, docs))
print("RESULT " + json.dumps({
    "training, s": trained - begun,
    "pipe, words/s": n_words / (piped - begun_pipe),
    "nlp(text), words/s": sum(map(len, docs[:300])) / (called - piped),
    "bytes": digest.hexdigest()}))
"""


def seconds_of(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """Processor seconds of a process and what it starts."""
    before = os.times()
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def prepare(python: str, folder: Path, data: Path) -> None:
    """Write corpora, texts and config."""
    (folder / "config.cfg").write_text(CONFIG, "utf-8")
    (folder / "one.cfg").write_text(CONFIG.replace("max_steps = 100", "max_steps = 1"), "utf-8")
    treebank = data / "ud_english_ewt"
    for split in ("train", "dev"):
        (source,) = treebank.glob(f"*-{split}.conllu*")
        command = [python, "-m", "kernel", "convert", str(source), str(folder / "converted")]
        subprocess.run(command, check=True, capture_output=True)
        (made,) = (folder / "converted").glob(f"*-{split}*.spacy")
        made.rename(folder / f"{split}.spacy")
    script = (
        "import json, kernel; from kernel.tokens import DocBin; nlp = kernel.blank('en')\n"
        "docs = DocBin().from_disk('dev.spacy').get_docs(nlp.vocab)\n"
        "json.dump([doc.text for doc in docs], open('texts.json', 'w'))"
    )
    subprocess.run([python, "-c", script], cwd=folder, check=True)


def measure(python: str, folder: Path, steps: int) -> dict[str, float | str]:
    """Run everything once with one version."""
    environment = {**os.environ, **THREADS, "PYTHONDONTWRITEBYTECODE": ""}
    help_s = seconds_of([python, "-m", "kernel", "--help"], folder, environment)
    words = [
        "train",
        "one.cfg",
        "--paths.train",
        "train.spacy",
        "--paths.dev",
        "dev.spacy",
        "--corpora.dev.limit",
        "1",
    ]
    words += ["--corpora.train.limit", "100"]
    start_s = seconds_of([python, "-m", "kernel", *words], folder, environment)
    command = [python, "-c", TRAIN, str(steps)]
    done = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)
    line = next(line for line in done.stdout.splitlines() if line.startswith("RESULT "))
    return {"--help, s": help_s, "to the first step, s": start_s, **json.loads(line.removeprefix("RESULT "))}


def main() -> None:
    """Compare two versions."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--before", required=True, help="the Python of the other version's environment")
    parser.add_argument("--after", default=sys.executable, help="the Python of this version's environment")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--steps", type=int, default=60)
    args = parser.parse_args()
    data = os.environ.get("KERNEL_DATA")
    if not data:
        raise SystemExit("KERNEL_DATA: set it to a folder with UD English-EWT (ud_english_ewt/*.conllu.gz)")
    results: dict[str, list[dict[str, float | str]]] = {"before": [], "after": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(args.before, folder, Path(data))
        for turn in range(args.turns):
            order = ("before", "after") if turn % 2 == 0 else ("after", "before")
            for version in order:
                begun = time.perf_counter()
                results[version].append(measure(getattr(args, version), folder, args.steps))
                print(f"turn {turn + 1}, {version}: {time.perf_counter() - begun:.0f} s", file=sys.stderr)
    print(f"{'medians':<24}{'before':>12}{'after':>12}{'after / before':>16}")
    for key in results["before"][0]:
        if key == "bytes":
            continue
        before, after = (
            median(float(one[key]) for one in results[version]) for version in ("before", "after")
        )
        print(f"{key:<24}{before:>12,.3f}{after:>12,.3f}{after / before:>16.3f}")
    same = len({one["bytes"] for version in results.values() for one in version}) == 1
    print(f"weights and predictions: {'the same bytes' if same else 'DIFFERENT'}")


if __name__ == "__main__":
    main()

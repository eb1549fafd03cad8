"""Trains and measures the same task in both libraries, and shows the figures beside each other.

For the benchmarks that train: each says what the task is, and this carries it out, in processes of their own.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from kernel.tokens import DocBin
from kernel.vocab import Vocab

RECORDER = str(Path(__file__).with_name("recorder.py"))
LIBRARIES = ("kernel", "spacy")
THREADS = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP", "MKL", "BLIS")}

#: Figures of a run, by name.
Result = dict[str, float]


@dataclass(frozen=True)
class Task:
    """What both libraries do.

    Attributes:
        work: Folder with train.spacy, dev.spacy, test.spacy and texts.json, which are predicted.
        configs: For each library; "LIB. stands for the library's name before those of functions.
        scores: Names of scores, shown in percent.
        best: Score the best model on dev and test; else the scores on dev are those of the last step.
        documents: Give speeds in documents; else in words.
        label: What the task is called where a benchmark has several.
        measure: Measures a trained pipeline in the folder given, once more than the rest does; ours alone.
    """

    work: Path
    configs: Mapping[str, str]
    scores: Sequence[str]
    best: bool = True
    documents: bool = False
    label: str = ""
    measure: Callable[[Path], Result] | None = None


def arguments(description: str | None) -> argparse.ArgumentParser:
    """Give the options of a comparison."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", required=True, help="the Python of a venv with spacy==3.8.18")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3, help="predictions of the texts, per seed")
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu: seconds of the process, for a busy machine",
    )
    parser.add_argument(
        "--results",
        type=Path,
        help="keep the result of each run in this folder, and take what is there already; "
        "empty it when the code has changed",
    )
    return parser


def compare(task: Task, args: argparse.Namespace) -> None:
    """Carry a task out, the seeds in turn, and print medians and their ratios."""
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    results: dict[str, list[Result]] = {library: [] for library in LIBRARIES}
    for seed in args.seeds:
        for library in LIBRARIES:
            result, is_kept = kept_run(task, args, library, pythons[library], seed)
            results[library].append(result)
            print(
                f"{task.label} {library} seed {seed}: {shown(result)}{' (kept)' * is_kept}".strip(),
                flush=True,
            )
    report(task.label, results)


def kept_run(
    task: Task, args: argparse.Namespace, library: str, python: str, seed: int
) -> tuple[Result, bool]:
    """Run one side for one seed, or take the result that is kept; and say which it was.

    The name of a kept result follows from everything that the run is told.
    """
    told = (library, task.configs[library], task.scores, task.best, task.documents, seed)
    told += (args.steps, args.repeats, args.clock)
    digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]
    file = args.results and args.results / f"{library}-{digest}.json"
    if file and file.exists():
        return json.loads(file.read_text()), True
    result = run_once(task, args, library, python, seed)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        # Beside and renamed, so that a file that is there is whole.
        beside = file.with_suffix(".part")
        beside.write_text(json.dumps(result, indent=1))
        beside.replace(file)
    return result, False


def run_once(task: Task, args: argparse.Namespace, library: str, python: str, seed: int) -> Result:
    """Train, score and predict; returns scores, and words or documents a second."""
    work = task.work
    base, filled = work / f"{library}-base.cfg", work / f"{library}.cfg"
    record, output = work / f"{library}-{seed}.json", work / f"{library}-{seed}"
    base.write_text(config_of(library, task.configs[library]))
    environment = {**os.environ, **THREADS, "BENCH_LIBRARY": library, "BENCH_CLOCK": args.clock}

    def run(*words: object) -> str:
        command = [python, *map(str, words)]
        return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout

    def corpus(split: str) -> Path:
        return work / f"{split}.spacy"

    run("-m", library, "init", "fill-config", base, filled, "--code", RECORDER)
    shutil.rmtree(output, ignore_errors=True)
    paths = ["--paths.train", corpus("train"), "--paths.dev", corpus("dev"), "--paths.record", record]
    run("-m", library, "train", filled, "--output", output, "--code", RECORDER, *paths, "--system.seed", seed,
        "--training.max_steps", args.steps, "--training.eval_frequency", min(args.steps, 200))  # fmt: skip
    trained, model = json.loads(record.read_text()), output / "model-last"
    if task.best:
        found, model = {}, output / "model-best"
        for split in ("dev", "test"):
            path = work / f"{library}-{seed}-{split}.json"
            run("-m", library, "evaluate", model, corpus(split), "--output", path, "--code", RECORDER)
            scored = json.loads(path.read_text())
            found |= {f"{name}, {split}": 100 * scored[name] for name in task.scores}
    else:
        found = {name: 100 * trained["scores"][name] for name in task.scores}
    speeds = json.loads(run(RECORDER, "predict", library, model, work / "texts.json", args.repeats))
    unit, in_train, in_texts = "words", 1.0, 1.0
    if task.documents:
        unit, in_train, in_texts = (
            "documents",
            words_a_document(work, "train"),
            words_a_document(work, "dev", "test"),
        )
    measured = task.measure(model) if task.measure and library == "kernel" else {}
    return {
        **found,
        **measured,
        f"training {unit}/s, whole run": trained["whole"] / in_train,
        f"training {unit}/s, updates alone": trained["updates"] / in_train,
        f"prediction {unit}/s, from texts": median(speeds["texts"]) / in_texts,
        f"prediction {unit}/s, from docs": median(speeds["docs"]) / in_texts,
    }


def config_of(library: str, text: str) -> str:
    """Fill in a library's names, and the versions that it has of them."""
    text = text.replace('"LIB.', f'"{library}.')
    return re.sub(r'("kernel\.\w+)\.v\d', r"\1.v1", text)


def with_sections(text: str, changes: str) -> str:
    """Put sections of a config in the place of those of the same name, or at the end."""
    return "".join({**sections_of(text), **sections_of(changes)}.values())


def sections_of(text: str) -> dict[str, str]:
    """Cut a config before each section; comments stand inside."""
    parts = re.split(r"^(?=\[)", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE), flags=re.MULTILINE)
    return {part.split("\n")[0]: part.rstrip() + "\n\n" for part in parts if part.strip()}


def recommended(pipeline: str, lang: str, optimize: str = "efficiency") -> str:
    """Give the components and the optimizer that our `init config` proposes."""
    words = f"-m kernel init config - -p {pipeline} -l {lang} -o {optimize}".split()
    proposed = subprocess.run([sys.executable, *words], check=True, stdout=subprocess.PIPE, text=True).stdout
    wanted = ("[components.", "[training.optimizer]")
    return "".join(section for name, section in sections_of(proposed).items() if name.startswith(wanted))


def words_a_document(work: Path, *splits: str) -> float:
    """Count the words of a document in the mean: the recorder counts words."""
    lengths = [
        len(doc) for split in splits for doc in DocBin().from_disk(work / f"{split}.spacy").get_docs(Vocab())
    ]
    return sum(lengths) / len(lengths)


def ewt_corpora(work: Path, ewt: Path) -> None:
    """Convert UD English-EWT with our converter, for both libraries; texts are ten sentences of dev and test each."""
    texts: list[str] = []
    for split in ("train", "dev", "test"):
        source = next(ewt.glob(f"*{split}*.conllu*"))
        plain = work / f"{split}.conllu"
        opening = gzip.open if source.suffix == ".gz" else open
        with opening(source, "rb") as compressed, plain.open("wb") as file:
            shutil.copyfileobj(compressed, file)
        convert(plain, work / f"{split}.spacy", "--merge-subtokens")
        if split != "train":
            sentences = re.findall(r"^# text = (.*)$", plain.read_text(encoding="utf8"), flags=re.MULTILINE)
            texts += [" ".join(sentences[i : i + 10]) for i in range(0, len(sentences), 10)]
    (work / "texts.json").write_text(json.dumps(texts))


def convert(source: Path, target: Path, *options: str) -> None:
    """Convert a file into documents of ten sentences."""
    command = [sys.executable, "-m", "kernel", "convert", str(source), str(target), "--n-sents", "10"]
    subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL)


def shown(result: Result) -> str:
    """Put figures on one line."""
    return ", ".join(f"{name} {number(value)}" for name, value in result.items())


def number(value: float) -> str:
    """Write a share, or a speed."""
    if value < 1:
        return f"{value:.3f}"
    return f"{value:,.2f}" if value < 200 else f"{value:,.0f}"


def report(label: str, results: Mapping[str, list[Result]]) -> None:
    """Print medians over the seeds and their ratios."""
    print(f"\n{label + ', ' if label else ''}{'median of seeds':34}{'kernel':>12}{'spaCy':>12}{'ratio':>9}")
    for name in results["kernel"][0]:
        found = [[run[name] for run in results[library] if name in run] for library in LIBRARIES]
        ours, theirs = (median(values) if values else None for values in found)
        assert ours is not None
        ratio = f"{ours / theirs:.2f}" if theirs else "-"
        print(f"{name:34}{number(ours):>12}{number(theirs) if theirs is not None else '-':>12}{ratio:>9}")

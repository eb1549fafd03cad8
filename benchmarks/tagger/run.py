"""Tagger and morphologizer on UD English-EWT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/tagger/run.py --spacy-python VENV/bin/python

Both train on the same documents with the default efficiency settings for the same number of steps, one thread each,
the seeds in turn; then each predicts the same raw texts. Prints medians over the seeds and their ratios.
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
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
SCORES = ("tag_acc", "pos_acc", "morph_acc")
LIBRARIES = ("OPENBLAS", "OMP", "MKL", "BLIS")
THREADS = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}


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
        "--results",
        type=Path,
        help="keep the result of each run in this folder, and take what is there already; "
        "empty it when the code has changed",
    )
    return parser


def main(
    args: argparse.Namespace, configs: Mapping[str, str], scores: Sequence[str], *, best: bool = False
) -> None:
    """Compare on configs of the same task, which the libraries read with their own names filled in.

    Args:
        args: The options.
        configs: One for each library.
        scores: The names of the scores.
        best: Score the best model on dev and test; else the scores on dev of the last step.
    """
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/")
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        corpora(work, Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt")
        results: dict[str, list[dict[str, float]]] = {"kernel": [], "spacy": []}
        for seed in args.seeds:
            for library, python in pythons.items():
                name = f"{library} seed {seed}"
                call = (configs[library], scores, seed, args.steps, args.repeats, best)
                file = kept_file(args.results, library, call)
                is_kept = file is not None and file.exists()
                if is_kept:
                    result = json.loads(file.read_text())
                else:
                    result = one_run(library, python, work, *call)
                    keep(file, result)
                results[library].append(result)
                print(f"{name}: {shown(result)}{' (kept)' * is_kept}", flush=True)
    report(results)


def corpora(work: Path, ewt: Path) -> None:
    """Convert train and dev with our converter; both libraries read the same files. Texts are dev and test."""
    texts: list[str] = []
    for split in ("train", "dev", "test"):
        source = next(ewt.glob(f"*{split}*.conllu*"))
        plain = work / f"{split}.conllu"
        opening = gzip.open if source.suffix == ".gz" else open
        with opening(source, "rb") as compressed, plain.open("wb") as file:
            shutil.copyfileobj(compressed, file)
        command = [sys.executable, "-m", "kernel", "convert", str(plain), str(work / f"{split}.spacy")]
        subprocess.run(
            [*command, "--n-sents", "10", "--merge-subtokens"], check=True, stdout=subprocess.DEVNULL
        )
        if split != "train":
            sentences = re.findall(r"^# text = (.*)$", plain.read_text(encoding="utf8"), flags=re.MULTILINE)
            texts += [" ".join(sentences[i : i + 10]) for i in range(0, len(sentences), 10)]
    (work / "texts.json").write_text(json.dumps(texts))


def kept_file(folder: Path | None, library: str, call: tuple[object, ...]) -> Path | None:
    """Say where the result of a run is kept: the name follows from everything that the run is told."""
    if folder is None:
        return None
    digest = hashlib.sha256(json.dumps(call).encode()).hexdigest()[:12]
    return folder / f"{library}-{digest}.json"


def keep(file: Path | None, result: dict[str, float]) -> None:
    """Write a result, beside and renamed, so that a file that is there is whole."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".part")
        beside.write_text(json.dumps(result, indent=1))
        beside.replace(file)


def one_run(
    library: str,
    python: str,
    work: Path,
    config: str,
    scores: Sequence[str],
    seed: int,
    steps: int,
    repeats: int,
    best: bool,
) -> dict[str, float]:
    """Train once and predict; returns scores, words a second of training, of texts and of docs."""
    config = config.replace('"LIB.', f'"{library}.')
    config = config.replace(".v2", ".v1") if library == "kernel" else config
    base, filled = work / f"{library}-base.cfg", work / f"{library}.cfg"
    record, output = work / f"{library}-{seed}.json", work / f"{library}-{seed}"
    base.write_text(config)
    environment = {**os.environ, **THREADS, "BENCH_LIBRARY": library}
    recorder = str(HERE / "recorder.py")

    def run(*words: object) -> str:
        command = [python, *map(str, words)]
        return subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True).stdout

    run("-m", library, "init", "fill-config", base, filled, "--code", recorder)
    paths = [
        "--paths.train",
        work / "train.spacy",
        "--paths.dev",
        work / "dev.spacy",
        "--paths.record",
        record,
    ]
    run("-m", library, "train", filled, "--output", output, "--code", recorder, *paths,
        "--system.seed", seed, "--training.max_steps", steps)  # fmt: skip
    trained, model = json.loads(record.read_text()), output / "model-last"
    found = {name: 100 * trained["scores"][name] for name in scores}
    if best:
        found, model = {}, output / "model-best"
        for split in ("dev", "test"):
            path = work / f"{library}-{seed}-{split}.json"
            run(
                "-m",
                library,
                "evaluate",
                model,
                work / f"{split}.spacy",
                "--output",
                path,
                "--code",
                recorder,
            )
            scored = json.loads(path.read_text())
            found |= {f"{name}, {split}": 100 * scored[name] for name in scores}
    speeds = json.loads(run(recorder, "predict", library, model, work / "texts.json", repeats))
    return {
        **found,
        "training words/s, whole run": trained["whole"],
        "training words/s, updates alone": trained["updates"],
        "prediction words/s, from texts": median(speeds["texts"]),
        "prediction words/s, from docs": median(speeds["docs"]),
    }


def shown(result: dict[str, float]) -> str:
    return ", ".join(
        f"{name} {value:,.2f}" if value < 200 else f"{name} {value:,.0f}" for name, value in result.items()
    )


def report(results: dict[str, list[dict[str, float]]]) -> None:
    print(f"\n{'median of seeds':34}{'kernel':>12}{'spaCy':>12}{'ratio':>9}")
    for name in results["kernel"][0]:
        ours, theirs = (median(run[name] for run in results[library]) for library in ("kernel", "spacy"))
        digits = 2 if theirs < 200 else 0
        ratio = f"{ours / theirs:.2f}" if theirs else "-"
        print(f"{name:34}{ours:>12,.{digits}f}{theirs:>12,.{digits}f}{ratio:>9}")


if __name__ == "__main__":
    text = (HERE / "config.cfg").read_text()
    main(arguments(__doc__).parse_args(), dict.fromkeys(("kernel", "spacy"), text), SCORES)

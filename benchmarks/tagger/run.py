"""Tagger and morphologizer on UD English-EWT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/tagger/run.py --spacy-python VENV/bin/python

Both train on the same documents with the default efficiency settings for the same number of steps, one thread each,
the seeds in turn; then each predicts the same raw texts. Prints medians over the seeds and their ratios.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
SCORES = ("tag_acc", "pos_acc", "morph_acc")
LIBRARIES = ("OPENBLAS", "OMP", "MKL", "BLIS")
THREADS = {f"{library}_NUM_THREADS": "1" for library in LIBRARIES}


def main(config: str, scores: Sequence[str], description: str | None = __doc__) -> None:
    """Compare on one config, which both libraries read with their own names filled in."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", required=True, help="the Python of a venv with spacy==3.8.18")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3, help="predictions of the texts, per seed")
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/")
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        corpora(work, Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt")
        results: dict[str, list[dict[str, float]]] = {"kernel": [], "spacy": []}
        for seed in args.seeds:
            for library, python in pythons.items():
                result = one_run(library, python, work, config, scores, seed, args.steps, args.repeats)
                results[library].append(result)
                print(f"seed {seed} {library}: {shown(results[library][-1])}", flush=True)
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


def one_run(
    library: str,
    python: str,
    work: Path,
    config: str,
    scores: Sequence[str],
    seed: int,
    steps: int,
    repeats: int,
) -> dict[str, float]:
    """Train once and predict; returns scores, words a second of training, of texts and of docs."""
    config = config.replace('"LIB.', f'"{library}.')
    config = config.replace(".v2", ".v1") if library == "kernel" else config
    (work / f"{library}-base.cfg").write_text(config)
    record, output = work / f"{library}-{seed}.json", work / f"{library}-{seed}"
    environment = {**os.environ, **THREADS, "BENCH_LIBRARY": library}
    command = [python, "-m", library, "init", "fill-config", str(work / f"{library}-base.cfg")]
    command += [str(work / f"{library}.cfg"), "--code", str(HERE / "recorder.py")]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    command = [python, "-m", library, "train", str(work / f"{library}.cfg"), "--output", str(output)]
    command += ["--code", str(HERE / "recorder.py"), "--paths.train", str(work / "train.spacy")]
    command += [
        "--paths.dev",
        str(work / "dev.spacy"),
        "--paths.record",
        str(record),
        "--system.seed",
        str(seed),
    ]
    command += ["--training.max_steps", str(steps)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    trained = json.loads(record.read_text())
    command = [python, str(HERE / "recorder.py"), "predict", library, str(output / "model-last")]
    command += [str(work / "texts.json"), str(repeats)]
    speeds = json.loads(
        subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout
    )
    return {
        **{name: 100 * trained["scores"][name] for name in scores},
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
        print(f"{name:34}{ours:>12,.{digits}f}{theirs:>12,.{digits}f}{ours / theirs:>9.2f}")


if __name__ == "__main__":
    main((HERE / "config.cfg").read_text(), SCORES)

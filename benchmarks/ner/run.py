"""Named entities on WNUT17 and Danish DDT, ours and spaCy's side by side.

    KERNEL_DATA=FOLDER python benchmarks/ner/run.py --spacy-python VENV/bin/python

Both train on the same documents with the default efficiency settings for the same number of steps, one thread each,
the seeds in turn; the best model by dev is scored on dev and test, and predicts the texts of both. Prints medians
over the seeds and their ratios, and how far the scores of our entities are from shares of right ones (expected
calibration error, 10 bins).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
TAGGER = HERE.parent / "tagger"
sys.path.insert(0, str(TAGGER))

from run import THREADS, report, shown  # noqa: E402  (the tagger's benchmark)

import kernel  # noqa: E402
from kernel.tokens import DocBin  # noqa: E402
from pkg_ner.calibration import calibration_error  # noqa: E402
from pkg_readers.corpus import Corpus  # noqa: E402

RECORDER = str(TAGGER / "recorder.py")
CORPORA = {
    "wnut17": ("en", "wnut17/{}.iob"),
    "danish": ("xx", "uner_danish_ddt/da_ddt-ud-{}.iob2.gz"),
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", required=True, help="the Python of a venv with spacy==3.8.18")
    parser.add_argument("--corpus", choices=CORPORA, nargs="+", default=list(CORPORA))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3, help="predictions of the texts, per seed")
    parser.add_argument(
        "--recommended",
        action="store_true",
        help="ours with what our `init config` recommends: rare words alike",
    )
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds wnut17/ and uner_danish_ddt/")
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    for corpus in args.corpus:
        lang, files = CORPORA[corpus]
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            convert(work, os.path.join(os.environ["KERNEL_DATA"], files))
            results: dict[str, list[dict[str, float]]] = {"kernel": [], "spacy": []}
            errors: dict[str, list[float]] = {"dev": [], "test": []}
            for seed in args.seeds:
                for library, python in pythons.items():
                    results[library].append(
                        one_run(library, python, work, lang, seed, args.steps, args.repeats, args.recommended)
                    )
                    print(f"{corpus} seed {seed} {library}: {shown(results[library][-1])}", flush=True)
                for split, of_seeds in errors.items():
                    of_seeds.append(
                        calibration(work / f"kernel-{seed}" / "model-best", work / f"{split}.spacy")
                    )
        print(f"\n{corpus}", end="")
        report(results)
        for split, of_seeds in errors.items():
            print(f"calibration error, {split:14}{median(of_seeds):>13.3f}")


def convert(work: Path, files: str) -> None:
    """Convert the three splits with our converter; both libraries read the same files. Texts are dev and test."""
    texts = []
    for split in ("train", "dev", "test"):
        target = work / f"{split}.spacy"
        command = [sys.executable, "-m", "kernel", "convert", files.format(split), str(target), "-n", "10"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        if split != "train":
            texts += [doc.text for doc in DocBin().from_disk(target).get_docs(kernel.blank("xx").vocab)]
    (work / "texts.json").write_text(json.dumps(texts))


def one_run(
    library: str,
    python: str,
    work: Path,
    lang: str,
    seed: int,
    steps: int,
    repeats: int,
    recommended: bool,
) -> dict[str, float]:
    """Train once, score and predict; returns scores and words a second of training, of texts and of docs."""
    config = (HERE / "config.cfg").read_text().replace('"LIB.', f'"{library}.').replace('"LANG"', f'"{lang}"')
    config = config.replace(".v2", ".v1") if library == "kernel" else config
    if recommended and library == "kernel":
        config = config.replace(
            "include_static_vectors = false", "include_static_vectors = false\nmin_freq = 2"
        )
    base, filled = work / f"{library}-base.cfg", work / f"{library}.cfg"
    record, output = work / f"{library}-{seed}.json", work / f"{library}-{seed}"
    base.write_text(config)
    environment = {**os.environ, **THREADS, "BENCH_LIBRARY": library}

    def run(*words: object, module: bool = True) -> str:
        command = [python, *(["-m", library] if module else []), *map(str, words)]
        return subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout

    run("init", "fill-config", base, filled, "--code", RECORDER)
    paths = [
        "--paths.train",
        work / "train.spacy",
        "--paths.dev",
        work / "dev.spacy",
        "--paths.record",
        record,
    ]
    run("train", filled, "--output", output, "--code", RECORDER, *paths, "--system.seed", seed,
        "--training.max_steps", steps, "--training.eval_frequency", min(steps, 200))  # fmt: skip
    trained = json.loads(record.read_text())
    found = {}
    for split in ("dev", "test"):
        scores = work / f"{library}-{seed}-{split}.json"
        best = output / "model-best"
        run("evaluate", best, work / f"{split}.spacy", "--output", scores, "--code", RECORDER)
        found[f"ents_f, {split}"] = 100 * json.loads(scores.read_text())["ents_f"]
    speeds = json.loads(run(RECORDER, "predict", library, best, work / "texts.json", repeats, module=False))
    return {
        **found,
        "training words/s, whole run": trained["whole"],
        "training words/s, updates alone": trained["updates"],
        "prediction words/s, from texts": median(speeds["texts"]),
        "prediction words/s, from docs": median(speeds["docs"]),
    }


def calibration(model: Path, corpus: Path) -> float:
    """Measure the expected calibration error of a pipeline's entities."""
    nlp = kernel.load(model)
    examples = list(Corpus(corpus)(nlp))
    list(nlp.pipe(eg.predicted for eg in examples))
    return calibration_error(examples) or 0.0


if __name__ == "__main__":
    main()

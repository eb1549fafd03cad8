"""Text classification on BBC News, ours and spaCy's side by side.

    python benchmarks/textcat/run.py --spacy-python VENV/bin/python

A bag of words and an ensemble train on the same articles for the same number of steps, one thread each, the seeds in
turn; the best model by dev is scored on dev and test, and predicts the texts of both. Prints medians over the seeds and
their ratios. The articles are those of `examples/bbc_news`.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
TAGGER = HERE.parent / "tagger"
sys.path[:0] = [str(TAGGER), str(HERE.parents[1] / "examples" / "bbc_news")]

from data import documents, write_splits  # noqa: E402  (the example's)
from run import THREADS, keep, kept_file, report, shown  # noqa: E402  (the tagger's benchmark)

import kernel  # noqa: E402
from kernel.tokens import DocBin  # noqa: E402

RECORDER = str(TAGGER / "recorder.py")
MODELS = ("bow", "ensemble")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--spacy-python", required=True, help="the Python of a venv with spacy==3.8.18")
    parser.add_argument("--model", choices=MODELS, nargs="+", default=list(MODELS))
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--repeats", type=int, default=3, help="predictions of the texts, per seed")
    parser.add_argument(
        "--results", type=Path, help="keep the result of each run here, and take what is there"
    )
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu: seconds of the process, for a busy machine",
    )
    args = parser.parse_args()
    pythons = {"kernel": sys.executable, "spacy": args.spacy_python}
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_splits(work)
        texts = [article.text for split in ("dev", "test") for article in documents(split)]
        (work / "texts.json").write_text(json.dumps(texts))
        for model in args.model:
            results: dict[str, list[dict[str, float]]] = {"kernel": [], "spacy": []}
            for seed in args.seeds:
                for library, python in pythons.items():
                    call = (library, model, seed, args.steps, args.repeats, args.clock)
                    file = kept_file(args.results, library, call)
                    if file is not None and file.exists():
                        result = json.loads(file.read_text())
                    else:
                        result = one_run(python, work, *call)
                        keep(file, result)
                    results[library].append(result)
                    print(f"{model} seed {seed} {library}: {shown(result)}", flush=True)
            print(f"\n{model}", end="")
            report(results)


def config_of(library: str, model: str) -> str:
    """Fill in a library's names, and the versions that it has of them."""
    text = "\n".join((HERE / name).read_text() for name in ("config.cfg", f"{model}.cfg"))
    text = text.replace('"LIB.', f'"{library}.')
    return re.sub(r"(kernel\.\w+)\.v\d", r"\1.v1", text)


def one_run(
    python: str, work: Path, library: str, model: str, seed: int, steps: int, repeats: int, clock: str
) -> dict[str, float]:
    """Train once, score and predict; returns scores, and documents a second of training, of texts and of docs."""
    base, filled = work / f"{library}-base.cfg", work / f"{library}.cfg"
    record, output = work / f"{library}-{seed}.json", work / f"{library}-{model}-{seed}"
    base.write_text(config_of(library, model))
    environment = {**os.environ, **THREADS, "BENCH_LIBRARY": library, "BENCH_CLOCK": clock}

    def run(*words: object, module: bool = True) -> str:
        command = [python, *(["-m", library] if module else []), *map(str, words)]
        done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
        return done.stdout

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
    trained, best = json.loads(record.read_text()), output / "model-best"
    found = {}
    for split in ("dev", "test"):
        scores = work / f"{library}-{seed}-{split}.json"
        run("evaluate", best, work / f"{split}.spacy", "--output", scores, "--code", RECORDER)
        found[f"cats_macro_f, {split}"] = 100 * json.loads(scores.read_text())["cats_macro_f"]
    speeds = json.loads(run(RECORDER, "predict", library, best, work / "texts.json", repeats, module=False))
    in_train, in_texts = words_a_document(work, "train"), words_a_document(work, "dev", "test")
    return {
        **found,
        "training documents/s, whole run": trained["whole"] / in_train,
        "training documents/s, updates": trained["updates"] / in_train,
        "prediction documents/s, texts": median(speeds["texts"]) / in_texts,
        "prediction documents/s, docs": median(speeds["docs"]) / in_texts,
    }


def words_a_document(work: Path, *splits: str) -> float:
    """Count the words of a document in the mean: the recorder counts words."""
    vocab = kernel.blank("en").vocab
    lengths = [
        len(doc) for split in splits for doc in DocBin().from_disk(work / f"{split}.spacy").get_docs(vocab)
    ]
    return sum(lengths) / len(lengths)


if __name__ == "__main__":
    main()

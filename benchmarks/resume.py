"""A run on UD English-EWT that is killed again and again, beside one that is not, and what its checkpoints cost.

    KERNEL_DATA=FOLDER python benchmarks/resume.py

Tagger and morphologizer, one thread. Says whether the two runs end with the same bytes, and which share of the time of
the undisturbed run went into checkpoints: counted in that run itself, so that a busy machine slows both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TAGGER = Path(__file__).parent / "tagger"

#: Counts the seconds of each kind of saving, and writes them beside the run when it ends.
TIMES = """
import atexit, json, time
from kernel.training.runs import recorder

spent = {"checkpoints": 0.0, "pipelines": 0.0, "n_checkpoints": 0}
began = time.perf_counter()

def timed(owner, name, key):
    func = getattr(owner, name)
    def call(*args, **options):
        start = time.perf_counter()
        try:
            return func(*args, **options)
        finally:
            spent[key] += time.perf_counter() - start
            spent["n_checkpoints"] += key == "checkpoints"
    setattr(owner, name, call)

timed(recorder.RunRecorder, "snap", "checkpoints")
timed(recorder.SavedModels, "save", "pipelines")
steps = recorder.RunRecorder.__call__

def first(self, step):
    global began
    if step.step == 0:
        began = time.perf_counter() - step.seconds
    steps(self, step)

recorder.RunRecorder.__call__ = first

@atexit.register
def write():
    open("times.json", "w").write(json.dumps({**spent, "training": time.perf_counter() - began}))
"""


def main() -> None:
    """Train once whole, once from death to death; compare."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--deaths", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0, help="of the moments of death")
    args = parser.parse_args()
    if "KERNEL_DATA" not in os.environ:
        sys.exit("set KERNEL_DATA to the folder that holds ud_english_ewt/")
    from side_by_side import THREADS, config_of, ewt_corpora

    os.environ.update(THREADS)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        ewt_corpora(work, Path(os.environ["KERNEL_DATA"]) / "ud_english_ewt")
        config = config_of("kernel", (TAGGER / "config.cfg").read_text())
        # The other benchmark's logger stands last.
        config = config[: config.index("[training.logger]")].replace('record = "record.json"\n', "")
        (work / "config.cfg").write_text(config)
        (work / "times.py").write_text(TIMES)
        began = time.monotonic()
        assert train(work, "whole", args.steps).wait() == 0
        lasted = time.monotonic() - began
        times = json.loads((work / "times.json").read_text())
        n_killed = die_often(work, args.steps, args.deaths, args.seed)
        same = digest(work / "whole") == digest(work / "killed")
        share = 100 * times["checkpoints"] / times["training"]
        print(f"whole run: {lasted:.1f} s, of it training {times['training']:.1f} s")
        print(
            f"checkpoints: {times['n_checkpoints']}, {times['checkpoints']:.2f} s, {share:.2f} % of training"
        )
        print(f"pipelines (model-last, model-best): {times['pipelines']:.2f} s")
        print(f"killed {n_killed} times; the same bytes: {'yes' if same else 'NO'}")
        sys.exit(0 if same else 1)


def train(work: Path, output: str, steps: int, every: int = 0) -> subprocess.Popen[bytes]:
    """Start a run, or go on with it; with a checkpoint every so many steps, or at every evaluation."""
    command = [sys.executable, "-m", "kernel", "train", "config.cfg", "--output", output, "--resume"]
    command += ["--paths.train", "train.spacy", "--paths.dev", "dev.spacy", "--code", "times.py"]
    command += ["--training.max_steps", str(steps), "--training.checkpoint.every_steps", str(every)]
    return subprocess.Popen(command, cwd=work, stdout=subprocess.DEVNULL)


def die_often(work: Path, steps: int, n_deaths: int, seed: int) -> int:
    """Kill a run at random moments after it has left a checkpoint, often enough or until it is done; let it end."""
    moments, n_killed = random.Random(seed), 0
    while n_killed < n_deaths:
        before, process = checkpoints(work / "killed"), train(work, "killed", steps, every=20)
        while process.poll() is None and checkpoints(work / "killed") == before:
            time.sleep(0.02)
        try:
            process.wait(timeout=moments.uniform(0.0, 1.0))
            break
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            n_killed += 1
    assert train(work, "killed", steps).wait() == 0
    return n_killed


def checkpoints(output: Path) -> set[str]:
    """Name the checkpoints of a run, whole and half."""
    return {path.name for path in output.glob("checkpoints/*")}


def digest(output: Path) -> str:
    """Give the SHA-256 over the weights of both pipelines and everything in the last checkpoint's arrays."""
    found = hashlib.sha256()
    for path in sorted(output.rglob("*.safetensors")):
        found.update(path.relative_to(output).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


if __name__ == "__main__":
    main()

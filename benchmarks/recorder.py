"""Runs inside either library: a logger that times training, and a timer of prediction.

`python recorder.py predict LIBRARY MODEL TEXTS REPEATS` prints words a second; given to `train` with `--code`, this
file registers the logger `bench_recorder.v1`, which writes words a second and the last scores to `path`.
"""

import importlib
import json
import os
import sys
import time

LIBRARY = os.environ.get("BENCH_LIBRARY", "kernel")
#: On a machine that is busy with other things, seconds of this process compare better than seconds of the wall.
clock = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter


def register():
    library = importlib.import_module(LIBRARY)

    @library.registry.loggers("bench_recorder.v1")
    def recorder(path: str):
        def setup_logger(nlp, stdout=sys.stdout, stderr=sys.stderr):
            began = clock()
            last_call = began
            alone = []  # seconds of each step without an evaluation
            run = {"steps": 0}

            def log_step(info):
                nonlocal last_call
                now = clock()
                run["steps"] += 1
                if info is None:
                    alone.append(now - last_call)
                elif info["other_scores"]:
                    run.update(words=info["words"], seconds=now - began, scores=info["other_scores"])
                last_call = now

            def finalize():
                scores = {k: v for k, v in run["scores"].items() if isinstance(v, float)}
                updates = run["words"] / run["steps"] * len(alone) / sum(alone)
                record = {"scores": scores, "updates": updates, "whole": run["words"] / run["seconds"]}
                with open(path, "w") as file:
                    json.dump(record, file)

            return log_step, finalize

        return setup_logger


def predict(library_name, model, texts_path, repeats):
    library = importlib.import_module(library_name)
    nlp = library.load(model)
    with open(texts_path) as file:
        texts = json.load(file)
    list(nlp.pipe(texts[:200]))
    speeds = {"texts": [], "docs": []}
    for _ in range(int(repeats)):
        start = clock()
        words = sum(len(doc) for doc in nlp.pipe(texts))
        speeds["texts"].append(words / (clock() - start))
        docs = [nlp.make_doc(text) for text in texts]
        start = clock()
        words = sum(len(doc) for doc in nlp.pipe(docs))
        speeds["docs"].append(words / (clock() - start))
    print(json.dumps(speeds))


if len(sys.argv) > 1 and sys.argv[1] == "predict" and __name__ == "__main__":
    predict(*sys.argv[2:])
else:
    register()

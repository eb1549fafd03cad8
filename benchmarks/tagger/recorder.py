"""Runs inside either library: a logger that times training, and a timer of prediction.

`python recorder.py predict LIBRARY MODEL TEXTS REPEATS` prints words a second; given to `train` with `--code`, this
file registers the logger `bench_recorder.v1`, which writes words, seconds and the last scores to `path`.
"""

import importlib
import json
import os
import sys
import time

LIBRARY = os.environ.get("BENCH_LIBRARY", "kernel")


def register():
    library = importlib.import_module(LIBRARY)

    @library.registry.loggers("bench_recorder.v1")
    def recorder(path: str):
        def setup_logger(nlp, stdout=sys.stdout, stderr=sys.stderr):
            calls = []
            last = {}

            def log_step(info):
                calls.append(time.perf_counter())
                if info is not None and info.get("score") is not None and info["other_scores"]:
                    last.update(words=info["words"], scores=info["other_scores"], step=info["step"])

            def finalize():
                # From after step 0 and its evaluation to before the last step's: updates alone.
                seconds = calls[-2] - calls[0]
                scores = {k: v for k, v in last["scores"].items() if isinstance(v, float)}
                with open(path, "w") as file:
                    json.dump(
                        {"words": last["words"], "seconds": seconds, "step": last["step"], "scores": scores},
                        file,
                    )

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
        start = time.perf_counter()
        words = sum(len(doc) for doc in nlp.pipe(texts))
        speeds["texts"].append(words / (time.perf_counter() - start))
        docs = [nlp.make_doc(text) for text in texts]
        start = time.perf_counter()
        words = sum(len(doc) for doc in nlp.pipe(docs))
        speeds["docs"].append(words / (time.perf_counter() - start))
    print(json.dumps(speeds))


if len(sys.argv) > 1 and sys.argv[1] == "predict" and __name__ == "__main__":
    predict(*sys.argv[2:])
else:
    register()

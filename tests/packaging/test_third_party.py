"""The example of a plugin by somebody else: its wheel beside the kernel's, nothing of the kernel changed for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import call_kernel
from workspace import ROOT, plugins, with_dependencies

PROJECT = ROOT / "examples" / "third_party_plugin"
#: What its configs need besides.
BESIDE = ("pkg-batchers", "pkg-console", "pkg-readers", "pkg-tagger", "pkg-tok2vec")


@pytest.fixture
def python(wheels: dict[str, Path], environment: Callable[..., Path], tmp_path: Path) -> Path:
    """An environment with the wheels of the kernel, of what the configs need, and of the example."""
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")],
        cwd=PROJECT,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    [wheel] = (tmp_path / "dist").glob("*.whl")
    chosen = [one for one in plugins() if one.name in BESIDE]
    files = {str(wheels[need.name]) for one in chosen for need in with_dependencies(one)}
    return environment(*sorted(files), str(wheel), "pytest")


def test_it_is_listed_keeps_its_contract_and_trains(
    python: Path, call: Callable[..., str], tmp_path: Path
) -> None:
    from kernel.tokens import Doc, DocBin
    from kernel.vocab import Vocab

    corpus = tmp_path / "corpus.spacy"
    doc = Doc(Vocab(), words=["we", "sing", "songs"], tags=["PRON", "VERB", "NOUN"])
    DocBin(docs=[doc] * 4).to_disk(corpus)

    listed = json.loads(call(python, "-m", "kernel", "plugins", "list", "--json"))["plugins"]
    passed = call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(PROJECT))
    paths = [f"--paths.{split}={corpus}" for split in ("train", "dev")]
    said = call(
        python, "-m", "kernel", "train", str(PROJECT / "ngrams.cfg"), "--output", "run", *paths,
        "--training.max_steps=4", "--training.eval_frequency=2", "--training.patience=0",
    )  # fmt: skip
    frozen = call(python, "-m", "kernel", "plugins", "freeze", "run/model-last")

    # The environment of the tests has everything but this plugin.
    elsewhere = call_kernel(tmp_path / "work", "evaluate", "run/model-last", str(corpus))

    untrained = call_kernel(tmp_path / "work", "train", str(PROJECT / "ngrams.cfg"), *paths)

    assert {row["plugin"]: row["state"] for row in listed}["acme_ngrams"] == "ok"
    assert " passed" in passed
    assert "stopped: max_steps 4 reached" in said
    assert "acme-ngrams==0.1.0" in frozen.splitlines()
    assert elsewhere.returncode == 1
    assert elsewhere.stderr == (
        "Error: run/model-last: needs 'acme.NgramEmbed.v1' of architectures from acme-ngrams==0.1.0, "
        "which is not installed; pip install acme-ngrams==0.1.0\n"
    )
    assert untrained.returncode == 1
    assert (
        "ngrams.cfg:2: [plugins] require: not installed, got 'acme-ngrams>=0.1'; "
        "pip install 'acme-ngrams>=0.1'\n"
    ) in untrained.stderr
    assert untrained.stderr.count("pip install 'acme-ngrams>=0.1'") == 2  # the name says so, too

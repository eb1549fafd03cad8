"""The names that the kernel gives itself: the seams' defaults, its commands, and Thinc's functions."""

from __future__ import annotations

from kernel.thinc_names import TABLES as THINC

#: Command to its line in `kernel --help`.
COMMANDS: dict[str, str] = {
    "train": "Train a pipeline from a config.",
    "evaluate": "Score a trained pipeline on annotated documents.",
    "reproduce": "Repeat a run from its manifest and compare the results.",
    "convert": "Turn annotated text of other formats into training data.",
    "init": "Make a config, or complete one.",
    "config": "Look at a config as a run would see it.",
    "explain": "Say who owns, shares and updates which weights of a config.",
    "info": "Show what is installed, or what a trained pipeline holds.",
    "plugins": "Show, check, leave out and remove the installed plugins.",
}

_OWN: dict[str, dict[str, str]] = {
    # Thinc's rules with groups of parameters, and Adam's in fewer trips to memory.
    "optimizers": {
        "Adam.v1": "kernel.pipeline.optim.optimizer:adam",
        "RAdam.v1": "kernel.pipeline.optim.optimizer_rules:radam",
        "SGD.v1": "kernel.pipeline.optim.optimizer_rules:sgd",
    },
    "ops": {"kernel.NumpyOps.v1": "kernel.pipeline.run.ops:KernelNumpyOps"},
    "tokenizers": {"kernel.Tokenizer.v1": "kernel.text.tokenizer.tokenizer:tokenizer_factory"},
    "languages": {"xx": "kernel.pipeline.languages:MultiLanguage"},
    "vectors": {"kernel.Vectors.v1": "kernel.text.vectors.vectors:vectors_factory"},
    "misc": {"kernel.LookupsDataLoader.v1": "kernel.pipeline.lookups_loader:lookups_data_loader"},
    "launchers": {"kernel.local.v1": "kernel.training.launch:local_launcher"},
    "updaters": {"kernel.optimizer.v1": "kernel.training.loop.updater:optimizer_updater"},
    "commands": {name: f"kernel.cli.{name}:command" for name in COMMANDS},
}

#: Kind to names to targets.
TABLES: dict[str, dict[str, str]] = {
    kind: {**THINC.get(kind, {}), **_OWN.get(kind, {})} for kind in sorted({*THINC, *_OWN})
}

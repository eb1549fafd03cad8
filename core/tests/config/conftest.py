"""A small world of registered functions, so that these tests need no plugin."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from pydantic import StrictBool

from kernel.contracts import factory
from kernel.hookspecs import KINDS
from kernel.plugins.builtins import THINC
from kernel.plugins.manager import Plugins
from kernel.plugins.tables import Owner
from kernel.registry import registry


def tokenizer() -> Callable[[Any], str]:
    return lambda nlp: "tokenizer"


def vectors() -> Callable[[Any], str]:
    return lambda nlp: "vectors"


def corpus(
    path: str | None,
    gold_preproc: StrictBool = False,
    max_length: int = 0,
    limit: int = 0,
    augmenter: Callable[..., Any] | None = None,
) -> Callable[[Any], list[str]]:
    return lambda nlp: [str(path), str(max_length)]


def batch_by_words(
    size: Iterable[int] | int,
    tolerance: float = 0.2,
    discard_oversize: StrictBool = False,
    get_length: Callable[[Any], int] | None = None,
) -> Callable[[Any], Any]:
    return lambda items: (size, tolerance)


def console(progress_bar: StrictBool = False) -> Callable[[Any], Any]:
    return lambda nlp: (print, print)


def launcher() -> Callable[[Any], Any]:
    return lambda worker: worker()


def updater() -> Callable[[Any], Any]:
    return lambda nlp: None


def encoder(width: int, depth: int = 4, window: "Windows" = 1) -> str:  # noqa: F821, UP037 - cannot be imported
    if width > 1000:
        raise ValueError("too wide")
    return f"encoder {width} x {depth}"


def linear(encode: str, nO: int | None = None, dropout: float = 0.1) -> tuple[str, int | None]:
    return (encode, nO)


def chain(*layers: str) -> str:
    return " >> ".join(layers)


def callback(words: list[str] | None = None) -> Callable[[Any], Any]:
    return lambda nlp: nlp


_MODEL = {
    "@architectures": "test.Linear.v1",
    "encode": {"@architectures": "test.Encoder.v1", "width": 96},
}


@factory(
    "labeller",
    default_config={"model": _MODEL, "overwrite": False},
    default_score_weights={"label_acc": 1.0, "label_micro_f": None},
)
def labeller(
    nlp: Any, name: str, model: tuple[str, int | None], overwrite: bool, smoothing: float = 0.05
) -> str:
    return name


@factory("splitter", default_score_weights={"sents_f": 0.5, "sents_p": 0.5, "sents_r": 0.0})
def splitter(nlp: Any, name: str, punct_chars: list[str] | None = None) -> str:
    return name


@factory("encoder", default_config={"model": {"@architectures": "test.Encoder.v1", "width": 96}})
def shared_encoder(nlp: Any, name: str, model: str) -> str:
    return name


def recommend_labeller(component: str, lang: str, optimize: str, gpu: bool) -> dict[str, Any]:
    width = "${components.encoder.model.width}"
    encode = {"@architectures": "test.Encoder.v1", "width": width}
    sections = {"initialize": {"vectors": f"{lang}_vectors"}} if optimize == "accuracy" else {}
    return {
        "model": {"@architectures": "test.Linear.v1", "encode": encode},
        "requires": ["encoder"],
        "sections": sections,
    }


FAKES: dict[str, dict[str, Any]] = {
    "architectures": {"test.Encoder.v1": encoder, "test.Linear.v1": linear, "test.Chain.v1": chain},
    "batchers": {"kernel.batch_by_words.v1": batch_by_words},
    "callbacks": {"test.callback.v1": callback},
    "factories": {"labeller": labeller, "splitter": splitter, "encoder": shared_encoder},
    "languages": {"en": object, "xx": object},
    "launchers": {"kernel.local.v1": launcher},
    "loggers": {"kernel.ConsoleLogger.v1": console},
    "readers": {"kernel.Corpus.v1": corpus},
    "recommendations": {"labeller": recommend_labeller},
    "tokenizers": {"kernel.Tokenizer.v1": tokenizer},
    "updaters": {"kernel.optimizer.v1": updater},
    "vectors": {"kernel.Vectors.v1": vectors},
}


class NoPlugins(Plugins):
    """Thinc's names and the fakes above, nothing of the kernel's own and nothing installed."""

    def _fill(self, tables: Any, owner: Owner, given: Any) -> None:
        for kind in KINDS:
            for name, target in THINC.get(kind, {}).items():
                tables[kind].add(name, target, owner)
            for name, func in FAKES.get(kind, {}).items():
                tables[kind].register(name, func=func)


@pytest.fixture(autouse=True)
def world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the small world in the place of what is installed, for one test."""
    monkeypatch.setitem(vars(registry), "installed", NoPlugins())
    monkeypatch.delenv("KERNEL_CONFIG_OVERRIDES", raising=False)


BASE = """\
[paths]
train = null

[nlp]
lang = "en"
pipeline = ["labeller"]

[components]

[components.labeller]
factory = "labeller"
"""


@pytest.fixture
def base() -> str:
    """The text of a small config that is right."""
    return BASE

"""Known distributions and what they give, to say what to install when a name is missing.

Only for messages: nothing here is needed to use a plugin, and one that is not listed works just as well.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """A distribution, a line about it, and the names it gives by kind."""

    summary: str
    names: dict[str, tuple[str, ...]]


DISTRIBUTIONS: dict[str, Known] = {
    "pkg-tok2vec": Known(
        "embedding and encoding layers, the shared tok2vec component",
        {
            "architectures": (
                "kernel.CharacterEmbed.v1",
                "kernel.HashEmbedCNN.v1",
                "kernel.MaxoutWindowEncoder.v1",
                "kernel.MishWindowEncoder.v1",
                "kernel.MultiHashEmbed.v1",
                "kernel.Tok2Vec.v1",
                "kernel.Tok2VecListener.v1",
            ),
            "factories": ("tok2vec",),
        },
    ),
    "pkg-transitions": Known(
        "scores of actions, step by step, for parsers and entity recognisers",
        {"architectures": ("kernel.TransitionBasedParser.v1",)},
    ),
    "pkg-parser": Known(
        "dependency trees and sentences",
        {"factories": ("beam_parser", "parser"), "scorers": ("kernel.parser_scorer.v1",)},
    ),
    "pkg-ner": Known(
        "named entities", {"factories": ("beam_ner", "ner"), "scorers": ("kernel.ner_scorer.v1",)}
    ),
    "pkg-biaffine": Known("a parser that scores all arcs", {"architectures": ("kernel.BiaffineParser.v1",)}),
    "pkg-tagger": Known(
        "part-of-speech tags",
        {
            "architectures": ("kernel.Tagger.v1",),
            "factories": ("tagger",),
            "scorers": ("kernel.tagger_scorer.v1",),
        },
    ),
    "pkg-textcat": Known(
        "text classification",
        {
            "architectures": (
                "kernel.TextCatBOW.v1",
                "kernel.TextCatCNN.v1",
                "kernel.TextCatEnsemble.v1",
                "kernel.TextCatLowData.v1",
                "kernel.TextCatParametricAttention.v1",
                "kernel.TextCatReduce.v1",
            ),
            "factories": ("textcat", "textcat_multilabel"),
            "scorers": ("kernel.textcat_multilabel_scorer.v1", "kernel.textcat_scorer.v1"),
        },
    ),
    "pkg-morphologizer": Known(
        "universal parts of speech and morphological features",
        {"factories": ("morphologizer",), "scorers": ("kernel.morphologizer_scorer.v1",)},
    ),
    "pkg-english": Known("English", {"languages": ("en",)}),
    "pkg-readers": Known(
        "corpora: .spacy files, JSONL, plain text",
        {
            "readers": (
                "kernel.Corpus.v1",
                "kernel.JsonlCorpus.v1",
                "kernel.PlainTextCorpus.v1",
                "kernel.read_labels.v1",
            )
        },
    ),
    "pkg-batchers": Known(
        "batches by words, by sequence, by padded size",
        {
            "batchers": (
                "kernel.batch_by_padded.v1",
                "kernel.batch_by_sequence.v1",
                "kernel.batch_by_words.v1",
            )
        },
    ),
    "pkg-console": Known("the score table and a progress bar", {"loggers": ("kernel.ConsoleLogger.v1",)}),
    "pkg-jsonl": Known("a log of JSON lines", {"loggers": ("kernel.JsonlLogger.v1",)}),
    "pkg-callbacks": Known("callbacks", {"callbacks": ("kernel.copy_from_base_model.v1",)}),
    "pkg-iob": Known("named entities written as tags", {"converters": ("iob", "iob2", "ner")}),
    "pkg-conllu": Known("the CoNLL-U format", {"converters": ("conllu",)}),
}


def providers(kind: str, name: str) -> list[str]:
    """The known distributions that give a name."""
    return [dist for dist, known in DISTRIBUTIONS.items() if name in known.names.get(kind, ())]


def known_names(kind: str) -> list[str]:
    """The names of a kind that known distributions give."""
    return [name for known in DISTRIBUTIONS.values() for name in known.names.get(kind, ())]

"""The known distributions and the names they register, to suggest what to install when a name is missing.

Only messages use this: a plugin that is not listed here works just as well.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """One distribution: a one-line summary, and the names it registers by kind."""

    summary: str
    names: dict[str, tuple[str, ...]]


#: The tables of spacy-lookups-data, by language.
_TABLES = {
    "bn": "lemma_rules",
    "ca": "lemma_exc lemma_index lemma_lookup lemma_rules",
    "cs": "lemma_lookup lexeme_norm",
    "da": "lemma_lookup lexeme_norm",
    "de": "lemma_lookup lexeme_cluster lexeme_norm lexeme_prob lexeme_settings orth_variants",
    "el": "lemma_exc lemma_index lemma_rules lexeme_norm lexeme_prob lexeme_settings",
    "en": (
        "lemma_exc lemma_index lemma_lookup lemma_rules "
        "lexeme_cluster lexeme_norm lexeme_prob lexeme_settings orth_variants"
    ),
    "es": (
        "lemma_exc lemma_index lemma_lookup lemma_rules "
        "lemma_rules_groups lexeme_cluster lexeme_prob lexeme_settings"
    ),
    "fa": "lemma_exc lemma_index lemma_rules",
    "fr": "lemma_exc lemma_index lemma_lookup lemma_rules",
    "ga": "lemma_lookup_adj lemma_lookup_adp lemma_lookup_noun lemma_lookup_verb",
    "grc": "lemma_lookup lexeme_norm",
    "hr": "lemma_lookup",
    "hu": "lemma_lookup",
    "id": "lemma_lookup lexeme_norm",
    "it": (
        "lemma_lookup lemma_lookup_adj lemma_lookup_adp lemma_lookup_adv lemma_lookup_aux "
        "lemma_lookup_det lemma_lookup_noun lemma_lookup_num lemma_lookup_other lemma_lookup_pron lemma_lookup_verb"
    ),
    "lb": "lemma_lookup lexeme_norm",
    "lt": "lemma_lookup",
    "mk": "lemma_exc lemma_index lemma_lookup lemma_rules lexeme_norm",
    "nb": "lemma_exc lemma_lookup lemma_rules",
    "nl": "lemma_exc lemma_index lemma_lookup lemma_rules",
    "pl": (
        "lemma_lookup_adj lemma_lookup_adp lemma_lookup_adv lemma_lookup_aux "
        "lemma_lookup_noun lemma_lookup_num lemma_lookup_part lemma_lookup_pron lemma_lookup_verb"
    ),
    "pt": "lemma_lookup lexeme_norm",
    "ro": "lemma_lookup",
    "ru": "lemma_lookup lexeme_norm",
    "sr": "lemma_lookup lexeme_norm",
    "sv": "lemma_lookup lemma_rules",
    "ta": "lexeme_norm",
    "th": "lexeme_norm",
    "tl": "lemma_lookup",
    "tr": "lemma_lookup",
    "ur": "lemma_lookup",
}

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
    "pkg-torch": Known("layers made with PyTorch", {"architectures": ("kernel.TorchBiLSTMEncoder.v1",)}),
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
    "pkg-sentencizer": Known(
        "sentences by punctuation",
        {"factories": ("sentencizer",), "scorers": ("kernel.senter_scorer.v1",)},
    ),
    "pkg-english": Known("English", {"languages": ("en",)}),
    "pkg-languages": Known(
        "languages other than English",
        {
            "languages": ("da", "de", "es", "fr", "it", "ja", "nb", "nl", "pl", "pt", "ru", "sv", "zh"),
            "tokenizers": ("kernel.ChineseTokenizer.v1", "kernel.JapaneseTokenizer.v1"),
        },
    ),
    "pkg-lookups": Known(
        "norms, probabilities, clusters and lemmas of words in 32 languages",
        {"lookups": tuple(f"{lang}.{table}" for lang, tables in _TABLES.items() for table in tables.split())},
    ),
    "pkg-matcher": Known(
        "rules that find tokens, phrases and parts of trees",
        {"matchers": ("DependencyMatcher", "Matcher", "PhraseMatcher")},
    ),
    "pkg-readers": Known(
        "corpora: .spacy files, JSONL, plain text",
        {
            "readers": (
                "kernel.Corpus.v1",
                "kernel.JsonlCorpus.v1",
                "kernel.PlainTextCorpus.v1",
                "kernel.read_json.v1",
                "kernel.read_jsonl.v1",
                "kernel.read_labels.v1",
                "kernel.read_msgpack.v1",
                "kernel.read_yaml.v1",
            )
        },
    ),
    "pkg-augmenters": Known(
        "variations of training examples",
        {
            "augmenters": (
                "kernel.char_noise.v1",
                "kernel.combined_augmenter.v1",
                "kernel.lower_case.v1",
                "kernel.orth_variants.v1",
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
    "pkg-losses": Known(
        "losses with class weights and label smoothing",
        {"losses": ("kernel.BinaryCrossEntropy.v1", "kernel.CrossEntropy.v1")},
    ),
    "pkg-wandb": Known("a log for Weights & Biases", {"loggers": ("kernel.WandbLogger.v1",)}),
    "pkg-tensorboard": Known("a log for TensorBoard", {"loggers": ("kernel.TensorboardLogger.v1",)}),
    "pkg-mlflow": Known("a log for MLflow", {"loggers": ("kernel.MLflowLogger.v1",)}),
    "pkg-chain": Known("several loggers for one run", {"loggers": ("kernel.ChainLogger.v1",)}),
    "pkg-callbacks": Known("callbacks", {"callbacks": ("kernel.copy_from_base_model.v1",)}),
    "pkg-records": Known("JSON, JSON lines and tables", {"converters": ("csv", "json", "jsonl", "tsv")}),
    "pkg-iob": Known(
        "named entities written as tags", {"converters": ("biluo", "bio", "conll", "iob", "iob2", "ner")}
    ),
    "pkg-conllu": Known("the CoNLL-U format", {"converters": ("conllu",)}),
}


def providers(kind: str, name: str) -> list[str]:
    """Return the known distributions that register a name."""
    return [dist for dist, entry in DISTRIBUTIONS.items() if name in entry.names.get(kind, ())]


def known_names(kind: str) -> list[str]:
    """Return the names of a kind that the known distributions register."""
    return [name for entry in DISTRIBUTIONS.values() for name in entry.names.get(kind, ())]

"""Base noun phrases: for each language a sentence with its tree, and the phrases in it."""

from __future__ import annotations

import pytest

import kernel
from kernel.errors import DataError
from kernel.language import Language
from kernel.registry import registry
from kernel.tokens import Doc
from pkg_english.chunk_rules import ChunkRule, NounChunkFinder

#: Each token as word/part of speech/head/label; phrases between brackets.
SAMPLES = {
    "da": "[En/DET/2/det gammel/ADJ/2/amod kat/NOUN/3/nsubj] så/VERB/3/ROOT [fru/NOUN/3/obj Anna/PROPN/4/flat "
    "Holm/PROPN/5/flat] ,/PUNCT/8/punct [chef/NOUN/4/appos] ./PUNCT/3/punct",
    "de": "[Die/DET/1/nk Frau/NOUN/2/sb] trinkt/VERB/2/ROOT [eine/DET/4/nk Tasse/NOUN/2/oa Tee/NOUN/4/nk] mit/ADP/2/mo "
    "[Milch/NOUN/6/nk] und/CCONJ/7/cd [Zucker/NOUN/8/cj] ./PUNCT/2/punct",
    "es": "[La/DET/1/det casa/NOUN/6/nsubj blanca/ADJ/1/amod] de/ADP/5/case [mi/DET/5/det abuela/NOUN/1/nmod] "
    "gusta/VERB/6/ROOT a/ADP/8/case [Ana/PROPN/6/obl] y/CCONJ/10/cc [Eva/PROPN/8/conj]",
    "fr": "[Le/DET/1/det projet/NOUN/2/nsubj] doit/VERB/2/ROOT à/ADP/5/case [une/DET/5/det idée/NOUN/2/obl:arg] "
    "[qui/PRON/7/nsubj] plaît/VERB/5/acl:relcl et/CCONJ/10/cc [un/DET/10/det ami/NOUN/5/conj]",
    "it": "[La/DET/1/det casa/NOUN/3/nsubj mia/DET/1/det:poss] piace/VERB/3/ROOT a/ADP/5/case [Anna/PROPN/3/obl "
    "Rossi/PROPN/5/flat:name]",
    "ja": "[私/PRON/7/nsubj] は/ADP/0/case [古い/ADJ/3/amod 本/NOUN/5/nmod] の/ADP/3/case [話/NOUN/7/obj] "
    "を/ADP/5/case 読む/VERB/7/ROOT",
    "nb": "[Den/DET/2/det gamle/ADJ/2/amod katten/NOUN/5/nsubj til/ADP/4/case naboen/NOUN/2/nmod] så/VERB/5/ROOT "
    "[meg/PRON/5/obj] i/ADP/8/case går/NOUN/5/obl",
    "nl": "[Ik/PRON/1/nsubj] zie/VERB/1/ROOT [een/DET/4/det mooie/ADJ/4/amod foto/NOUN/1/obj] "
    "van/ADP/6/case hem/PRON/4/nmod",
    "pt": "[O/DET/1/det livro/NOUN/3/nsubj azul/ADJ/1/amod] pertence/VERB/3/ROOT a/ADP/5/case [Maria/PROPN/3/obl "
    "Silva/PROPN/5/flat:name] por/ADP/8/case [ela/PRON/3/obl:agent]",
    "sv": "[Den/DET/2/det gamla/ADJ/2/amod katten/NOUN/3/nsubj] såg/VERB/3/ROOT [hunden/NOUN/3/obj och/CCONJ/6/cc "
    "mig/PRON/4/conj]",
}
UNIVERSAL_GERMAN = (
    "In/ADP/2/case [der/DET/2/det Stadt/NOUN/3/obl] traf/VERB/3/ROOT [Anna/PROPN/3/nsubj Holm/PROPN/4/flat:name] "
    "[den/DET/7/det Chef/NOUN/3/obj] und/CCONJ/9/cc [mich/PRON/7/conj]"
)


def parsed(nlp: Language, sample: str) -> Doc:
    rows = [token.strip("[]").rsplit("/", 3) for token in sample.split()]
    words, pos, heads, deps = ([*column] for column in zip(*rows, strict=True))
    return Doc(nlp.vocab, words, pos=pos, heads=[int(head) for head in heads], deps=deps)


def bracketed(doc: Doc) -> str:
    words = [token.text for token in doc]
    for chunk in doc.noun_chunks:
        words[chunk.start] = "[" + words[chunk.start]
        words[chunk.end - 1] += "]"
    return " ".join(words)


def without_annotation(sample: str) -> str:
    return " ".join(token.split("/")[0] + "]" * token.endswith("]") for token in sample.split())


@pytest.mark.parametrize(
    ("code", "sample"), [*SAMPLES.items(), ("de", UNIVERSAL_GERMAN)], ids=[*SAMPLES, "de-universal"]
)
def test_the_phrases_of_a_sentence_are_found(code: str, sample: str) -> None:
    doc = parsed(kernel.blank(code), sample)

    assert bracketed(doc) == without_annotation(sample)
    assert {chunk.label_ for chunk in doc.noun_chunks} == {"NP"}


@pytest.mark.parametrize("code", SAMPLES)
def test_a_document_that_is_not_parsed_is_refused(code: str) -> None:
    with pytest.raises(DataError, match="the document has no dependencies; add a parser"):
        list(Doc(kernel.blank(code).vocab, ["a"]).noun_chunks)


def test_a_span_has_the_phrases_of_the_nouns_in_it() -> None:
    doc = parsed(kernel.blank("es"), SAMPLES["es"])

    assert [chunk.text for chunk in doc[5:9].noun_chunks] == ["mi abuela", "Ana"]


def test_a_predicate_with_a_subject_is_no_dutch_phrase() -> None:
    doc = parsed(kernel.blank("nl"), "[Hij/PRON/2/nsubj] is/AUX/2/cop leraar/NOUN/2/ROOT")

    assert bracketed(doc) == "[Hij] is leraar"


def test_languages_put_rules_together() -> None:
    chinese = registry.languages.get("zh")
    phrases = NounChunkFinder(ChunkRule(("obj",), nouns=("NOUN",)))
    nlp = type(
        "Mine",
        (chinese,),
        {"Defaults": type("D", (chinese.Defaults,), {"syntax_iterators": {"noun_chunks": phrases}})},
    )()

    doc = parsed(nlp, "我/PRON/1/nsubj 爱/VERB/1/ROOT [大/ADJ/3/amod 城/NOUN/1/obj]")

    assert bracketed(doc) == "我 爱 [大 城]"

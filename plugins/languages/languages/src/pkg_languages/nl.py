"""Dutch."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.punctuation import PREFIXES, PunctuationRules
from pkg_english.chunk_rules import ChunkRule, NounChunkFinder, itself, leftmost, rightmost
from pkg_languages.rules import WITH_HYPHENS, WITH_PERCENT
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    aanw. afb. afd. afk. art. a.d.h.v. a.u.b. b.v. bijv. bv. blz. ca. c.q. d.d. dhr. d.m.v. dr. drs. d.w.z.
    e.a. e.d. e.e.a. enz. etc. e.v. evt. excl. fig. fr. gebr. gem. hfst. i.c. i.p.v. i.v.m. incl. ing. ir.
    jl. jr. m.a.w. m.b.t. m.b.v. max. mej. mevr. mgr. m.i. min. mln. mld. mr. m.u.v. mw. n.a.v. nl. nr.
    o.a. o.b.v. o.i.d. o.l.v. o.m. pag. pct. plm. p.m. prof. resp. sr. st. stg. str. t.a.v. tel. t.b.v.
    t.g.v. t/m t.o.v. t.w.v. v.a. vgl. vnl. v.l.n.r. w.o. z.g. z.o.z. zgn. zg. jan. feb. mrt. apr. jun.
    jul. aug. sep. sept. okt. nov. dec. 's 't 'n 'm 'r 'k auto's foto's video's mama's papa's opa's oma's
    zo'n m'n z'n d'r
"""
_NUMBERS = """
    nul een één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien
    zeventien achttien negentien twintig dertig veertig vijftig zestig zeventig tachtig negentig honderd
    duizend miljoen miljard biljoen eerste tweede derde vierde vijfde zesde zevende achtste negende tiende
    elfde twaalfde twintigste honderdste
"""
_PARTS = ("amod", "det", "det:poss", "nmod:poss")
_SUBJECTS = ("nsubj", "nsubj:pass")
_NOUN_CHUNKS = NounChunkFinder(
    # A noun with a subject is a predicate.
    ChunkRule(nouns=("NOUN",), unless="nsubj", before=leftmost(*_PARTS), behind=rightmost(*_PARTS)),
    ChunkRule(_SUBJECTS, nouns=("PRON",), before=itself),
)


class DutchDefaults(Defaults):
    """Language data of Dutch."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    prefixes = PunctuationRules([",,", *PREFIXES])
    suffixes = PunctuationRules(["''", *WITH_PERCENT])
    infixes = WITH_HYPHENS
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("e", "de", "ste"))}  # noqa: RUF012
    stop_words = stop_words("nl")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Dutch(Language):
    """A pipeline for Dutch text."""

    lang = "nl"
    Defaults = DutchDefaults

"""Danish."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.punctuation import PunctuationRules
from pkg_english.chunk_rules import ChunkRule, NounChunkFinder, chained, leftmost
from pkg_languages.rules import ORDINAL_DOT, SEPARATES, WITH_HYPHENS
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    dr.phil. mill. adr. afd. afg. afs. alm. anm. ang. apr. aug. bd. bl.a. bibl. bl. ca. cirk. cm. d.d. d.v.s. d.å. dec.
    dir. dr. ds. dvs. e.kr. eks. ekskl. eng. etc. evt. excl. f.eks. f.kr. feb. ff. fhv. fig. fr. frk. gl.
    gr. hft. hhv. hr. if. ift. ifm. iht. incl. inkl. ing. instr. jan. jf. jr. jun. kbh. kgl. kl. kr.
    km/t kvm. lb. lign. lok. lør. m.fl. m.h.t. m.m. m.v. maks. mar. mdr. mfl. mht. mia. mio. min. mm. mr.
    mrs. mv. mvh. n.br. nb. nr. nov. nuv. o.a. o.l. obs. okt. ons. osv. ovf. p.a. p.g.a. pct. pga. pkt.
    pr. præs. prof. red. ref. resp. s.u. sek. sep. sept. sml. sp. spec. spm. sr. st. stk. str. søn. t.o.m.
    tir. tlf. tor. u.å. udd. udg. v.h.a. vedl. vedr. vha. vol. vs. årg. årh. i's den's
"""
_NUMBERS = """
    nul en et to tre fire fem seks syv otte ni ti elleve tolv tretten fjorten femten seksten sytten atten
    nitten tyve tredive fyrre halvtreds tres halvfjerds firs halvfems hundrede tusind tusinde million
    millioner milliard milliarder billion første anden andet tredje fjerde femte sjette syvende ottende
    niende tiende ellevte tolvte tyvende
"""
_PARTS = ("amod", "appos", "fixed", "flat", "goeswith", "nmod:poss", "nummod")
_NOUN_CHUNKS = NounChunkFinder(
    ChunkRule(
        before=leftmost("det", *_PARTS),
        behind=chained(_PARTS, until_pos=("AUX", "VERB"), until=("punct",)),
    )
)


class DanishDefaults(Defaults):
    """Language data of Danish; numbers that may be the day of a date keep their dot."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    suffixes = PunctuationRules([*ORDINAL_DOT, r"(?<=\d\d\d)\.", r"(?<=3[2-9])\.", r"(?<=[4-9]\d)\."])
    infixes = PunctuationRules([*WITH_HYPHENS, SEPARATES])
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS)}  # noqa: RUF012
    stop_words = stop_words("da")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Danish(Language):
    """A pipeline for Danish text."""

    lang = "da"
    Defaults = DanishDefaults

"""Norwegian Bokmål."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.punctuation import PunctuationRules
from pkg_languages.noun_chunks import scandinavian
from pkg_languages.rules import NO_POSSESSIVE, SEPARATES, WITH_HYPHENS
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    adm.dir. a.d. ang. apr. aug. bl.a. bla. bto. ca. cand. d.e. d.v.s. d.y. d.å. dept. des. dir. dr. dvs.
    e.kr. e.l. eks. eksk. etc. etg. ev. evt. f. f.eks. f.o.m. feb. fhv. fig. fk. foreg. forts. fr. fre.
    g.g. gl. gr. gt. hhv. hr. ifb. ift. iht. inkl. istf. jan. jf. jr. jul. jun. jur. kap. kfr. kgl. kl.
    kr. kst. lok. lør. m.a. m.a.o. m.fl. m.m. m.v. mag. mao. mar. maks. mfl. mht. mill. mnd. mob. mrd.
    mrk. mva. mvh. mån. n.a. ndf. nov. nr. nto. o.a. o.l. obl. okt. ons. op. osv. oppl. ovf. p.a. p.d.
    p.g.a. p.r. pga. pkt. pr. pst. pt. red. resp. rk. s.k. s.u. sec. sek. sep. sept. spes. sp. sr. st.
    stk. str. søn. t.d. t.h. t.o.m. t.v. tils. tir. tlf. tor. u.å. ult. utg. v.s.a. vedk. vedr. vg. vgs.
    vha. vit.ass. vn. vol. vs. årg.
"""
_NUMBERS = """
    null en ei ett to tre fire fem seks sju syv åtte ni ti elleve tolv tretten fjorten femten seksten
    sytten atten nitten tjue tyve tretti tredve førti femti seksti sytti åtti nitti hundre tusen million
    millioner milliard milliarder billion første andre annen tredje fjerde femte sjette sjuende syvende
    åttende niende tiende ellevte tolvte tjuende
"""
_NOUN_CHUNKS = scandinavian("ROOT", "appos", "iobj", "nmod", "nmod:poss", "nsubj", "nsubj:pass", "obj")


class NorwegianDefaults(Defaults):
    """Language data of Norwegian."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    suffixes = NO_POSSESSIVE
    infixes = PunctuationRules([*WITH_HYPHENS, SEPARATES])
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS)}  # noqa: RUF012
    stop_words = stop_words("no")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Norwegian(Language):
    """A pipeline for Norwegian text."""

    lang = "nb"
    Defaults = NorwegianDefaults

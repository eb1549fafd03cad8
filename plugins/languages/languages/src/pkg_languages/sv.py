"""Swedish."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.char_classes import ALPHA, ALPHA_UPPER
from kernel.text.tokenizer.punctuation import PunctuationRules
from pkg_languages.noun_chunks import scandinavian
from pkg_languages.rules import NO_POSSESSIVE, WITH_HYPHENS
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    ang. anm. apr. aug. bl.a. c:a ca ca. d.v.s. d.y. d.ä. dec. dir. dr. ds. dvs dvs. e.d. e.kr. e.m. ekon.
    ev. em. etc. ex. exkl. f.d. f.kr. f.n. f.ö. febr. fig. fm. fr.o.m. fre. förf. gm. hr. i.e. inkl. iofs.
    jan. jfr. jul. jun. kap. kl. kr. kungl. lör. m.a.o. m.fl. m.m. max. mdr. milj. mkt. mm. mån. ngn. ngt.
    nov. nr. obs. o.d. o.dyl. o.s.v. okt. ons. osv. p.g.a. proc. prof. red. ref. resp. s.a.s. s.k. sek.
    sept. sid. sign. sk. skr. st. sv. t.ex. t.o.m. t.h. t.v. tel. tis. tor. tr. uppl. v.g. vol. äv. övers.
    n:o s:t s:ta
"""
_NUMBERS = """
    noll en ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton
    arton nitton tjugo trettio fyrtio femtio sextio sjuttio åttio nittio hundra tusen miljon miljoner
    miljard miljarder biljon första andra tredje fjärde femte sjätte sjunde åttonde nionde tionde elfte
    tolfte tjugonde
"""
_NOUN_CHUNKS = scandinavian(
    *("ROOT", "appos", "dobj", "iobj", "nmod", "nmod:poss", "nsubj", "nsubj:pass", "obj")
)


class SwedishDefaults(Defaults):
    """Language data of Swedish: a colon before small letters stays, as in `EU:s`."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    suffixes = NO_POSSESSIVE
    infixes = PunctuationRules(
        [
            *(rule for rule in WITH_HYPHENS if rule != f"(?<=[{ALPHA}])[:<>=](?=[{ALPHA}])"),
            f"(?<=[{ALPHA}0-9])[<>=/](?=[{ALPHA}])",
            f"(?<=[{ALPHA}0-9]):(?=[{ALPHA_UPPER}])",
        ]
    )
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=(":a", ":e"))}  # noqa: RUF012
    stop_words = stop_words("sv")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Swedish(Language):
    """A pipeline for Swedish text."""

    lang = "sv"
    Defaults = SwedishDefaults

"""Italian."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.char_classes import ALPHA, ALPHA_LOWER, HYPHENS
from kernel.text.tokenizer.punctuation import PREFIXES, PunctuationRules
from pkg_languages.noun_chunks import romance
from pkg_languages.rules import BEHIND_APOSTROPHE, NO_HYPHEN
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    po' a.c. d.c. art. artt. avv. c.a.p. c.p. c.c. cap. cfr. c.m. col. dott. dr. ecc. ed. es. e.v. fig.
    gen. geom. ing. l. lett. mons. n. n.d.r. on. op. p. p.es. pag. pagg. pp. prof. prof.ssa s. s.p.a.
    s.r.l. sec. seg. sig. sig.na sig.ra sigg. ss. st. tab. tel. v. vol. vs. L'art. l'art. nell'art.
    dell'art. all'art. dall'art. sull'art. L. S.p.A. S.r.l.
"""
_NUMBERS = """
    zero un uno una due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici
    quindici sedici diciassette diciotto diciannove venti trenta quaranta cinquanta sessanta settanta
    ottanta novanta cento duecento trecento mille duemila mila milione milioni miliardo miliardi bilione
    primo prima secondo seconda terzo terza quarto quarta quinto quinta sesto sesta settimo settima ottavo
    ottava nono nona decimo decima
"""
_NOUN_CHUNKS = romance(places=("obl:agent",), names=("flat:name",), determiners=("det", "det:poss"))


class ItalianDefaults(Defaults):
    """Language data of Italian."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    prefixes = PunctuationRules(["'[0-9][0-9]", "[0-9]+°", *PREFIXES])
    infixes = PunctuationRules(
        [
            *NO_HYPHEN,
            f"(?<=[{ALPHA}])(?:{HYPHENS})(?=[{ALPHA_LOWER}])",
            BEHIND_APOSTROPHE,
            r"(?<=[a-zA-Z]['’])(?=[0-9\"])",
        ]
    )
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("º", "ª", "°"))}  # noqa: RUF012
    stop_words = stop_words("it")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Italian(Language):
    """A pipeline for Italian text."""

    lang = "it"
    Defaults = ItalianDefaults

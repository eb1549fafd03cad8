"""German."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.char_classes import ALPHA
from kernel.text.tokenizer.punctuation import PREFIXES, PunctuationRules
from pkg_english.chunk_rules import ChunkRule, NounChunkFinder, left_edge_but, rightmost
from pkg_languages.rules import ORDINAL_DOT, WITH_HYPHENS
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    abb. abs. abt. allg. anm. aufl. bd. bsp. bspw. bzgl. bzw. ca. dipl. dr. ebd. eigtl. etc. evtl. ff.
    geb. gegr. gem. ggf. ggü. hrsg. hg. ing. inkl. insb. jh. jhd. kath. lfd. lt. max. min. mind. mio. mrd.
    mr. mrs. mwst. nr. od. o.ä. pos. prof. s.o. s.u. sog. spez. st. std. str. tel. u.a. u.ä. u.u. usf.
    usw. v.a. v.chr. n.chr. vgl. vors. z.b. z.t. z.zt. zzgl. zzt. d.h. e.v. i.d.r. i.v. k.o. m.e. o.g.
    p.s. u.s.w. jan. feb. mär. apr. jun. jul. aug. sep. sept. okt. nov. dez. z.B. Z.B. d.H. i.d.R. n.Chr.
    v.Chr. e.V. u.A. v.A. z.T. z.Zt. M.A. B.A. B.Sc. M.Sc. Ph.D. 'ne 'nen 'nem 'n Mo. Di. Mi. Do. Fr. Sa.
"""
_SPLIT = "auf/'m über/'m unter/'m hinter/'m vor/'m um/'s für/'s durch/'s auf/'s du/'s er/'s ich/'s ihr/'s sie/'s wir/'s"
_NUMBERS = """
    null eins ein eine zwei zwo drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn
    fünfzehn sechzehn siebzehn achtzehn neunzehn zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig
    neunzig hundert tausend million millionen milliarde milliarden billion billionen erste erster erstes
    ersten zweite zweiter zweites zweiten dritte dritter drittes dritten vierte fünfte sechste siebte
    siebente achte neunte zehnte elfte zwölfte
"""
# Labels of the TIGER treebank and of Universal Dependencies, which have only the root label in common.
_TIGER = ("ROOT", "ag", "app", "cj", "da", "mo", "nk", "oa", "og", "pd", "root", "sb")
_UNIVERSAL = ("appos", "iobj", "nmod", "nmod:poss", "nsubj", "nsubj:pass", "obj", "obl", "obl:arg")
_NOUN_CHUNKS = NounChunkFinder(
    # "eine Tasse Tee": a noun of measure or a name includes the noun after it.
    ChunkRule(_TIGER, behind=rightmost("nk", pos=("NOUN", "PROPN"))),
    ChunkRule(_UNIVERSAL, before=left_edge_but("ADP"), behind=rightmost("flat", "flat:name")),
    ChunkRule((*_TIGER, *_UNIVERSAL), conjuncts=True, before=left_edge_but("CCONJ")),
)


class GermanDefaults(Defaults):
    """Language data of German."""

    tokenizer_exceptions = exceptions(kept=_KEPT, split=_SPLIT)
    prefixes = PunctuationRules(["``", *PREFIXES])
    suffixes = PunctuationRules(["''", "/", *ORDINAL_DOT])
    infixes = PunctuationRules([*WITH_HYPHENS, f"(?<=[0-9{ALPHA}])/(?=[0-9{ALPHA}])", "(?<=[0-9])-(?=[0-9])"])
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS)}  # noqa: RUF012
    stop_words = stop_words("de")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class German(Language):
    """A pipeline for German text."""

    lang = "de"
    Defaults = GermanDefaults

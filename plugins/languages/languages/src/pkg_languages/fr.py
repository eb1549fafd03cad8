"""French."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.char_classes import ALPHA
from kernel.text.tokenizer.punctuation import INFIXES, PREFIXES, PunctuationRules
from pkg_languages.noun_chunks import romance
from pkg_languages.rules import BEHIND_APOSTROPHE, NO_POSSESSIVE, elided
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    aujourd'hui d'abord d'accord d'ailleurs presqu'île quelqu'un quelqu'une prud'homme prud'hommes c.-à-d.
    av. apr. adj. boul. bd. cf. ch. chap. dr. env. etc. ex. fig. janv. févr. avr. juill. sept. oct. nov.
    déc. m. mm. mgr. mlle. mme. n° nb. no. p. pp. p.ex. prof. st. ste. tél. vol. vs. p.-s. grand-mère
    grand-père arc-en-ciel peut-être c'est-à-dire est-ce vis-à-vis week-end rendez-vous au-delà au-dessus
    au-dessous ci-dessus ci-dessous là-bas là-haut demi-heure porte-parole États-Unis après-midi
    avant-hier sous-marin chef-d'œuvre celui-ci celui-là celle-ci celle-là ceux-ci ceux-là
"""
_ONES = "zéro un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_NUMBERS = f"""
    {_ONES} dix-sept dix-huit dix-neuf vingt trente quarante cinquante soixante soixante-dix septante quatre-vingt
    quatre-vingts huitante octante nonante quatre-vingt-dix cent cents mille million millions milliard milliards billion
    premier première second seconde deuxième troisième quatrième cinquième sixième septième huitième neuvième dixième
    onzième douzième treizième quatorzième quinzième seizième vingtième trentième centième millième
"""
_PRONOUNS = "ce elle elles en il ils je la là le les leur lui moi nous on t toi tu vous y ci"
_NOUN_CHUNKS = romance(
    places=("obl:agent", "obl:arg", "obl:mod"), names=("flat:foreign", "flat:name"), determiners=("det",)
)


class FrenchDefaults(Defaults):
    """Language data of French."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    prefixes = PunctuationRules([*PREFIXES, elided("c d j l m n s t qu jusqu lorsqu puisqu quoiqu")])
    suffixes = PunctuationRules(
        [*NO_POSSESSIVE, f"(?<=[{ALPHA}])[-‐‑](?i:t-)?(?i:{'|'.join(_PRONOUNS.split())})"]
    )
    infixes = PunctuationRules([*INFIXES, BEHIND_APOSTROPHE])
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("er", "ère", "e", "ème"))}  # noqa: RUF012
    stop_words = stop_words("fr")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class French(Language):
    """A pipeline for French text."""

    lang = "fr"
    Defaults = FrenchDefaults

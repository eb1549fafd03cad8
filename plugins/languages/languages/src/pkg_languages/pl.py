"""Polish."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.punctuation import PREFIXES, PunctuationRules
from pkg_languages.rules import NO_POSSESSIVE
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    al. art. bm. br. cd. dn. doc. dot. dr. ds. godz. gen. inż. itd. itp. jw. kpt. ks. lek. m.in. mgr. mjr.
    min. mln. mld. nb. np. nr. ok. os. p.n.e. pkt. pl. płk. por. poz. prof. przyp. r. red. rtm. rys. śp.
    św. tab. tel. tj. tys. tzn. tzw. ul. ub. ust. ws. wg. zł. zob.
"""
_NUMBERS = """
    zero jeden jedna jedno dwa dwie trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście
    dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście
    dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt
    dziewięćdziesiąt sto dwieście trzysta czterysta pięćset sześćset siedemset osiemset dziewięćset tysiąc
    tysiące tysięcy milion miliony milionów miliard miliardy bilion pierwszy pierwsza drugi druga trzeci
    trzecia czwarty czwarta piąty piąta szósty szósta siódmy ósmy dziewiąty dziesiąty
"""


class PolishDefaults(Defaults):
    """Language data of Polish."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    prefixes = PunctuationRules(["(?:długo|krótko|jedno|dwu|trzy|cztero)-", *PREFIXES])
    suffixes = NO_POSSESSIVE
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS)}  # noqa: RUF012
    stop_words = stop_words("pl")


class Polish(Language):
    """A pipeline for Polish text."""

    lang = "pl"
    Defaults = PolishDefaults

"""Portuguese."""

from __future__ import annotations

from kernel.language import Defaults, Language
from kernel.text.tokenizer.punctuation import PREFIXES, PunctuationRules
from pkg_languages.noun_chunks import romance
from pkg_languages.rules import NO_HYPHEN
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    adm. art. av. a.c. d.c. a.m. p.m. cap. cia. dr. dra. drs. ed. eng. esq. etc. ex. ex.: exmo. exma. fev.
    fig. gen. i.e. ind. jan. jr. kg. lit. ltda. máx. mín. min. n. núm. num. obs. p. p.ex. pág. págs. pp.
    prof. profa. proj. p.s. s.a. sec. séc. sr. sra. srs. sras. srta. sto. sta. tel. univ. vol. vs. n° nº
    n.º p.m e-mail S.A. E.U.A. U.S.
"""
_NUMBERS = """
    zero um uma dois duas três tres quatro cinco seis sete oito nove dez onze doze treze catorze quatorze
    quinze dezesseis dezasseis dezessete dezassete dezoito dezenove dezanove vinte trinta quarenta
    cinquenta sessenta setenta oitenta noventa cem cento duzentos trezentos quatrocentos quinhentos
    seiscentos setecentos oitocentos novecentos mil milhão milhões bilhão bilhões trilhão trilhões
    primeiro primeira segundo segunda terceiro terceira quarto quarta quinto quinta sexto sexta sétimo
    sétima oitavo oitava nono nona décimo décima
"""
_NOUN_CHUNKS = romance(places=("obl:agent",), names=("flat:name",), determiners=("det",))


class PortugueseDefaults(Defaults):
    """Language data of Portuguese."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    prefixes = PunctuationRules([r"\w{1,3}\$", *PREFIXES])
    infixes = NO_HYPHEN
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("º", "ª", "o", "a"))}  # noqa: RUF012
    stop_words = stop_words("pt")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Portuguese(Language):
    """A pipeline for Portuguese text."""

    lang = "pt"
    Defaults = PortugueseDefaults

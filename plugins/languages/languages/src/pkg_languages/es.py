"""Spanish."""

from __future__ import annotations

from kernel.language import Defaults, Language
from pkg_languages.noun_chunks import romance
from pkg_languages.rules import NO_HYPHEN, WITH_PERCENT
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    a.c. a.m. p.m. aa.vv. apdo. av. avda. bs.as. c.f. cap. cía. dr. dra. ee.uu. ej. esq. etc. excmo. fig.
    gral. ing. jr. lic. máx. mín. núm. núms. op. p.d. p.ej. pág. págs. ph.d. pdte. prof. profa. q.e.p.d.
    s.a. s.l. s.r.l. s.s.s. sr. sra. sres. sras. srta. sta. sto. tel. ud. uds. vd. vds. vol. vs. n° nº 1º
    2º 3º EE.UU. S.A. S.L. Bs.As. Ph.D. D.C. U.S.
"""
_NUMBERS = """
    cero un uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince
    dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintiún veintiuna veintidós veintitrés
    veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta cuarenta cincuenta
    sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos
    seiscientos setecientos ochocientos novecientos mil millón millones billón billones primero primera
    primer segundo segunda tercero tercera tercer cuarto cuarta quinto quinta sexto sexta séptimo séptima
    octavo octava noveno novena décimo décima
"""
_NOUN_CHUNKS = romance()


class SpanishDefaults(Defaults):
    """Language data of Spanish."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    suffixes = WITH_PERCENT
    infixes = NO_HYPHEN
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("º", "ª"))}  # noqa: RUF012
    stop_words = stop_words("es")
    syntax_iterators = {"noun_chunks": _NOUN_CHUNKS}  # noqa: RUF012


class Spanish(Language):
    """A pipeline for Spanish text."""

    lang = "es"
    Defaults = SpanishDefaults

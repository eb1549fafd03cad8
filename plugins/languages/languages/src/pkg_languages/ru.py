"""Russian."""

from __future__ import annotations

from kernel.language import Defaults, Language
from pkg_languages.rules import NO_POSSESSIVE
from pkg_languages.words import exceptions, numerals, stop_words

_KEPT = """
    г. гг. в. вв. н.э. до.н.э. т.е. т.д. т.п. т.к. т.н. т.о. и.о. и.т.д. и.т.п. др. пр. проч. см. ср. стр.
    с. гл. табл. ул. пер. пл. просп. пр-т пр-кт д. корп. кв. обл. р-н г-н г-жа гос-во тыс. млн. млрд. руб.
    коп. долл. мин. сек. янв. фев. мар. апр. июн. июл. авг. сент. окт. ноя. дек. проф. акад. доц. д-р
    канд. св. ст. тел. чел. шт. экз. англ. нем. рус. лат. букв. напр. прим. изд. ред.
"""
_NUMBERS = """
    ноль нуль один одна одно два две три четыре пять шесть семь восемь девять десять одиннадцать
    двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать
    двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто сто двести триста
    четыреста пятьсот шестьсот семьсот восемьсот девятьсот тысяча тысячи тысяч миллион миллиона миллионов
    миллиард миллиарда миллиардов триллион первый первая первое второй вторая второе третий третья третье
    четвертый четвёртый пятый шестой седьмой восьмой девятый десятый
"""


class RussianDefaults(Defaults):
    """Language data of Russian."""

    tokenizer_exceptions = exceptions(kept=_KEPT)
    suffixes = NO_POSSESSIVE
    lex_attr_getters = {"LIKE_NUM": numerals(_NUMBERS, endings=("-й", "-я", "-е", "-го", "-х"))}  # noqa: RUF012
    stop_words = stop_words("ru")


class Russian(Language):
    """A pipeline for Russian text."""

    lang = "ru"
    Defaults = RussianDefaults

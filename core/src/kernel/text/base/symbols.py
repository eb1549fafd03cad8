"""The names that have small fixed numbers instead of hashes.

Documents and pipelines store these numbers, so the table never changes: attribute names, universal part-of-speech
tags, entity types and dependency labels. `symbols.NOUN` is 92; `symbols.IDS` and `symbols.NAMES` map both ways.
"""

from __future__ import annotations


def _words(text: str) -> list[str]:
    return text.split()


_LEXICAL = _words("""
IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_PUNCT IS_SPACE IS_TITLE IS_UPPER LIKE_URL LIKE_NUM LIKE_EMAIL IS_STOP
IS_OOV_DEPRECATED IS_BRACKET IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_CURRENCY
""")

_TOKEN = _words("""
ID ORTH LOWER NORM SHAPE PREFIX SUFFIX LENGTH CLUSTER LEMMA POS TAG DEP ENT_IOB ENT_TYPE HEAD SENT_START SPACY
PROB LANG
""")

#: Universal part-of-speech tags in the order of their numbers, from 84.
PARTS_OF_SPEECH = _words("""
ADJ ADP ADV AUX CONJ CCONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X EOL SPACE
""")

_ENTITY_TYPES = _words("""
PERSON NORP FACILITY ORG GPE LOC PRODUCT EVENT WORK_OF_ART LANGUAGE LAW DATE TIME PERCENT MONEY QUANTITY ORDINAL
CARDINAL
""")

_DEPENDENCIES = _words("""
acomp advcl advmod agent amod appos attr aux auxpass cc ccomp complm conj cop csubj csubjpass dep det dobj expl hmod
hyph infmod intj iobj mark meta neg nmod nn npadvmod nsubj nsubjpass num number oprd obj obl parataxis partmod pcomp
pobj poss possessive preconj prep prt punct quantmod relcl rcmod root xcomp acl
""")

_LATER = ["ENT_KB_ID", "MORPH", "ENT_ID", "IDX", "_"]

_IN_ORDER = [
    "",
    *_LEXICAL,
    *(f"FLAG{i}" for i in range(19, 64)),
    *_TOKEN,
    *PARTS_OF_SPEECH,
    *(f"DEPRECATED{i:03}" for i in range(1, 277)),
    *_ENTITY_TYPES,
    *_DEPENDENCIES,
    *_LATER,
]

IDS: dict[str, int] = {name: number for number, name in enumerate(_IN_ORDER)}
NAMES: dict[int, str] = dict(enumerate(_IN_ORDER))


def __getattr__(name: str) -> int:
    try:
        return IDS[name]
    except KeyError:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None

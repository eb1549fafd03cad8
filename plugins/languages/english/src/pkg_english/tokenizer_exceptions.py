"""English tokenizer exceptions: words that are split without a space, or keep a dot or an apostrophe.

Contractions are built from their parts: a word and the clitics that it takes. Each is added in lower case and
capitalised, with its apostrophes and, unless that is another word (`its`, `well`), without them.
"""

from __future__ import annotations

from kernel.text.tokenizer.tokenizer_exceptions import NORM, ORTH

Token = dict[int, str]

_NORM_OF_CLITIC = {
    "'ll": "will",
    "'re": "are",
    "'ve": "have",
    "'m": "am",
    "'s": "'s",
    "'d": "'d",
    "n't": "not",
}

# The clitics of each word. A pair is two clitics in a row, in which 'd can only be would.
_PRONOUNS = {
    "i": "'m 'll 'd 've 'll've 'd've",
    "you": "'re 'll 'd 've 'll've 'd've",
    "he": "'s 'll 'd 'll've 'd've",
    "she": "'s 'll 'd 'll've 'd've",
    "it": "'s 'll 'd 'll've 'd've",
    "we": "'re 'll 'd 've 'll've 'd've",
    "they": "'re 'll 'd 've 'll've 'd've",
    **dict.fromkeys(
        ["who", "what", "when", "where", "why", "how", "there"], "'s 're 'll 'd 've 'll've 'd've"
    ),
    **dict.fromkeys(["that", "this"], "'s 'll 'd 'll've 'd've"),
    **dict.fromkeys(["these", "those"], "'re 'll 'd 've 'll've 'd've"),
}
# The spellings of verbs before n't, with their norm and whether 've may follow.
_NEGATED = {
    "ai": ("", False),
    "are": ("are", False),
    "ca": ("can", True),
    "could": ("could", True),
    "dare": ("dare", False),
    "did": ("do", True),
    "do": ("do", True),
    "does": ("does", True),
    "had": ("have", True),
    "has": ("has", False),
    "have": ("have", False),
    "is": ("is", False),
    "may": ("may", True),
    "might": ("might", True),
    "must": ("must", True),
    "need": ("need", True),
    "ought": ("ought", True),
    "sha": ("shall", True),
    "should": ("should", True),
    "was": ("was", False),
    "were": ("were", False),
    "wo": ("will", True),
    "would": ("would", True),
}
_BEFORE_HAVE = ["could", "might", "must", "should", "would", "not"]

# Contractions without their apostrophe that are usually other words.
_OTHER_WORDS = frozenset(["hell", "ill", "its", "shed", "shell", "well", "were", "whore"])

# Irregular exceptions: the pieces of one exception per line, each with its norm unless that is the piece itself.
_IRREGULAR = """
    can/can not
    c'm/come on
    got ta/to
    gon/going na/to
    let 's/us
    how 'd 'y/you
    i/i 'm/am a/gonna
    i/i m/am a/gonna
    y'/you all
    y/you all
"""
_INFORMAL = {
    "'bout": "about",
    "'cause": "because",
    "'cos": "because",
    "'coz": "because",
    "'cuz": "because",
    "'em": "them",
    "'ll": "will",
    "'nuff": "enough",
    "'re": "are",
    "'s": "'s",
    "doin": "doing",
    "doin'": "doing",
    "em": "them",
    "goin": "going",
    "goin'": "going",
    "havin": "having",
    "havin'": "having",
    "ll": "will",
    "lovin": "loving",
    "lovin'": "loving",
    "ma'am": "madam",
    "nothin": "nothing",
    "nothin'": "nothing",
    "nuff": "enough",
    "nuthin": "nothing",
    "nuthin'": "nothing",
    "o'clock": "o'clock",
    "ol": "old",
    "ol'": "old",
    "somethin": "something",
    "somethin'": "something",
}
_ABBREVIATIONS = {
    "Jan.": "January",
    "Feb.": "February",
    "Mar.": "March",
    "Apr.": "April",
    "Jun.": "June",
    "Jul.": "July",
    "Aug.": "August",
    "Sep.": "September",
    "Sept.": "September",
    "Oct.": "October",
    "Nov.": "November",
    "Dec.": "December",
    "Ak.": "Alaska",
    "Ala.": "Alabama",
    "Ariz.": "Arizona",
    "Ark.": "Arkansas",
    "Calif.": "California",
    "Colo.": "Colorado",
    "Conn.": "Connecticut",
    "Del.": "Delaware",
    "Fla.": "Florida",
    "Ga.": "Georgia",
    "Ia.": "Iowa",
    "Id.": "Idaho",
    "Ill.": "Illinois",
    "Ind.": "Indiana",
    "Kan.": "Kansas",
    "Kans.": "Kansas",
    "Ky.": "Kentucky",
    "La.": "Louisiana",
    "Mass.": "Massachusetts",
    "Md.": "Maryland",
    "Mich.": "Michigan",
    "Minn.": "Minnesota",
    "Miss.": "Mississippi",
    "Mo.": "Missouri",
    "Mont.": "Montana",
    "Mt.": "Mount",
    "N.C.": "North Carolina",
    "N.D.": "North Dakota",
    "N.H.": "New Hampshire",
    "N.J.": "New Jersey",
    "N.M.": "New Mexico",
    "N.Y.": "New York",
    "Neb.": "Nebraska",
    "Nebr.": "Nebraska",
    "Nev.": "Nevada",
    "Okla.": "Oklahoma",
    "Ore.": "Oregon",
    "Pa.": "Pennsylvania",
    "S.C.": "South Carolina",
    "Tenn.": "Tennessee",
    "Va.": "Virginia",
    "Wash.": "Washington",
    "Wis.": "Wisconsin",
    "and/or": "and/or",
    "w/o": "without",
}
_KEPT_WHOLE = """
    'd Adm. Bros. co. Co. Corp. D.C. Dr. E.G. E.g. e.g. Gen. Gov. I.E. I.e. i.e. Inc. Jr. Ltd. Messrs. Mr. Mrs. Ms.
    Ph.D. Prof. Rep. Rev. Sen. St. a.m. p.m. v.s. vs. :’( :’) :’-( :’-)
"""


def _contractions() -> dict[str, list[Token]]:
    exceptions: dict[str, list[Token]] = {}
    for word, endings in _PRONOUNS.items():
        for ending in endings.split():
            clitics = [f"'{clitic}" for clitic in ending.split("'")[1:]]
            _add_contraction(exceptions, (word, word), clitics)
    for word, (norm, takes_have) in _NEGATED.items():
        _add_contraction(exceptions, (word, norm), ["n't"])
        if takes_have:
            _add_contraction(exceptions, (word, norm), ["n't", "'ve"])
    for word in _BEFORE_HAVE:
        _add_contraction(exceptions, (word, word), ["'ve"])
    return exceptions


def _add_contraction(exceptions: dict[str, list[Token]], word: tuple[str, str], clitics: list[str]) -> None:
    """Add a word with clitics, with and without apostrophes."""
    norms = [_NORM_OF_CLITIC[clitic] for clitic in clitics]
    if norms[-1] == "have" and norms[0] == "'d":
        norms[0] = "would"
    for apostrophe in ("'", ""):
        spellings = [clitic.replace("'", apostrophe) for clitic in clitics]
        if word[0] + "".join(spellings) in _OTHER_WORDS:
            continue
        tokens = [_token(word[0], word[1]), *(_token(*piece) for piece in zip(spellings, norms, strict=True))]
        _add_with_capital(exceptions, tokens)


def _token(orth: str, norm: str = "") -> Token:
    return {ORTH: orth, NORM: norm} if norm else {ORTH: orth}


def _add_with_capital(exceptions: dict[str, list[Token]], tokens: list[Token]) -> None:
    """Add tokens as they are and with the first letter capitalised."""
    first = tokens[0][ORTH]
    i = 1 if first.startswith("'") else 0
    capital = {**tokens[0], ORTH: first[:i] + first[i : i + 1].upper() + first[i + 1 :]}
    for spelling in (tokens, [capital, *tokens[1:]]):
        exceptions["".join(token[ORTH] for token in spelling)] = spelling


def _others() -> dict[str, list[Token]]:
    exceptions: dict[str, list[Token]] = {}
    for line in _IRREGULAR.split("\n"):
        if line.strip():
            _add_with_capital(exceptions, [_token(*piece.split("/")) for piece in line.split()])
    for text, norm in _INFORMAL.items():
        _add_with_capital(exceptions, [_token(text, norm)])
    for text, norm in _ABBREVIATIONS.items():
        exceptions[text] = [_token(text, norm)]
    for text in _KEPT_WHOLE.split():
        exceptions[text] = [_token(text)]
    for apostrophe in "‘’":
        for letter in "sS":
            exceptions[apostrophe + letter] = [_token(apostrophe + letter, "'s")]
    for hour in range(1, 13):
        for half, norm in (("a.m.", "a.m."), ("am", "a.m."), ("p.m.", "p.m."), ("pm", "p.m.")):
            exceptions[f"{hour}{half}"] = [_token(str(hour)), _token(half, norm)]
    return exceptions


#: The exceptions of English, in addition to those of all languages.
TOKENIZER_EXCEPTIONS: dict[str, list[Token]] = {**_contractions(), **_others()}

"""English stop words."""

from __future__ import annotations

from kernel.text.tokenizer.language_defaults import StopWords

_PRONOUNS = """
    i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself we us
    our ours ourselves they them their themselves who whom whose what which this that these those one anyone
    anything everyone everything someone something nobody none noone nothing others other such same whatever whoever
"""
_DETERMINERS_AND_QUANTITIES = """
    a an the all any another both each either neither every few many much more most several some various own less least
    no nor not only just quite rather very too enough amount whole full empty part per
"""
_NUMBERS = """
    two three four five six eight nine ten eleven twelve fifteen twenty forty fifty sixty hundred first third last next
"""
_VERBS = """
    am is are was were be been being do does did doing done have has had can cannot ca could may might must should
    will would become becomes became becoming seem seems seemed seeming get give go keep make made move name put say see
    serious show take call please regarding used using re
"""
_ADVERBS = """
    again almost alone already also always anyhow anyway anywhere elsewhere else even ever everywhere here how however
    indeed meanwhile moreover mostly namely never nevertheless nowhere now often once otherwise perhaps really somehow
    sometime sometimes somewhere still so then there thus together well when whence whenever where wherever whither why
    yet afterwards beforehand hence hereafter hereby herein hereupon thence thereafter thereby therefore therein
    thereupon whereafter whereas whereby wherein whereupon former formerly latter latterly further back front side top
    bottom
"""
_PREPOSITIONS_AND_CONJUNCTIONS = """
    about above across after against along among amongst around as at before behind below beside besides between beyond
    by down due during except for from in into of off on onto out over since through throughout thru to toward towards
    under until up upon via with within without although and because but if or than though unless whether while
"""
_CONTRACTIONS = "'d 'll 'm 're 's 've n't"

STOP_WORDS = StopWords(
    " ".join(
        [
            _PRONOUNS,
            _DETERMINERS_AND_QUANTITIES,
            _NUMBERS,
            _VERBS,
            _ADVERBS,
            _PREPOSITIONS_AND_CONJUNCTIONS,
            *(_CONTRACTIONS.replace("'", apostrophe) for apostrophe in "'‘’"),
        ]
    ).split()
)

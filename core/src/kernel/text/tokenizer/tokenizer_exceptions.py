"""Words that the tokenizer splits or keeps whole against its rules, in every language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from kernel.errors import ConfigError
from kernel.text.base import attrs

#: What one piece of an exception says: ORTH, and NORM where it is not the word's own; keys are names or ids.
TokenAttrs = Mapping[Any, str]

ORTH = attrs.IDS["ORTH"]
NORM = attrs.IDS["NORM"]

_EMOTICONS = r"""
    :) :-) :)) :-)) :))) :-))) (: (-: =) (= [: [-: [= :] :-] =] ]= :o) (o: :} :-} 8) 8-) (-8 :> :->
    :( :-( :(( :-(( :((( :-((( ): )-: =( =[ >:( :'( :'-( :’( :’-( :') :'-) :’) :’-) :()
    ;) ;-) (; (-; :* :-* :/ :-/ =/ =| :| :-| :1 :3 :-3 =3 :x :-x :X :-X :p :-p :P :-P :D :-D ;D ;-D =D 8D 8-D
    xD xDD XD XDD :o :-o :O :-O :0 :-0 >:o <3 <33 <333 </3 <.< >.< >.> ;_; \")
    -_- -__- ._. ^_^ ^__^ ^___^ (^_^) (-_-) (._.) (>_<) (*_*) @_@ (¬_¬) (ಠ_ಠ) ಠ_ಠ ಠ︵ಠ
    o_o o_O O_o O_O o_0 0_o 0_0 o.o o.O O.o O.O o.0 0.o 0.0 v.v v_v V.V V_V ¯\(ツ)/¯ ><(((*> (╯°□°）╯︵┻━┻
"""
_WHITESPACE = [" ", "\t", "\\t", "\n", "\\n", "<space>"]
_KEPT_WHOLE = ["\u2014", "'", '\\")', "''", "C++", *(f"{letter}." for letter in ascii_lowercase + "äöü")]


def _base_exceptions() -> dict[str, list[dict[int, str]]]:
    whole = [*_EMOTICONS.split(), *_WHITESPACE, *_KEPT_WHOLE]
    exceptions = {text: [{ORTH: text}] for text in whole}
    exceptions["\xa0"] = [{ORTH: "\xa0", NORM: "  "}]
    for scale in "CFKcfk":
        exceptions[f"°{scale}."] = [{ORTH: "°"}, {ORTH: scale}, {ORTH: "."}]
    return exceptions


BASE_EXCEPTIONS: dict[str, list[dict[int, str]]] = _base_exceptions()


def pieces_of(text: str, tokens: Iterable[TokenAttrs]) -> list[tuple[str, str | None]]:
    """Check one exception and give its pieces as (ORTH, NORM or None).

    Args:
        text: The text that is split.
        tokens: What each piece says, keyed by the names or ids of ORTH and NORM.

    Raises:
        ConfigError: A piece has no ORTH or says more than ORTH and NORM, or the pieces do not spell the text.
    """
    where = f"tokenizer exception {text!r}"
    pieces: list[tuple[str, str | None]] = []
    for token in tokens:
        if not isinstance(token, Mapping):
            raise ConfigError(f'{where}: expected a list such as [{{"ORTH": "a"}}], got {tokens!r:.60}')
        named = {attrs.NAMES.get(key, str(key)) if isinstance(key, int) else key: token[key] for key in token}
        unknown = sorted(set(named) - {"ORTH", "NORM"})
        if unknown:
            raise ConfigError(
                f"{where}: a piece says ORTH and NORM only, got {unknown[0]!r:.80}; leave it out"
            )
        if not named.get("ORTH"):
            raise ConfigError(f"{where}: a piece needs its text, got {dict(token)!r}; write its ORTH")
        pieces.append((named["ORTH"], named.get("NORM")))
    spelled = "".join(orth for orth, _ in pieces)
    if spelled != text or not pieces:
        raise ConfigError(
            f"{where}: its pieces do not spell it, got {spelled!r:.80}; write the same characters"
        )
    return pieces


def update_exc(
    base: Mapping[str, Sequence[TokenAttrs]], *additions: Mapping[str, Sequence[TokenAttrs]]
) -> dict[str, list[TokenAttrs]]:
    """Merge tables of exceptions, later ones winning, with each apostrophe also as a typographic one.

    Args:
        base: The first table; it is left as it is.
        additions: Tables whose texts may hold straight apostrophes.
    """
    merged: dict[str, list[TokenAttrs]] = {text: list(tokens) for text, tokens in base.items()}
    for table in additions:
        merged.update({text: list(tokens) for text, tokens in table.items()})
    for text in [text for text in merged if "'" in text]:
        curly = [_with_typographic_apostrophe(token) for token in merged[text]]
        merged.setdefault(text.replace("'", "’"), curly)
    return merged


def _with_typographic_apostrophe(token: TokenAttrs) -> TokenAttrs:
    """Write the apostrophes of a piece's text, not of its norm, as ’."""
    return {key: value.replace("'", "’") if key in ("ORTH", ORTH) else value for key, value in token.items()}

"""Language-independent tokenizer exceptions, and the helpers to write and check exceptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from kernel.errors import ConfigError
from kernel.text.base import attrs

#: One token of an exception: ORTH, and NORM if it differs from the word's; keys are names or numbers.
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
    """Check an exception and return its pieces as (ORTH, NORM or None).

    Args:
        text: The text that is split.
        tokens: The pieces, with names or numbers of ORTH and NORM as keys.

    Raises:
        ConfigError: A piece has no ORTH or has other attributes, or the pieces do not add up to the text.
    """
    where = f"tokenizer exception {text!r}"
    pieces: list[tuple[str, str | None]] = []
    for token in tokens:
        if not isinstance(token, Mapping):
            raise ConfigError(f'{where}: expected a list such as [{{"ORTH": "a"}}], got {tokens!r:.60}')
        by_name = {
            attrs.NAMES.get(key, str(key)) if isinstance(key, int) else key: token[key] for key in token
        }
        unknown = sorted(set(by_name) - {"ORTH", "NORM"})
        if unknown:
            raise ConfigError(
                f"{where}: a piece can only have ORTH and NORM, got {unknown[0]!r:.80}; leave it out"
            )
        if not by_name.get("ORTH"):
            raise ConfigError(f"{where}: a piece has no text, got {dict(token)!r}; add its ORTH")
        pieces.append((by_name["ORTH"], by_name.get("NORM")))
    joined = "".join(orth for orth, _ in pieces)
    if joined != text or not pieces:
        raise ConfigError(
            f"{where}: the pieces do not add up to the text, got {joined!r:.80}; write the same characters"
        )
    return pieces


def update_exc(
    base: Mapping[str, Sequence[TokenAttrs]], *additions: Mapping[str, Sequence[TokenAttrs]]
) -> dict[str, list[TokenAttrs]]:
    """Merge tables of exceptions, later ones taking precedence, and add variants with typographic apostrophes.

    Args:
        base: The first table; it is not changed.
        additions: Further tables.
    """
    merged: dict[str, list[TokenAttrs]] = {text: list(tokens) for text, tokens in base.items()}
    for table in additions:
        merged.update({text: list(tokens) for text, tokens in table.items()})
    for text in [text for text in merged if "'" in text]:
        curly = [_with_typographic_apostrophe(token) for token in merged[text]]
        merged.setdefault(text.replace("'", "’"), curly)
    return merged


def _with_typographic_apostrophe(token: TokenAttrs) -> TokenAttrs:
    """Replace the apostrophes in a piece's text, but not in its norm, by ’."""
    return {key: value.replace("'", "’") if key in ("ORTH", ORTH) else value for key, value in token.items()}

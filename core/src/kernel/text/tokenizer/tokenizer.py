"""The rule-based tokenizer: text in, `Doc` out, and the text can always be had back.

Text is cut at whitespace into chunks, and each distinct chunk is taken apart once (`tokenizer_rules`). What it became
is kept as bytes, one int32 code a token, so that a text is a dictionary look-up per chunk and one join. A code is

    lexeme row << 2 | 0 | space follows         an ordinary token
    index << 2      | 2 | space follows         a token whose norm an exception gives: a place in `normed`
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

import numpy as np
import numpy.typing as npt

from kernel.errors import DataError
from kernel.system.files import regular
from kernel.text.doc.doc import Doc
from kernel.text.gold.example import Example
from kernel.text.gold.tokenization_score import score_tokenization
from kernel.text.tokenizer.language_defaults import Defaults
from kernel.text.tokenizer.punctuation import compile_infix_regex, compile_prefix_regex, compile_suffix_regex
from kernel.text.tokenizer.tokenizer_exceptions import NORM, ORTH, TokenAttrs, pieces_of
from kernel.text.tokenizer.tokenizer_file import rules_from_json, rules_to_json
from kernel.text.tokenizer.tokenizer_rules import FindAll, Piece, Search, TokenRules, chunks_of
from kernel.text.vocab.vocab import Vocab

Codes = npt.NDArray[np.int32]

_CHUNKS_KEPT = 1 << 17
_LONGEST_KEPT = 64

_Rule = TypeVar("_Rule")


class _CodesOfChunk(dict[str, bytes]):
    """What chunks became; a chunk that is looked up for the first time is taken apart.

    Attributes:
        normed: Rows and norms of tokens whose norm an exception gives.
    """

    def __init__(self, vocab: Vocab, rules: TokenRules) -> None:
        super().__init__()
        self.normed: list[tuple[int, int]] = []
        self._vocab, self._rules = vocab, rules
        # How many words had come when each chunk, and each token with a norm, was added.
        self._n_words, self._n_words_of_normed = array("q"), array("q")

    def __missing__(self, chunk: str) -> bytes:
        pieces = self._rules.split(chunk)
        with self._vocab.strings.lock:
            codes = self.codes(pieces)
            if len(chunk) <= _LONGEST_KEPT and chunk not in self:
                self._n_words.append(self._vocab.lexemes.n_came)
                self[chunk] = codes
        return codes

    def codes(self, pieces: Iterable[Piece]) -> bytes:
        """Store the words of pieces and give them as codes; the lock of the strings is held."""
        codes = array("i")
        for piece in pieces:
            row = self._vocab.row(piece.text)
            if piece.norm is None:
                codes.append(row << 2 | piece.space)
            else:
                codes.append(len(self.normed) << 2 | 2 | piece.space)
                self.normed.append((row, self._vocab.strings.add(piece.norm, allow_transient=False)))
                self._n_words_of_normed.append(self._vocab.lexemes.n_came)
        return codes.tobytes()

    def drop_newer(self, n_words: int) -> None:
        """Drop what may have words before which at least so many had come."""
        if len(self._n_words) != len(self) or len(self._n_words_of_normed) != len(self.normed):
            # Somebody stopped the program between two additions: nothing says which belong together.
            self.clear()
            self.normed.clear()
            del self._n_words[:], self._n_words_of_normed[:]
        while self._n_words and self._n_words[-1] > n_words:
            self._n_words.pop()
            self.popitem()
        while self._n_words_of_normed and self._n_words_of_normed[-1] > n_words:
            self._n_words_of_normed.pop()
            self.normed.pop()


class _ChangeableRule(Generic[_Rule]):
    """One of the tokenizer's functions: setting it forgets what was tokenized with the old one."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, tokenizer: None, owner: type) -> _ChangeableRule[_Rule]: ...
    @overload
    def __get__(self, tokenizer: Tokenizer, owner: type) -> _Rule | None: ...
    def __get__(self, tokenizer: Tokenizer | None, owner: type) -> Any:
        return self if tokenizer is None else getattr(tokenizer._token_rules, self._name)

    def __set__(self, tokenizer: Tokenizer, rule: _Rule | None) -> None:
        setattr(tokenizer._token_rules, self._name, rule)
        tokenizer._forget()


class Tokenizer:
    """Cuts text into tokens by rules; `"".join(token.text_with_ws for token in doc)` is the text.

    Each rule can be set at any time, as callbacks do: `nlp.tokenizer.infix_finditer = pattern.finditer`.
    """

    prefix_search = _ChangeableRule[Search]()
    suffix_search = _ChangeableRule[Search]()
    infix_finditer = _ChangeableRule[FindAll]()
    token_match = _ChangeableRule[Search]()
    url_match = _ChangeableRule[Search]()

    def __init__(
        self,
        vocab: Vocab,
        rules: Mapping[str, Sequence[TokenAttrs]] | None = None,
        prefix_search: Search | None = None,
        suffix_search: Search | None = None,
        infix_finditer: FindAll | None = None,
        token_match: Search | None = None,
        url_match: Search | None = None,
    ) -> None:
        """Make a tokenizer; with a vocabulary alone it cuts at whitespace.

        Args:
            vocab: Where the words of its documents are.
            rules: Exceptions: for a text the tokens that it becomes.
            prefix_search: Finds what is taken off the start of a chunk.
            suffix_search: Finds what is taken off its end.
            infix_finditer: Finds all places where the rest is split.
            token_match: Says what is kept whole whatever affixes it has.
            url_match: Says what is kept whole once affixes are off.
        """
        self._vocab = vocab
        self._token_rules = TokenRules(prefix_search, suffix_search, infix_finditer, token_match, url_match)
        self.rules = rules or {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Tokenizer:
        """Copy the rules and remember chunks anew: those of now may have newer words than the copied vocabulary."""
        copied = memo[id(self)] = type(self).__new__(type(self))
        state = {
            name: value for name, value in vars(self).items() if name not in ("_codes_of", "_generation")
        }
        vars(copied).update(deepcopy(state, memo))
        copied._start_over()
        return copied

    @classmethod
    def from_defaults(cls, vocab: Vocab, defaults: type[Defaults]) -> Tokenizer:
        """Make the tokenizer of a language from its rules."""
        prefixes, suffixes, infixes = defaults.prefixes, defaults.suffixes, defaults.infixes
        return cls(
            vocab,
            rules=defaults.tokenizer_exceptions,
            prefix_search=compile_prefix_regex(prefixes).search if prefixes else None,
            suffix_search=compile_suffix_regex(suffixes).search if suffixes else None,
            infix_finditer=compile_infix_regex(infixes).finditer if infixes else None,
            # A plain function in a class body would come as a method of an instance: the class gives it as it is.
            token_match=defaults.token_match,
            url_match=defaults.url_match,
        )

    def __call__(self, text: str) -> Doc:
        """Tokenize one text."""
        return self._tokenize([text])[0]

    def pipe(self, texts: Iterable[str], batch_size: int = 64) -> Iterator[Doc]:
        """Tokenize many texts.

        Args:
            texts: The texts, in any number.
            batch_size: So many are read ahead and made documents together, whose columns share memory.
        """
        stream = iter(texts)
        while batch := list(islice(stream, batch_size)):
            yield from self._tokenize(batch)

    @property
    def vocab(self) -> Vocab:
        """Where the words of its documents are."""
        return self._vocab

    @vocab.setter
    def vocab(self, vocab: Vocab) -> None:
        self._vocab = vocab
        self._forget()

    @property
    def rules(self) -> dict[str, list[TokenAttrs]]:
        """The exceptions: for a text the tokens that it becomes, each with ORTH and perhaps NORM."""
        return {
            text: [{ORTH: orth} if norm is None else {ORTH: orth, NORM: norm} for orth, norm in pieces]
            for text, pieces in self._token_rules.exceptions.items()
        }

    @rules.setter
    def rules(self, rules: Mapping[str, Sequence[TokenAttrs]]) -> None:
        self._token_rules.exceptions = {text: pieces_of(text, tokens) for text, tokens in rules.items()}
        self._forget()

    def add_special_case(self, string: str, token_attrs: Sequence[TokenAttrs]) -> None:
        """Add an exception.

        Args:
            string: The text, whitespace allowed.
            token_attrs: The tokens that it becomes: their ORTH, which together spell the text, and perhaps NORM.
        """
        self._token_rules.exceptions[string] = pieces_of(string, token_attrs)
        self._forget()

    def find_prefix(self, string: str) -> int:
        """Length of the prefix that would be taken off, 0 if none."""
        return self._token_rules.prefix_length(string, 0, len(string))

    def find_suffix(self, string: str) -> int:
        """Length of the suffix that would be taken off, 0 if none."""
        return self._token_rules.suffix_length(string, 0, len(string))

    def find_infix(self, string: str) -> list[re.Match[str]]:
        """Every infix of a text."""
        return list(self.infix_finditer(string)) if self.infix_finditer is not None else []

    def explain(self, text: str) -> list[tuple[str, str]]:
        """Say which rule made each token that is not whitespace.

        Returns:
            Pairs of rule and token: PREFIX, SUFFIX, INFIX, TOKEN, TOKEN_MATCH, URL_MATCH, or SPECIAL- with the place
            of the token in its exception.
        """
        return [
            (piece.rule, piece.text) for piece in self._token_rules.tokens(text) if not piece.text.isspace()
        ]

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score the tokens of examples whose predicted side it has made; see `Scorer.score_tokenization`."""
        return score_tokenization(examples, **kwargs)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Write the rules and exceptions as JSON; the vocabulary is saved by whoever owns it.

        Raises:
            ConfigError: A rule is a function that is not the method of a compiled pattern.
        """
        return rules_to_json(self._token_rules, exclude).encode("utf8", "surrogatepass")

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Tokenizer:
        """Read rules and exceptions that `to_bytes` wrote."""
        self._token_rules = rules_from_json(bytes_data, self._token_rules, exclude, "tokenizer")
        self._forget()
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write the rules and exceptions into a file of JSON."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Tokenizer:
        """Read rules and exceptions that `to_disk` wrote.

        Raises:
            DataError: The file cannot be read as a tokenizer.
        """
        try:
            data = regular(path).read_bytes()
        except OSError as error:
            raise DataError(f"{path}: the tokenizer cannot be read, got {error.strerror!r:.80}") from error
        self._token_rules = rules_from_json(data, self._token_rules, exclude, str(path))
        self._forget()
        return self

    def _forget(self) -> None:
        """Drop everything that the rules or the vocabulary of before made."""
        self._token_rules.forget()
        self._start_over()

    def _start_over(self) -> _CodesOfChunk:
        """Remember chunks anew, in a new object: other threads may be reading the old one."""
        self._generation = self._vocab.lexemes.generation
        self._codes_of = _CodesOfChunk(self._vocab, self._token_rules)
        return self._codes_of

    def _tokenize(self, texts: Sequence[str]) -> list[Doc]:
        def docs() -> list[Doc]:
            codes_of = self._current_codes()
            return self._docs([self._encode(text, codes_of) for text in texts], codes_of.normed)

        memory = self._vocab.memory
        memory.tidy()
        return memory.undisturbed(docs)

    def _current_codes(self) -> _CodesOfChunk:
        """What chunks became, without those with words that the vocabulary forgot."""
        lexemes, codes_of = self._vocab.lexemes, self._codes_of
        if self._generation == lexemes.generation and len(codes_of) <= _CHUNKS_KEPT:
            return codes_of
        with self._vocab.strings.lock:
            # Another thread may have seen to it.
            if len(self._codes_of) > _CHUNKS_KEPT:
                return self._start_over()
            self._codes_of.drop_newer(lexemes.freed_from(self._generation))
            self._generation = lexemes.generation
            return self._codes_of

    def _encode(self, text: str, codes_of: _CodesOfChunk) -> bytes:
        """Tokenize a text into codes."""
        if not isinstance(text, str):
            raise DataError(f"tokenizer: a text is expected, got {text!r:.80}; give a str")
        spaced = self._token_rules.spaced_exceptions
        if spaced is not None and spaced.search(text):
            pieces = self._token_rules.tokens(text)
            with self._vocab.strings.lock:
                return codes_of.codes(pieces)
        return b"".join(map(codes_of.__getitem__, chunks_of(text)))

    def _docs(self, encoded: list[bytes], normed_tokens: list[tuple[int, int]]) -> list[Doc]:
        """Make documents of the codes of several texts."""
        codes = np.frombuffer(b"".join(encoded), dtype=np.int32)
        rows, spaces = codes >> 2, (codes & 1).astype(bool)
        (normed,) = np.nonzero(codes & 2)
        norms: npt.NDArray[np.uint64] | None = None
        if len(normed):
            chosen = [normed_tokens[i] for i in rows[normed].tolist()]
            norms = np.zeros(len(codes), dtype=np.uint64)
            norms[normed] = [norm for _, norm in chosen]
            rows[normed] = [row for row, _ in chosen]
        docs = []
        start = 0
        for text in encoded:
            end = start + len(text) // 4
            doc = Doc.from_rows(self._vocab, rows[start:end], spaces[start:end])
            if norms is not None and norms[start:end].any():
                doc.set_column("NORM", norms[start:end])
            docs.append(doc)
            start = end
        return docs


def tokenizer_factory() -> Callable[[Any], Tokenizer]:
    """Make the tokenizer of a pipeline from its language's rules (`kernel.Tokenizer.v1`)."""

    def tokenizer(nlp: Any) -> Tokenizer:
        return Tokenizer.from_defaults(nlp.vocab, nlp.Defaults)

    return tokenizer

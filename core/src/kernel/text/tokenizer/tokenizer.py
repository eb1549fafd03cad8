"""The rule-based tokenizer: converts a text to a `Doc` without losing any character.

A text is split at whitespace into chunks, and each distinct chunk is tokenized once (`tokenizer_rules`). The result is
cached as bytes, one int32 code per token, so that tokenizing a text is a dictionary lookup per chunk and one join:

    lexeme row << 2 | 0 | space follows         an ordinary token
    index << 2      | 2 | space follows         a token whose norm an exception sets: an index of `normed`
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

_MAX_CHUNKS = 1 << 17
_MAX_CHUNK_LENGTH = 64

_Rule = TypeVar("_Rule")


class _CodesOfChunk(dict[str, bytes]):
    """Codes by chunk; looking up a new chunk tokenizes it.

    Attributes:
        normed: Rows and norms of tokens whose norm an exception sets.
    """

    def __init__(self, vocab: Vocab, rules: TokenRules) -> None:
        super().__init__()
        self.normed: list[tuple[int, int]] = []
        self._vocab, self._rules = vocab, rules
        # How many words the vocabulary had seen when each chunk, and each token with a norm, was added.
        self._n_words, self._n_words_of_normed = array("q"), array("q")

    def __missing__(self, chunk: str) -> bytes:
        pieces = self._rules.split(chunk)
        with self._vocab.strings.lock:
            codes = self.codes(pieces)
            if len(chunk) <= _MAX_CHUNK_LENGTH and chunk not in self:
                self._n_words.append(self._vocab.lexemes.n_came)
                self[chunk] = codes
        return codes

    def codes(self, pieces: Iterable[Piece]) -> bytes:
        """Store the words of pieces and return their codes; the caller holds the lock of the string store."""
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
        """Drop entries with words that may not be among the first `n_words` of the vocabulary."""
        if len(self._n_words) != len(self) or len(self._n_words_of_normed) != len(self.normed):
            # Ctrl-C interrupted an addition: the lists no longer correspond.
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
    """One of the tokenizer's rule functions; setting it clears the cache."""

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
    """Splits text into tokens by rules; `"".join(token.text_with_ws for token in doc)` is the text.

    Rules can be changed at any time, for example in a callback: `nlp.tokenizer.infix_finditer = pattern.finditer`.
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
        """Create a tokenizer; without rules it splits at whitespace.

        Args:
            vocab: The vocabulary of its documents.
            rules: Exceptions: texts with the tokens they are split into.
            prefix_search: Finds a prefix to split off.
            suffix_search: Finds a suffix to split off.
            infix_finditer: Finds all infixes at which to split.
            token_match: Matches text to keep as one token, before all affix rules.
            url_match: Matches text to keep as one token, after affixes are split off.
        """
        self._vocab = vocab
        self._token_rules = TokenRules(prefix_search, suffix_search, infix_finditer, token_match, url_match)
        self.rules = rules or {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Tokenizer:
        """Copy the rules but not the cache, which may refer to words newer than the copied vocabulary."""
        copied = memo[id(self)] = type(self).__new__(type(self))
        state = {
            name: value for name, value in vars(self).items() if name not in ("_codes_of", "_generation")
        }
        vars(copied).update(deepcopy(state, memo))
        copied._start_over()
        return copied

    @classmethod
    def from_defaults(cls, vocab: Vocab, defaults: type[Defaults]) -> Tokenizer:
        """Create the tokenizer of a language from its defaults."""
        prefixes, suffixes, infixes = defaults.prefixes, defaults.suffixes, defaults.infixes
        return cls(
            vocab,
            rules=defaults.tokenizer_exceptions,
            prefix_search=compile_prefix_regex(prefixes).search if prefixes else None,
            suffix_search=compile_suffix_regex(suffixes).search if suffixes else None,
            infix_finditer=compile_infix_regex(infixes).finditer if infixes else None,
            # Read from the class: read from an instance, a plain function would become a bound method.
            token_match=defaults.token_match,
            url_match=defaults.url_match,
        )

    def __call__(self, text: str) -> Doc:
        """Tokenize one text."""
        return self._tokenize([text])[0]

    def pipe(self, texts: Iterable[str], batch_size: int = 64) -> Iterator[Doc]:
        """Tokenize many texts.

        Args:
            texts: The texts.
            batch_size: Number of texts to tokenize together; their documents' columns share memory.
        """
        stream = iter(texts)
        while batch := list(islice(stream, batch_size)):
            yield from self._tokenize(batch)

    @property
    def vocab(self) -> Vocab:
        """The vocabulary of its documents."""
        return self._vocab

    @vocab.setter
    def vocab(self, vocab: Vocab) -> None:
        self._vocab = vocab
        self._forget()

    @property
    def rules(self) -> dict[str, list[TokenAttrs]]:
        """The exceptions: texts with the tokens they are split into, each with ORTH and perhaps NORM."""
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
            string: The text; it may contain whitespace.
            token_attrs: The tokens it is split into: their ORTH, which joined must equal the text, and perhaps NORM.
        """
        self._token_rules.exceptions[string] = pieces_of(string, token_attrs)
        self._forget()

    def find_prefix(self, string: str) -> int:
        """Return the length of the prefix that would be split off, 0 if there is none."""
        return self._token_rules.prefix_length(string, 0, len(string))

    def find_suffix(self, string: str) -> int:
        """Return the length of the suffix that would be split off, 0 if there is none."""
        return self._token_rules.suffix_length(string, 0, len(string))

    def find_infix(self, string: str) -> list[re.Match[str]]:
        """Return all infixes of a text."""
        return list(self.infix_finditer(string)) if self.infix_finditer is not None else []

    def explain(self, text: str) -> list[tuple[str, str]]:
        """Return which rule produced each non-whitespace token.

        Returns:
            Pairs of rule and token. A rule is PREFIX, SUFFIX, INFIX, TOKEN, TOKEN_MATCH, URL_MATCH, or SPECIAL- with
            the number of the token in its exception.
        """
        return [
            (piece.rule, piece.text) for piece in self._token_rules.tokens(text) if not piece.text.isspace()
        ]

    def score(self, examples: Iterable[Example], **kwargs: Any) -> dict[str, Any]:
        """Score the tokenization of examples; see `Scorer.score_tokenization`."""
        return score_tokenization(examples, **kwargs)

    def to_bytes(self, *, exclude: Iterable[str] = ()) -> bytes:
        """Serialize rules and exceptions as JSON, without the vocabulary.

        Raises:
            ConfigError: A rule is not a method of a compiled pattern.
        """
        return rules_to_json(self._token_rules, exclude).encode("utf8", "surrogatepass")

    def from_bytes(self, bytes_data: bytes, *, exclude: Iterable[str] = ()) -> Tokenizer:
        """Read rules and exceptions from the output of `to_bytes`."""
        self._token_rules = rules_from_json(bytes_data, self._token_rules, exclude, "tokenizer")
        self._forget()
        return self

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Write rules and exceptions to a JSON file."""
        Path(path).write_bytes(self.to_bytes(exclude=exclude))

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> Tokenizer:
        """Read rules and exceptions from a file written by `to_disk`.

        Raises:
            DataError: The file cannot be read, or is not a tokenizer.
        """
        try:
            data = regular(path).read_bytes()
        except OSError as error:
            raise DataError(f"{path}: the tokenizer cannot be read, got {error.strerror!r:.80}") from error
        self._token_rules = rules_from_json(data, self._token_rules, exclude, str(path))
        self._forget()
        return self

    def _forget(self) -> None:
        """Drop everything derived from the previous rules or vocabulary."""
        self._token_rules.forget()
        self._start_over()

    def _start_over(self) -> _CodesOfChunk:
        """Start with an empty cache, in a new object: other threads may be reading the old one."""
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
        """Return the cache without chunks whose words the vocabulary has forgotten."""
        lexemes, codes_of = self._vocab.lexemes, self._codes_of
        if self._generation == lexemes.generation and len(codes_of) <= _MAX_CHUNKS:
            return codes_of
        with self._vocab.strings.lock:
            # Checked again, because another thread may have replaced the cache.
            if len(self._codes_of) > _MAX_CHUNKS:
                return self._start_over()
            self._codes_of.drop_newer(lexemes.freed_from(self._generation))
            self._generation = lexemes.generation
            return self._codes_of

    def _encode(self, text: str, codes_of: _CodesOfChunk) -> bytes:
        """Tokenize a text into codes."""
        if not isinstance(text, str):
            raise DataError(f"tokenizer: expected a text, got {text!r:.80}; give a str")
        spaced = self._token_rules.spaced_exceptions
        if spaced is not None and spaced.search(text):
            pieces = self._token_rules.tokens(text)
            with self._vocab.strings.lock:
                return codes_of.codes(pieces)
        return b"".join(map(codes_of.__getitem__, chunks_of(text)))

    def _docs(self, encoded: list[bytes], normed_tokens: list[tuple[int, int]]) -> list[Doc]:
        """Create documents from the codes of several texts."""
        codes = np.frombuffer(b"".join(encoded), dtype=np.int32)
        rows, spaces = codes >> 2, (codes & 1).astype(bool)
        (normed,) = np.nonzero(codes & 2)
        norms: npt.NDArray[np.uint64] | None = None
        if len(normed):
            entries = [normed_tokens[i] for i in rows[normed].tolist()]
            norms = np.zeros(len(codes), dtype=np.uint64)
            norms[normed] = [norm for _, norm in entries]
            rows[normed] = [row for row, _ in entries]
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
    """Return a function that creates a pipeline's tokenizer from its language (`kernel.Tokenizer.v1`)."""

    def tokenizer(nlp: Any) -> Tokenizer:
        return Tokenizer.from_defaults(nlp.vocab, nlp.Defaults)

    return tokenizer

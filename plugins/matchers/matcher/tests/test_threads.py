"""Several threads match with one matcher, and add rules to it meanwhile."""

from __future__ import annotations

import sharing

from kernel.matcher import DependencyMatcher, Matcher, PhraseMatcher
from kernel.tokens import Doc
from kernel.vocab import Vocab


def test_what_a_thread_adds_it_finds_while_others_add_and_match() -> None:
    vocab = Vocab()
    rules, phrases, trees = Matcher(vocab), PhraseMatcher(vocab, "LOWER"), DependencyMatcher(vocab)

    def add_and_match(thread: int) -> None:
        for i in range(60):
            word, key = f"word{thread}x{i}", f"KEY{thread}x{i}"
            doc = Doc(vocab, ["a", word], heads=[1, 1], deps=["det", "ROOT"])
            rules.add(key, [[{"LOWER": word}]])
            phrases.add(key, [Doc(vocab, [word])])
            trees.add(key, [[{"RIGHT_ID": "root", "RIGHT_ATTRS": {"LOWER": word}}]])
            number = vocab.strings[key]
            assert rules(doc) == phrases(doc) == [(number, 1, 2)]
            assert trees(doc) == [(number, [1])]
            if i % 2:
                phrases.remove(key)
                rules.remove(key)
                assert phrases(doc) == rules(doc) == []

    sharing.in_threads(6, add_and_match)

    assert len(rules) == len(phrases) == 6 * 30


def test_matchers_are_made_ready_once_for_all_threads() -> None:
    vocab = Vocab()
    phrases, rules = PhraseMatcher(vocab, "LOWER"), Matcher(vocab)
    phrases.add("PHRASE", [Doc(vocab, [f"word{i}", "two"]) for i in range(500)])
    rules.add("RULE", [[{"LOWER": "word7"}, {"IS_ALPHA": True}]])

    def match(thread: int) -> None:
        for i in range(100):
            doc = Doc(vocab, ["a", f"WORD{i}", "Two", f"own{thread}x{i}"])
            assert [(start, end) for _, start, end in phrases(doc)] == [(1, 3)]
            assert len(rules(doc)) == (i == 7)

    sharing.in_threads(8, match)

"""Sentence starts by punctuation."""

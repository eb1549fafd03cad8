"""Strings and their hashes, symbols, attributes, trees: what the other rooms of `text` build on."""

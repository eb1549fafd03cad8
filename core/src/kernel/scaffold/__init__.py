"""A new plugin: a distribution that works, with code and tests for each kind, to be changed into one's own."""

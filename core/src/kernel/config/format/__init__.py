"""The text format of a config: parsing, writing, variables, and the source of each value."""

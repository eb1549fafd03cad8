"""The text format of a config: parsing, writing, variables, and where each value stands."""

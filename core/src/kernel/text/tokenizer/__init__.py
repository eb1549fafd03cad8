"""The tokenizer, its rules, exceptions and file format."""

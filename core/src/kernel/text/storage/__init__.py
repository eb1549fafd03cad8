"""`.spacy` files: documents packed, written, streamed and read."""

"""`.spacy` files: pack, write, stream and read documents."""

"""What every plugin exchanges: strings, vocabulary, documents and their views."""

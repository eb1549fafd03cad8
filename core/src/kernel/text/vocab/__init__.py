"""The vocabulary: one row per distinct word, its flags, forms, morphology and lookups."""

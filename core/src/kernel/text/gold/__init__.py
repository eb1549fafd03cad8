"""Gold annotation: examples, alignment of two tokenizations, IOB and BILUO tags."""

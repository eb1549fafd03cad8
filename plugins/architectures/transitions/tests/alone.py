"""One real use of pkg-transitions, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import numpy as np

import kernel
from kernel.config.resolve import resolve

nlp = kernel.blank("xx")
embed = {"@architectures": "kernel.HashEmbedCNN.v1", "pretrained_vectors": None, "width": 8, "depth": 1}
embed |= {"embed_size": 20, "window_size": 1, "maxout_pieces": 2, "subword_features": False}
settings = {"state_type": "ner", "extra_state_tokens": False, "hidden_width": 4, "maxout_pieces": 2, "nO": 5}
config = {"model": {"@architectures": "kernel.TransitionBasedParser.v1", "tok2vec": embed, **settings}}
model = resolve(config, "model")
docs = [nlp("three short words")]
model.initialize(X=docs)

scores = model.predict(docs).predict(np.array([[0, 1, 2], [2, -1, -1]], dtype=np.int32))

assert scores.shape == (2, 5), scores.shape

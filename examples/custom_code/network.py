"""A neural network of one's own for the tagger: hashed words, a window of three, one hidden layer, a softmax."""

from typing import List

from thinc.api import HashEmbed, Maxout, Model, Softmax, chain, expand_window, with_array
from thinc.types import Floats2d

import kernel
from kernel.tokens import Doc


def read_norms(model, docs, is_train):
    """Give the number of each token's norm, as one array for each document; nothing to learn here."""
    return [model.ops.asarray(doc.to_array("NORM").reshape(-1, 1)) for doc in docs], lambda d_norms: []


def create_model(output_width):
    hidden = Maxout(output_width, nP=2, normalize=True)
    scores = chain(HashEmbed(output_width, 2000, column=0), expand_window(1), hidden, Softmax())
    return chain(Model("read_norms", read_norms), with_array(scores))


@kernel.registry.architectures("custom_neural_network.v1")
def MyModel(output_width: int) -> Model[List[Doc], List[Floats2d]]:
    return create_model(output_width)

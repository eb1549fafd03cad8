"""One real use of pkg-batchers, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

from kernel.registry import registry

batch_by_words = registry.batchers.get("kernel.batch_by_words.v1")
batch = batch_by_words(size=4, tolerance=0.0, discard_oversize=False, get_length=len)

batches = list(batch(["one", "a", "be", "it"]))

assert batches == [["one", "a"], ["be", "it"]], batches

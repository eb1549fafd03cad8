"""One real use of pkg-chain, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.registry import registry

seen: list[tuple[str, int]] = []


def logger(name):
    return lambda nlp: (lambda info: seen.append((name, info["step"])), lambda: None)


chain = registry.loggers.get("kernel.ChainLogger.v1")(first=logger("first"), second=logger("second"))
log_step, finalize = chain(kernel.blank("xx"))
log_step({"step": 20})
finalize()

assert seen == [("first", 20), ("second", 20)]

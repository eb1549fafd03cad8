"""One real use of pkg-callbacks, with nothing but the kernel and what it declares beside it."""

from __future__ import annotations

import kernel
from kernel.registry import registry

base = kernel.blank("xx")
base.tokenizer.add_special_case("asap", [{"ORTH": "as"}, {"ORTH": "ap"}])
base.to_disk("base")
nlp = kernel.blank("xx")

registry.callbacks.get("kernel.copy_from_base_model.v1")(tokenizer="base", vocab="base")(nlp)

assert [token.text for token in nlp("asap")] == ["as", "ap"]

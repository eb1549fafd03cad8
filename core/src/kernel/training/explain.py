"""Explain which components own, share and update which weights, without data and without training."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kernel.config.plan import Plan
from kernel.contracts.capabilities import groups_of, is_trainable, layers_of, model_of, shares_output
from kernel.pipeline.components.listeners import KEY, listening_layers, upstreams
from kernel.pipeline.components.pipeline_config import values_of
from kernel.pipeline.language import Language
from kernel.pipeline.learning import create_optimizer
from kernel.pipeline.optim.groups import find, parameters
from kernel.pipeline.run.predict import lacks_params
from kernel.training.assemble import component_names
from kernel.training.frozen_guard import problems


def explain(config: Mapping[str, Any] | Plan) -> dict[str, Any]:
    """Build the pipeline of a config and explain what training would do with its weights.

    Args:
        config: The config, filled or not, or a plan made from it; its data need not exist.

    Returns:
        `components`: one mapping per component, in order (see `Facts.of`); `notes`: likely surprises.
    """
    plan = Plan.of(config)
    with plan.selected():
        nlp = Language.from_config(plan)
        training = values_of(nlp)["training"]
        frozen = component_names(nlp, training["frozen_components"], "frozen_components")
        annotating = component_names(nlp, training["annotating_components"], "annotating_components")
        facts = Facts(nlp, frozen, annotating, create_optimizer(nlp))
        return {
            "components": [facts.of(name) for name in nlp.component_names],
            "notes": [*problems(nlp, frozen), *facts.notes()],
        }


class Facts:
    """What training would do with the components of a pipeline.

    Args:
        nlp: The pipeline.
        frozen: Components that are not updated.
        annotating: Components that annotate while others learn.
        sgd: The optimizer.
    """

    def __init__(self, nlp: Language, frozen: tuple[str, ...], annotating: tuple[str, ...], sgd: Any) -> None:
        self.nlp, self.frozen, self.annotating, self.optimizer = nlp, frozen, annotating, sgd
        self.listens = {
            name: [real for _, real in upstreams(nlp._pipes, name) if real is not None]
            for name in nlp.component_names
        }
        self.owner: dict[tuple[int, str], str] = {}
        for name, component in nlp.components:
            for key, _ in parameters(model_of(component)):
                self.owner.setdefault(key, name)

    def of(self, name: str) -> dict[str, Any]:
        """Return all facts about one component.

        Returns:
            `name`, `factory`; `source` (path and name there, or None); `state` ("learns", "continues", "frozen",
            "disabled", "no weights"); `annotates`; `listens_to`; `heard_by`; `updated_by`: the components whose losses
            update its weights; `shares_weights_with`: components that have the same layers; `n_weights`: number of
            weights, None where that depends on the data; `rates`: learning rate, 0 for none, by
            "index/layer/parameter", of which the patterns of groups see "layer/parameter".
        """
        pipe = self.nlp._pipes.get(name)
        origin = pipe.origin
        learns = self._learns(name)
        return {
            "name": name,
            "factory": pipe.meta.name,
            "source": None if origin is None else {"path": origin.path, "component": origin.name},
            "state": self._state(name),
            "annotates": name in self.annotating,
            "listens_to": self.listens[name],
            "heard_by": self.heard_by(name),
            "updated_by": self.updated_by(name),
            "shares_weights_with": self._shares(name),
            "n_weights": _n_weights(pipe.component),
            "rates": {
                f"{index}/{param}": self._rate(key, param) if learns else 0.0
                for index, key, param in _parameters_of(pipe.component)
            },
        }

    def heard_by(self, name: str) -> list[str]:
        """Return the components that listen to a component."""
        return [other for other, upstream in self.listens.items() if name in upstream]

    def updated_by(self, name: str) -> list[str]:
        """Return the components whose losses update a component: itself, or its listeners that learn."""
        if not self._learns(name):
            return []
        component = self.nlp.get_pipe(name)
        if not shares_output(component):
            return [name]
        return [other for other in self.heard_by(name) if self._learns(other)]

    def notes(self) -> Iterator[str]:
        """Yield likely surprises, one message each."""
        for name in self.nlp.pipe_names:
            shares = shares_output(self.nlp.get_pipe(name))
            if shares and self._learns(name) and not self.updated_by(name):
                why = "none of its listeners learns" if self.heard_by(name) else "it has no listeners"
                yield f"[components.{name}]: its weights are never updated, because {why}; point a listener to it"
            for upstream, real in upstreams(self.nlp._pipes, name):
                if what := self._unheard(name, upstream, real):
                    yield f"[components.{name}]: listens to {upstream!r}, {what}"
        for group in groups_of(self.optimizer):
            named = [(name, model_of(one)) for name, one in self.nlp.pipeline]
            if not any(find([group], name, param) for name, model in named for _, param in parameters(model)):
                yield f"[training.optimizer.groups.{group.name}]: no parameter matches it"

    def _unheard(self, name: str, upstream: str, real: str | None) -> str:
        """Return why a component cannot listen to an upstream component; empty where it can."""
        if real is None:
            return "but no component of that name comes before it"
        shared = self.nlp.get_pipe(real)
        if not shares_output(shared):
            return "which shares no output; name a component that does, such as a tok2vec"
        if real not in self.nlp.pipe_names:
            return f"but {real!r} is disabled; enable it, or disable {name!r} too"
        listening = (
            layer for layer in listening_layers(self.nlp.get_pipe(name)) if layer.attrs[KEY] == upstream
        )
        widths = {_width(layer) for layer in listening} - {None}
        width = _width(model_of(shared))
        if width is not None and widths - {width}:
            return f"which has width {width}, with width {widths.pop()}; set both to the same number"
        return ""

    def _learns(self, name: str) -> bool:
        return (
            is_trainable(self.nlp.get_pipe(name)) and name in self.nlp.pipe_names and name not in self.frozen
        )

    def _state(self, name: str) -> str:
        if name not in self.nlp.pipe_names:
            return "disabled"
        if name in self.frozen:
            return "frozen"
        if not self._learns(name):
            return "no weights"
        return "continues" if self.nlp._pipes.get(name).origin is not None else "learns"

    def _shares(self, name: str) -> list[str]:
        mine = {key for key, _ in parameters(model_of(self.nlp.get_pipe(name)))}
        return [
            other
            for other, component in self.nlp.components
            if other != name and any(key in mine for key, _ in parameters(model_of(component)))
        ]

    def _rate(self, key: tuple[int, str], param: str) -> float:
        # Weights that two components share get the learning rate of their first owner.
        group = find(groups_of(self.optimizer), self.owner[key], param)
        rate = getattr(self.optimizer, group.attribute if group else "learn_rate", 0.0)
        return float(rate)


def _width(model: Any) -> int | None:
    """Return the output width of a layer; None where it depends on the data."""
    is_set = hasattr(model, "maybe_get_dim") and model.has_dim("nO")
    return int(model.get_dim("nO")) if is_set else None


def _parameters_of(component: Any) -> Iterator[tuple[int, tuple[int, str], str]]:
    """Yield for each parameter the index of its layer in the model, its key and its "layer/parameter"."""
    for index, node in enumerate(layers_of(component)):
        yield from ((index, (node.id, name), f"{node.name}/{name}") for name in node.param_names)


def _n_weights(component: Any) -> int | None:
    """Count the weights of a component; None before its parameters have shapes."""
    model = model_of(component)
    if model is None or not hasattr(model, "walk"):
        return 0
    if lacks_params(component):
        return None
    nodes = [(node, name) for node in model.walk() for name in node.param_names if node.has_param(name)]
    return int(sum(node.get_param(name).size for node, name in nodes))


def as_lines(explained: Mapping[str, Any], *, weights: bool = False) -> Iterator[str]:
    """Yield an explanation as lines of text, a paragraph for each component.

    Args:
        explained: The result of `explain`.
        weights: Whether to list every parameter with its learning rate.
    """
    for facts in explained["components"]:
        yield f"{facts['name']} ({facts['factory']}): {facts['state']}"
        yield from (f"    {line}" for line in _lines(facts, weights))
    for note in explained["notes"]:
        yield f"! {note}"


def _lines(facts: Mapping[str, Any], weights: bool) -> Iterator[str]:
    if facts["source"] is not None:
        yield f"comes from {facts['source']['path']}, {facts['source']['component']!r} there, with its weights"
    if facts["rates"]:
        count = facts["n_weights"]
        size = "sized by the data" if count is None else f"{count:,} numbers"
        yield f"owns {len(facts['rates'])} weight arrays, {size}"
    for key, phrase in (
        ("listens_to", "listens to"),
        ("heard_by", "is heard by"),
        ("shares_weights_with", "shares layers with"),
    ):
        if facts[key]:
            yield f"{phrase} {', '.join(facts[key])}"
    if facts["annotates"]:
        yield "annotates the examples for later components during training"
    if facts["rates"]:
        losses = ", ".join(
            "its own loss" if one == facts["name"] else f"the loss of {one}" for one in facts["updated_by"]
        )
        yield f"is updated by {losses or 'no loss'}"
    if facts["updated_by"]:
        rates = sorted(set(facts["rates"].values()), reverse=True)
        yield f"learning rate {', '.join(f'{rate:g}' for rate in rates)}"
    if weights:
        yield from (f"{param}  {rate:g}" for param, rate in facts["rates"].items())

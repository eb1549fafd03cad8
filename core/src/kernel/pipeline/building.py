"""From a config to a pipeline: the language, its vocabulary, the components one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from kernel.config import Config, check_config, combine_score_weights, fill_config
from kernel.config.blocks import BlockCheck
from kernel.config.fill import FACTORY_ARGUMENTS
from kernel.config.mistakes import Mistakes
from kernel.config.resolve import call, resolve, resolve_value
from kernel.errors import ConfigError, KernelError
from kernel.pipeline import callbacks, restoring
from kernel.pipeline.factories import factory_name, find_factory, find_meta
from kernel.pipeline.ops import kernel_ops
from kernel.pipeline.pipes import Pipe, Pipes
from kernel.registry import registry
from kernel.text.defaults import lexical_getters
from kernel.text.vocab import Vocab

Names = str | Iterable[str]


def get_lang_class(lang: str) -> Any:
    """Find the class of a language by its code.

    Raises:
        UnknownName: No installed plugin gives the language.
    """
    return registry.get("languages", lang)


def language_vocab(
    language: Any, vocab: Vocab | bool, create_vectors: Callable[[Vocab], Any] | None
) -> Vocab:
    """Give a language its vocabulary: the one given, or a new one.

    Args:
        language: The language class.
        vocab: A vocabulary to share; True for a new one.
        create_vectors: Gives a new vocabulary its table of vectors.
    """
    if isinstance(vocab, Vocab):
        if vocab.lang and language.lang and vocab.lang != language.lang:
            raise ConfigError(
                f"{language.__name__}: expected a vocabulary of {language.lang!r}, got one of {vocab.lang!r}"
            )
        return vocab
    if vocab is not True:
        raise ConfigError(f"{language.__name__}: vocab must be a Vocab or True for a new one, got {vocab!r}")
    new = Vocab(
        lex_attr_getters=lexical_getters(language.Defaults),
        lang=language.lang,
        writing_system=language.Defaults.writing_system,
    )
    if create_vectors is not None:
        new.vectors = create_vectors(new)
    return new


def from_config(
    language: Any,
    config: Mapping[str, Any],
    *,
    vocab: Vocab | bool = True,
    disable: Names = (),
    enable: Names = (),
    exclude: Names = (),
    meta: Mapping[str, Any] | None = None,
    auto_fill: bool = True,
    validate: bool = True,
) -> Any:
    """Build a pipeline; see `Language.from_config`."""
    if not isinstance(config.get("nlp"), Mapping):
        raise ConfigError(f"[nlp]: the config has no such section, got {list(config)}; add it with lang")
    language = _language_of(language, config["nlp"].get("lang"))
    raw = _complete(language, config, auto_fill)
    if validate:
        check_config(raw)
    plain = raw.interpolate()
    section = resolve(plain, "nlp")
    language = callbacks.before_creation(section.get("before_creation"), language)
    nlp = language(
        vocab=vocab,
        create_tokenizer=section.get("tokenizer"),
        create_vectors=section.get("vectors"),
        meta=meta,
        batch_size=section.get("batch_size", 1000),
    )
    nlp.config = raw
    nlp = callbacks.after_creation(section.get("after_creation"), nlp)
    _add_components(nlp, raw, plain, _names(exclude))
    _switch_off(nlp, [*plain["nlp"].get("disabled", ()), *_names(disable)], _names(enable))
    return callbacks.after_creation(section.get("after_pipeline_creation"), nlp, "after_pipeline_creation")


def check_factory_name(factory: object) -> None:
    """Raise when a function stands where the name of a factory belongs."""
    if not isinstance(factory, str):
        raise ConfigError(
            f"nlp.add_pipe: expected the name of a factory, got {factory!r}; declare the function with "
            "@Language.component('name') and add it by that name"
        )


def new_pipe(
    nlp: Any,
    factory: str,
    name: str | None,
    config: Mapping[str, Any] | None,
    raw_config: Mapping[str, Any] | None,
    validate: bool,
) -> Pipe:
    """Make a component from its settings.

    Args:
        nlp: The pipeline that it is for.
        factory: The factory's name.
        name: The component's name; the factory's when None.
        config: Its settings; complete when `raw_config` is given, over the defaults otherwise.
        raw_config: The same with variables kept.
        validate: Whether the settings are checked first.
    """
    check_factory_name(factory)
    name = name or factory
    if config is not None and not isinstance(config, Mapping):
        raise ConfigError(f"[components.{name}]: expected settings as a dictionary, got {config!r}")
    given = {"factory": factory, **{key: value for key, value in (config or {}).items() if key != "factory"}}
    meta = _stated(nlp.lang, factory, name)
    if raw_config is None:
        raw_config, given = _filled_block(nlp, name, given)
    if validate:
        _check_block(nlp.lang, name, given)
    component = _component(nlp, name, given, getattr(nlp.config, "sources", {}))
    return Pipe(name, component, meta, {**deepcopy(dict(raw_config)), "factory": factory})


def sourced_pipe(nlp: Any, source: Any, source_name: str, name: str) -> Pipe:
    """Copy a component of another pipeline, with its weights and its settings there."""
    if not (hasattr(source, "get_pipe_config") and hasattr(source, "vocab")):
        raise ConfigError(
            f"nlp.add_pipe: source must be a pipeline, got {source!r}; load one with kernel.load(path)"
        )
    original = source.get_pipe(source_name)
    block = source.config.interpolate()["components"][source_name]
    pipe = new_pipe(nlp, block["factory"], name, block, block, validate=False)
    for string in source.vocab.strings:
        nlp.vocab.strings.add(string)
    if hasattr(original, "to_bytes"):
        pipe.component.from_bytes(original.to_bytes())  # type: ignore[attr-defined]
    return pipe


def from_folder(
    path: str | os.PathLike[str],
    *,
    vocab: Vocab | bool = True,
    disable: Names = (),
    enable: Names = (),
    exclude: Names = (),
    overrides: Mapping[str, Any] | None = None,
) -> Any:
    """Load a saved pipeline; see `kernel.load`."""
    folder = Path(path)
    config, meta = restoring.read_description(folder, overrides or {})
    with restoring.explained(folder, meta):
        nlp = from_config(
            get_lang_class(config["nlp"]["lang"]),
            config,
            vocab=vocab,
            disable=disable,
            enable=enable,
            exclude=exclude,
            meta=meta,
            auto_fill=False,
            validate=False,
        )
    restoring.from_disk(nlp, folder, exclude=[*_names(exclude), "config", "meta"])
    nlp.path = folder
    return nlp


def own_config(config: Mapping[str, Any]) -> Config:
    """Copy a config with its variables and the places of its values."""
    own = Config(deepcopy(dict(config)), is_interpolated=getattr(config, "is_interpolated", False))
    own.sources = dict(getattr(config, "sources", {}))
    return own


def default_config(language: Any) -> Config:
    """The config of a language without components."""
    return _complete(language, {"nlp": {"lang": language.lang}}, auto_fill=True)


def write_components(config: Config, lang: str, pipes: Pipes, scored: set[str]) -> Config:
    """Bring a pipeline's config up to date with its components.

    Args:
        config: The config, changed in place.
        lang: The language's code.
        pipes: The components.
        scored: Those whose score weights the config has taken in already; completed.
    """
    config.setdefault("nlp", {}).update(
        lang=lang,
        pipeline=pipes.names,
        disabled=[name for name in pipes.names if name in pipes.disabled],
    )
    config["components"] = {pipe.name: pipe.config for pipe in pipes}
    if not set(pipes.names) <= scored:
        training = config.setdefault("training", {})
        held = training.get("score_weights") or {}
        # Weights that nobody changed are made anew; a user's own stay over those of the components.
        own = {} if held == _combined(pipes, scored) else held
        training["score_weights"] = _combined(pipes, pipes.names, own)
        scored.update(pipes.names)
    return config


def _combined(
    pipes: Pipes, names: Container[str], own: Mapping[str, float | None] | None = None
) -> dict[str, float | None]:
    return combine_score_weights(
        (pipe.meta.default_score_weights for pipe in pipes if pipe.name in names), own
    )


def optimizer(nlp: Any) -> Any:
    """Make the optimizer of a pipeline's [training.optimizer]."""
    with kernel_ops():
        return resolve(nlp.config, "training.optimizer")


def _language_of(language: Any, lang: Any) -> Any:
    if not language.lang:
        return get_lang_class(lang)
    if lang not in (None, language.lang):
        raise ConfigError(
            f"[nlp] lang: expected {language.lang!r} for {language.__name__}, got {lang!r}; "
            "take the class of that language, or Language itself"
        )
    return language


def _complete(language: Any, config: Mapping[str, Any], auto_fill: bool) -> Config:
    own = own_config(config)
    own["nlp"]["lang"] = language.lang
    if not auto_fill:
        return own
    return fill_config(Config(deepcopy(dict(language.Defaults.config)), is_interpolated=False).merge(own))


def _add_components(nlp: Any, raw: Config, plain: Config, exclude: Iterable[str]) -> None:
    sources: dict[str, Any] = {}
    for name in plain["nlp"].get("pipeline", ()):
        if name in exclude:
            continue
        block = plain.get("components", {}).get(name)
        if not isinstance(block, Mapping):
            raise ConfigError(
                f"[nlp] pipeline: this component has no section, got {name!r}; add [components.{name}]"
            )
        if "source" in block:
            path = str(block["source"])
            sources[path] = sources.get(path) or from_folder(path)
            nlp.add_pipe(block.get("component", name), name=name, source=sources[path])
        elif "factory" in block:
            raw_block = raw["components"][name]
            nlp.add_pipe(block["factory"], name=name, config=block, raw_config=raw_block, validate=False)
        else:
            raise ConfigError(f"[components.{name}]: a component needs a factory or a source, got neither")


def _switch_off(nlp: Any, disable: list[str], enable: list[str]) -> None:
    off = [name for name in nlp.component_names if name not in enable] if enable else []
    both = sorted(set(disable) & set(enable))
    if both:
        raise ConfigError(f"pipeline: both enabled and disabled, got {', '.join(map(repr, both))}")
    for name in {*disable, *off}:
        if name in nlp.component_names:
            nlp.disable_pipe(name)


def _stated(lang: str, factory: str, name: str) -> Any:
    try:
        return find_meta(lang, factory)
    except KernelError as error:
        reason = str(error).removeprefix("factories: ")
        raise type(error)(f"[components.{name}] factory: {reason}") from error


def _filled_block(nlp: Any, name: str, block: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Complete a component's block with all defaults: with variables, and without."""
    config = Config(deepcopy(dict(nlp.config)), is_interpolated=False)
    config["nlp"]["pipeline"] = [*config["nlp"]["pipeline"], name]
    config["components"][name] = {**block, "factory": factory_name(nlp.lang, block["factory"])}
    filled = fill_config(config)
    raw, plain = filled["components"][name], filled.interpolate()["components"][name]
    return dict(raw), {**plain, "factory": block["factory"]}


def _check_block(lang: str, name: str, block: Mapping[str, Any]) -> None:
    mistakes = Mistakes({})
    arguments = {key: value for key, value in block.items() if key != "factory"}
    registered = factory_name(lang, block["factory"])
    path = f"components.{name}"
    BlockCheck(mistakes).check_call(path, "factories", registered, arguments, "factory", FACTORY_ARGUMENTS)
    mistakes.raise_all()


def _component(
    nlp: Any, name: str, block: Mapping[str, Any], sources: Mapping[str, Any]
) -> Callable[..., Any]:
    section = f"components.{name}"
    settings = {key: value for key, value in block.items() if key != "factory"}
    factory = find_factory(nlp.lang, block["factory"])
    with kernel_ops():
        arguments = {**resolve_value(settings, section, sources), "name": name}
        component = call(factory, arguments, name=block["factory"], section=section, sources=sources, nlp=nlp)
    if not callable(component):
        raise ConfigError(
            f"[{section}]: a component must be callable with a Doc, got {component!r} from factory "
            f"{block['factory']!r}; return the component from it"
        )
    return component  # type: ignore[no-any-return]


def _names(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else list(names)

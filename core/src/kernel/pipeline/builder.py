"""Build a pipeline from a config or a saved folder: language, vocabulary, then the components in order.

Single components are created by `components.component_factory`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from kernel.config import Config, Plan, check_config
from kernel.config.block_tree import follow_section
from kernel.config.check import check_filled
from kernel.config.code import Code
from kernel.config.fill import fill_selected
from kernel.config.format.document import own_config
from kernel.config.format.parsing import copied
from kernel.config.plugin_choice import plugins_of
from kernel.config.resolve import resolve, resolve_value
from kernel.errors import ConfigError, UnknownName, did_you_mean
from kernel.pipeline.components import callbacks
from kernel.pipeline.components.pipeline_config import PipelineConfig, combined_weights
from kernel.pipeline.components.sourcing import Sources, check_vectors
from kernel.pipeline.saving import integrity, restoring, user_code
from kernel.registry import registry
from kernel.text.tokenizer.language_defaults import lexical_getters
from kernel.text.vocab.vocab import Vocab

Names = str | Iterable[str]


def get_lang_class(lang: str) -> Any:
    """Return the class of a language by its code.

    Raises:
        UnknownName: No installed plugin provides the language.
    """
    return registry.get("languages", lang)


def language_vocab(
    language: Any, vocab: Vocab | bool, create_vectors: Callable[[Vocab], Any] | None
) -> Vocab:
    """Return the vocabulary for a pipeline: a shared one, or a new one.

    Args:
        language: The language class.
        vocab: A vocabulary to share; True for a new one.
        create_vectors: Creates the vectors table of a new vocabulary.
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
        get_noun_chunks=language.Defaults.syntax_iterators.get("noun_chunks"),
    )
    if create_vectors is not None:
        new.vectors = create_vectors(new)
    return new


def language_tokenizer(language: Any) -> Any:
    """Return the function that creates a language's tokenizer, from its default config or the general tokenizer."""
    block = language.Defaults.config.get("nlp", {}).get("tokenizer") or {"@tokenizers": "kernel.Tokenizer.v1"}
    return resolve_value(block, "nlp.tokenizer")


def from_config(
    language: Any,
    config: Mapping[str, Any] | Plan,
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
    raw = config.config if isinstance(config, Plan) else config
    if not isinstance(raw.get("nlp"), Mapping):
        raise ConfigError(f"[nlp]: the config has no such section, got {list(raw)}; add it, with lang")
    with plugins_of(raw):
        language = _language_of(language, raw["nlp"].get("lang"))
        plan = config if isinstance(config, Plan) else _planned(language, config, auto_fill, validate)
        return _build(
            language,
            plan,
            vocab=vocab,
            disable=_names(disable),
            enable=_names(enable),
            exclude=_names(exclude),
            meta=meta,
        )


def _planned(language: Any, config: Mapping[str, Any], auto_fill: bool, validate: bool) -> Plan:
    # The other sections, for training only, may refer to plugins that are not installed here.
    sections = ("plugins", "nlp", "components")
    complete = _complete(language, config, auto_fill)
    if validate and auto_fill:
        return Plan(complete, complete, check_filled(complete, complete, sections=sections))
    if validate:
        check_config(complete, sections=sections)
    return Plan(complete, complete, complete.interpolate())


def _build(
    language: Any,
    plan: Plan,
    *,
    vocab: Vocab | bool,
    disable: list[str],
    enable: list[str],
    exclude: list[str],
    meta: Mapping[str, Any] | None,
) -> Any:
    raw, plain = plan.config, plan.values
    section = resolve(plain, "nlp")
    language = callbacks.before_creation(callbacks.resolved_function(section, "before_creation"), language)
    nlp = language(
        vocab=vocab,
        create_tokenizer=callbacks.resolved_function(section, "tokenizer", "tokenizers"),
        create_vectors=callbacks.resolved_function(section, "vectors", "vectors"),
        meta=meta,
        batch_size=section.get("batch_size", 1000),
    )
    nlp._settings = PipelineConfig(raw, plain)
    nlp = callbacks.after_creation(callbacks.resolved_function(section, "after_creation"), nlp)
    # Score weights of sourced components are added once all are present, unless the user has set the weights.
    settings = nlp._settings
    scored, settings.scored = settings.scored, {*plain["nlp"].get("pipeline", ())}
    _add_components(nlp, raw, plain, exclude)
    if raw.get("training", {}).get("score_weights") in (None, {}, combined_weights(nlp._pipes, scored)):
        settings.scored = scored
    # Components enabled by the call override those disabled in the config.
    saved = [name for name in plain["nlp"].get("disabled", ()) if name not in enable]
    _disable(nlp, saved, disable, enable)
    changes = callbacks.resolved_function(section, "after_pipeline_creation")
    return callbacks.after_creation(changes, nlp, "after_pipeline_creation")


def from_folder(
    path: str | os.PathLike[str],
    *,
    vocab: Vocab | bool = True,
    disable: Names = (),
    enable: Names = (),
    exclude: Names = (),
    overrides: Mapping[str, Any] | None = None,
    run_code: bool = False,
    verify: bool = True,
) -> Any:
    """Load a saved pipeline; see `kernel.load`."""
    folder = restoring.located(path)
    restoring.check_files(folder)
    config, meta = restoring.read_description(folder, overrides or {})
    files = [] if user_code.FOLDER in _names(exclude) else user_code.read(folder, meta)
    with restoring.verified(folder, meta, _names(exclude), verify):
        return _loaded(
            folder,
            config,
            meta,
            files,
            vocab=vocab,
            disable=disable,
            enable=enable,
            exclude=_names(exclude),
            run_code=run_code,
        )


def _loaded(
    folder: Path,
    config: Config,
    meta: Mapping[str, Any],
    files: list[Code],
    *,
    vocab: Vocab | bool,
    disable: Names,
    enable: Names,
    exclude: list[str],
    run_code: bool,
) -> Any:
    """Build the pipeline of a folder, and load its parts."""
    with plugins_of(config), restoring.explained(folder, meta):
        is_registered = user_code.is_registered(meta)
        if run_code and not is_registered:
            user_code.run(files)
        restoring.check_names(config, exclude)
        check_config(config, sections=("nlp", "components"), exclude=exclude)
        nlp = from_config(
            get_lang_class(config["nlp"]["lang"]),
            config,
            vocab=vocab,
            disable=disable,
            enable=enable,
            exclude=exclude,
            meta=integrity.without_checksums(meta),
            auto_fill=False,
            validate=False,
        )
    restoring.read_parts(nlp, folder, exclude)
    nlp.path = folder
    # If the names were registered already, the pipeline runs with other files than the saved ones.
    nlp.code = () if is_registered else tuple(files)
    return nlp


def default_config(language: Any) -> Config:
    """Return the config of a language without components."""
    config = {"nlp": {"lang": language.lang}}
    with plugins_of(config):
        return _complete(language, config, auto_fill=True)


def _language_of(language: Any, lang: Any) -> Any:
    if not language.lang:
        return get_lang_class(lang)
    if lang not in (None, language.lang):
        raise ConfigError(
            f"[nlp] lang: expected {language.lang!r} for {language.__name__}, got {lang!r}; "
            "use the class of that language, or Language itself"
        )
    return language


def _complete(language: Any, config: Mapping[str, Any], auto_fill: bool) -> Config:
    own = own_config(config)
    own["nlp"]["lang"] = language.lang
    if not auto_fill:
        return own
    return fill_selected(Config(copied(language.Defaults.config), is_interpolated=False).merge(own))


def _add_components(nlp: Any, raw: Config, plain: Config, exclude: Iterable[str]) -> None:
    sources = Sources(from_folder)
    for name in plain["nlp"].get("pipeline", ()):
        if name in exclude:
            continue
        block = plain.get("components", {}).get(name)
        if not isinstance(block, Mapping):
            raise ConfigError(
                f"[nlp] pipeline: this component has no section, got {name!r}; add [components.{name}]"
            )
        if "source" in block:
            sources.add(nlp, name, block)
        elif "factory" in block:
            raw_block = raw["components"][name]
            nlp.add_pipe(block["factory"], name=name, config=block, raw_config=raw_block, validate=False)
        else:
            raise ConfigError(f"[components.{name}]: a component needs a factory or a source, got neither")
    sources.connect(nlp._pipes)
    if not follow_section(plain, "initialize").get("vectors"):
        # Otherwise they are loaded and compared when the pipeline is initialized.
        check_vectors(nlp._pipes, nlp.vocab.vectors)


def _disable(nlp: Any, saved: list[str], disable: list[str], enable: list[str]) -> None:
    names = nlp.component_names
    for name in enable:
        if name not in names:
            advice = did_you_mean(name, names) or f"; available: {', '.join(names)}"
            raise UnknownName(f"pipeline: enable: unknown component {name!r}{advice}")
    both = sorted(set(disable) & set(enable))
    if both:
        raise ConfigError(f"pipeline: both enabled and disabled, got {', '.join(map(repr, both))}")
    others = [name for name in names if name not in enable] if enable else []
    # Names to disable may be unknown, so that one list can serve many pipelines.
    for name in {*saved, *disable, *others}:
        if name in names:
            nlp.disable_pipe(name)


def _names(names: Names) -> list[str]:
    return [names] if isinstance(names, str) else list(names)

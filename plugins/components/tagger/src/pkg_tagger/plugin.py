"""The names that pkg-tagger registers."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {"kernel.Tagger.v1": "pkg_tagger.model:Tagger"}


@hookimpl
def register_factories() -> dict[str, str]:
    return {"tagger": "pkg_tagger.component:tagger"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kernel.tagger_scorer.v1": "pkg_tagger.component:tagger_scorer"}


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {"tagger": "pkg_tagger.recommend:recommend"}

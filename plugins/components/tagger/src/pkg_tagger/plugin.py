"""Names that pkg-tagger adds."""

from kernel import hookimpl


@hookimpl
def register_architectures():
    return {"kernel.Tagger.v1": "pkg_tagger.model:Tagger"}


@hookimpl
def register_factories():
    return {"tagger": "pkg_tagger.component:tagger"}


@hookimpl
def register_scorers():
    return {"kernel.tagger_scorer.v1": "pkg_tagger.component:tagger_scorer"}


@hookimpl
def register_recommendations():
    return {"tagger": "pkg_tagger.recommend:recommend"}

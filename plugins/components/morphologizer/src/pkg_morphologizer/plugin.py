"""Names that pkg-morphologizer adds."""

from kernel import hookimpl


@hookimpl
def register_factories():
    return {"morphologizer": "pkg_morphologizer.component:morphologizer"}


@hookimpl
def register_scorers():
    return {"kernel.morphologizer_scorer.v1": "pkg_morphologizer.component:morphologizer_scorer"}


@hookimpl
def register_recommendations():
    return {"morphologizer": "pkg_tagger.recommend:recommend"}

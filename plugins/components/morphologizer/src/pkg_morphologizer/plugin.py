"""The names that pkg-morphologizer registers."""

from kernel import hookimpl


@hookimpl
def register_factories() -> dict[str, str]:
    return {"morphologizer": "pkg_morphologizer.component:morphologizer"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kernel.morphologizer_scorer.v1": "pkg_morphologizer.component:morphologizer_scorer"}


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {"morphologizer": "pkg_tagger.recommend:recommend"}

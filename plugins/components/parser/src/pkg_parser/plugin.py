"""Names that pkg-parser adds."""

from kernel import hookimpl


@hookimpl
def register_factories() -> dict[str, str]:
    return {"parser": "pkg_parser.component:parser", "beam_parser": "pkg_parser.beam:beam_parser"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kernel.parser_scorer.v1": "pkg_parser.component:parser_scorer"}


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {"parser": "pkg_parser.recommend:recommend", "beam_parser": "pkg_parser.recommend:recommend"}

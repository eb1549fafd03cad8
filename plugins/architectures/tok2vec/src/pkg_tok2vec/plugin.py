"""The names that pkg-tok2vec registers."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {
        "kernel.Tok2Vec.v1": "pkg_tok2vec.tok2vec:Tok2Vec",
        "kernel.HashEmbedCNN.v1": "pkg_tok2vec.tok2vec:HashEmbedCNN",
        "kernel.MultiHashEmbed.v1": "pkg_tok2vec.embed:MultiHashEmbed",
        "kernel.CharacterEmbed.v1": "pkg_tok2vec.characters:CharacterEmbed",
        "kernel.MaxoutWindowEncoder.v1": "pkg_tok2vec.encode:MaxoutWindowEncoder",
        "kernel.MishWindowEncoder.v1": "pkg_tok2vec.encode:MishWindowEncoder",
        "kernel.Tok2VecListener.v1": "pkg_tok2vec.listener:Tok2VecListener",
    }


@hookimpl
def register_factories() -> dict[str, str]:
    return {"tok2vec": "pkg_tok2vec.component:tok2vec"}


@hookimpl
def register_recommendations() -> dict[str, str]:
    return {"tok2vec": "pkg_tok2vec.recommend:recommend"}

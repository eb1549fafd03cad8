"""Names that acme-ngrams adds."""

from kernel import hookimpl


@hookimpl
def register_architectures() -> dict[str, str]:
    return {"acme.NgramEmbed.v1": "acme_ngrams.embed:ngram_embed"}

"""Names that acme-kept adds: one of each kind that people write most."""

from __future__ import annotations

from kernel import hookimpl


@hookimpl
def register_readers() -> dict[str, str]:
    return {"kept.Lines.v1": "acme_kept.data:lines"}


@hookimpl
def register_augmenters() -> dict[str, str]:
    return {"kept.twice.v1": "acme_kept.data:twice"}


@hookimpl
def register_batchers() -> dict[str, str]:
    return {"kept.pairs.v1": "acme_kept.data:pairs"}


@hookimpl
def register_converters() -> dict[str, str]:
    return {"kept": "acme_kept.data:convert"}


@hookimpl
def register_architectures() -> dict[str, str]:
    return {"kept.Shape.v1": "acme_kept.component:shape"}


@hookimpl
def register_factories() -> dict[str, str]:
    return {"kept": "acme_kept.component:make"}


@hookimpl
def register_scorers() -> dict[str, str]:
    return {"kept.scorer.v1": "acme_kept.component:make_scorer"}


@hookimpl
def register_schedules() -> dict[str, str]:
    return {"kept.falling.v1": "acme_kept.training:falling"}


@hookimpl
def register_callbacks() -> dict[str, str]:
    return {"kept.note.v1": "acme_kept.training:note"}


@hookimpl
def register_loggers() -> dict[str, str]:
    return {"kept.Said.v1": "acme_kept.training:said"}


@hookimpl
def register_commands() -> dict[str, str]:
    return {"kept": "acme_kept.training:command"}

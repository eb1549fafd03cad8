"""Find errors in a document's annotation from which no component can learn."""

from __future__ import annotations

from kernel.convert.readable_text import TextFault
from kernel.errors import DataError
from kernel.text.doc.entities import entity_bounds
from kernel.tokens import Doc


def damage_of(error: DataError, source: str) -> TextFault:
    """Describe the error of a document that cannot be created.

    Args:
        error: The error raised while reading it.
        source: The origin of the document, for messages: file and number.
    """
    text, characters = getattr(error, "text", ""), getattr(error, "characters", None)
    return TextFault(source, error.reason, error.summary, text, characters)


def fault_of(doc: Doc, source: str) -> TextFault | None:
    """Check a document's annotation.

    Args:
        doc: The document.
        source: The origin of the document, for messages: file and number.

    Returns:
        The first error; None for a valid document.
    """
    if not doc.has_column("ENT_IOB"):
        return None
    starts, ends = entity_bounds(doc.column("ENT_IOB"), doc.column("ENT_TYPE"))
    if not len(starts):
        return None
    is_space = doc.features(["IS_SPACE"])[:, 0] != 0
    (wrong,) = (is_space[starts] | is_space[ends - 1]).nonzero()
    if not len(wrong):
        return None
    span = doc[int(starts[wrong[0]]) : int(ends[wrong[0]])]
    side = "begins" if is_space[span.start] else "ends"
    return TextFault(
        source,
        f"an entity {side} on whitespace, got {span.text!r:.80} as {span.label_ or span[0].ent_type_!r}; "
        "leave the whitespace out of it",
        f"entity {side} on whitespace",
        doc.text,
        (span.start_char, span.end_char),
    )

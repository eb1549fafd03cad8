"""Documents, their tokens and spans: `from kernel.tokens import Doc`."""

from __future__ import annotations

from kernel.text.doc.doc import Doc as Doc
from kernel.text.doc.span import Span as Span
from kernel.text.doc.spangroup import SpanGroup as SpanGroup
from kernel.text.doc.spangroup import SpanGroups as SpanGroups
from kernel.text.doc.token import Token as Token
from kernel.text.storage.binstream import stream_docs as stream_docs
from kernel.text.storage.docbin import DocBin as DocBin
from kernel.text.vocab.morphology import MorphAnalysis as MorphAnalysis

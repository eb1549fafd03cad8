"""Documents and their views."""

from __future__ import annotations

from kernel.text.binstream import stream_docs as stream_docs
from kernel.text.doc import Doc as Doc
from kernel.text.docbin import DocBin as DocBin
from kernel.text.morphology import MorphAnalysis as MorphAnalysis
from kernel.text.span import Span as Span
from kernel.text.spangroup import SpanGroup as SpanGroup
from kernel.text.spangroup import SpanGroups as SpanGroups
from kernel.text.token import Token as Token

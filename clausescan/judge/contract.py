"""What the document as a whole means for a finding: contract status, time, governing law, prominence. Facts, never a cure."""

from __future__ import annotations

import re
from dataclasses import replace

from clausescan import sentences
from clausescan.types import Document, DocumentContext, Note

_LETTERS = re.compile(r"[A-Za-z]{2,}")
_CAPS_WORDS = 8


def with_notes(context: DocumentContext) -> DocumentContext:
    """Return the context with its notes: contract status, time, governing law, and a declaration that changes nothing."""
    day = context.date or ""
    notes = [
        sentences.note("contract_status", "context", "note", "status", context.contract_status),
        sentences.note("temporal", "context", "note", "era", context.era, date=(day, day)),
        sentences.note("applicability", "context", "note", "law", context.governing_law or "unknown"),
    ]
    if context.denies_standard_term:
        notes.append(sentences.note("denies_standard_term", "context", "note", "standard_term", "denied"))
    return replace(context, notes=(*context.notes, *notes))


def kind_in_words(context: DocumentContext) -> Note:
    """Return the name of the kind of document."""
    return sentences.note(context.kind, "context", "kind", context.kind)


def prominence(document: Document, start: int, end: int) -> tuple[str, ...]:
    """Return the facts of emphasis of the blocks that [start, end) touches: bold, underline, colour, caps."""
    facts = {fact for block in document.blocks_of(start, end) for fact in block.emphasis}
    words = _LETTERS.findall(document.text[start:end])
    if len(words) >= _CAPS_WORDS and sum(word.isupper() for word in words) * 2 > len(words):
        facts.add("caps")
    return tuple(sorted(facts))

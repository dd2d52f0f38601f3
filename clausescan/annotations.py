"""Every name that a component writes on a Doc, registered once.

Only spans and plain values live on a Doc: custom objects break `Doc.to_bytes` and pipes over several
processes. Offsets in plain values are character offsets into `doc.text`.
"""

from __future__ import annotations

from spacy.tokens import Doc, Span

BLOCKS = "clausescan_blocks"
CLAUSES = "clausescan_clauses"
TERMS = "clausescan_terms"
CUES = "clausescan_cues"
FACTS = "clausescan_facts"
UNITS = "clausescan_units"
RELATED = "clausescan_related"
TEXT = "clausescan_text"

_EXTENSIONS: tuple[str, ...] = (BLOCKS, CLAUSES, UNITS, TERMS, CUES, FACTS, RELATED, TEXT)


def register() -> None:
    """Register the Doc extensions; calling it again changes nothing."""
    for name in _EXTENSIONS:
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=None)


def text_of(doc: Doc) -> str:
    """Return `doc.text`, joined once: spaCy joins all tokens again at every call, 10 ms for a policy of characters."""
    text = doc._.get(TEXT)
    if text is None:
        text = doc.text
        doc._.set(TEXT, text)
    return str(text)


def has_tokens(doc: Doc) -> bool:
    """Return False for a Doc of `clausescan.nlp.make_doc`: its tokens are lines, to which no span would fit."""
    return doc._.get(BLOCKS) is None


def char_span(doc: Doc, start: int, end: int, label: str, span_id: str = "") -> Span | None:
    """Return the Span that covers the characters [start, end), grown to whole tokens; None when empty."""
    # One token a character: offsets are token indices. `doc.text` would join all tokens again for every span.
    if len(doc) and doc[-1].idx == len(doc) - 1 and len(doc[-1]) == 1:
        return Span(doc, start, end, label=label, span_id=span_id) if start < end else None
    return doc.char_span(start, end, label=label, span_id=span_id, alignment_mode="expand")


register()

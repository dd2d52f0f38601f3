"""The order of the components, and the way from a Document to a Doc.

>>> nlp = load("zh")
>>> nlp.pipe_names
['clausescan_clauses', 'clausescan_analysis']
"""

from __future__ import annotations

from functools import cache

import spacy
from spacy.language import Language as Pipeline
from spacy.tokens import Doc
from spacy.vocab import Vocab

import clausescan.segment.clauses  # noqa: F401  (registers its factory)
from clausescan.analyse.facts import Analyser
from clausescan.annotations import BLOCKS, TEXT
from clausescan.types import Document, Language

ORDER = ("clausescan_clauses", "clausescan_analysis")


class CharacterTokenizer:
    """One token for each character: the tokens of `spacy.blank("zh")`, three times as fast."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return a Doc whose text is exactly `text`."""
        return Doc(self.vocab, words=list(text), spaces=[False] * len(text))

    def to_bytes(self, **kwargs: object) -> bytes:
        """Return no state."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: object) -> CharacterTokenizer:
        """Return self: there is no state."""
        return self

    def to_disk(self, path: object, **kwargs: object) -> None:
        """Write nothing."""

    def from_disk(self, path: object, **kwargs: object) -> CharacterTokenizer:
        """Return self: there is no state."""
        return self


@cache
def load(language: Language) -> Pipeline:
    """Return the pipeline for documents in `language` ("zh" or "en"); clauses in the other language are read too."""
    nlp = spacy.blank(language)
    # A policy of five million characters is within our limits; without parser and NER spaCy's own limit has no reason.
    nlp.max_length = 10_000_000
    if language == "zh":
        nlp.tokenizer = CharacterTokenizer(nlp.vocab)
    for name in ORDER:
        nlp.add_pipe(name)
    return nlp


def analyse(doc: Doc, language: Language) -> Doc:
    """Return a Doc of `make_doc` with clauses and facts, as the pipeline does, but without cues of related findings."""
    nlp = load(language)
    for _, component in nlp.pipeline:
        doc = component.analyse(doc, related_cues=False) if isinstance(component, Analyser) else component(doc)
    return doc


def make_doc(document: Document) -> Doc:
    """Return the Doc of a Document: same text, its blocks attached, not yet analysed.

    Its tokens are the lines and its vocabulary is its own: our components work with character offsets, a token for each
    character would cost more than the analysis, and the strings of thousands of documents must not pile up in the
    vocabulary of the pipeline. `nlp(text)` gives the usual tokens.
    """
    words = document.text.splitlines(keepends=True)
    doc = Doc(Vocab(), words=words, spaces=[False] * len(words))
    doc._.set(TEXT, document.text)
    doc._.set(
        BLOCKS,
        [[b.kind, b.start, b.end, b.level, b.origin, *(b.header or (-1, -1)), [list(cell) for cell in b.cells]] for b in document.blocks],
    )
    return doc

"""The one road: a file, bytes or a text to a Report."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from clausescan import errors, law, lexicon, models, rules, sentences
from clausescan.context import document_context
from clausescan.errors import ReadError
from clausescan.folding import fold
from clausescan.integrity import integrity_problems
from clausescan.settings import DEFAULT, Settings
from clausescan.types import Clause, ClauseFacts, Coverage, Document, DocumentContext, Held, Language, Problem, Report, UnitCues

if TYPE_CHECKING:
    from spacy.language import Language as Pipeline
    from spacy.tokens import Doc

__version__ = "0.1.0"
LANGUAGES: tuple[Language, ...] = ("zh", "en")
# runs of characters, not single ones: a Chinese text has some thousand runs and twenty times as many characters
_CJK = re.compile(r"[\u3400-\u9fff]+")
_LATIN_WORD = re.compile(r"[A-Za-z][A-Za-z]+")
_LETTERS = re.compile(r"[^\W\d_]+")
# Greek to Ethiopic, kana, Hangul: scripts that neither Chinese nor English is written in
_OTHER_SCRIPT = re.compile(r"[\u0370-\u137f\u3041-\u30fa\uac00-\ud7a3]")
# the commonest English words: between a third and a half of a contract
_ENGLISH = re.compile(
    r"(?:the|of|and|to|or|in|you|your|we|our|us|is|are|be|for|may|any|this|that|with|by|as|not|on|will|shall|can|from|at|it|its|if|have|has)",
    re.IGNORECASE,
)
_SAMPLE, _ENOUGH_LETTERS, _ENOUGH_WORDS, _FOREIGN_SHARE, _ENGLISH_SHARE = 40_000, 100, 50, 0.2, 0.1


def read(source: str | Path | bytes, *, name: str | None = None, settings: Settings = DEFAULT) -> Document:
    """Return the Document of a file or of bytes. Raises ReadError when nothing of it can be read."""
    from clausescan import readers

    if isinstance(source, bytes):
        document = readers.read(source, name=name or "bytes", settings=settings)
    else:
        document = readers.read_path(Path(source), settings=settings)
    return _with_language(_with_notes(document), settings.language)


def scan(source: str | Path | bytes, *, name: str | None = None, settings: Settings = DEFAULT) -> Report:
    """Return the Report of a file or of bytes. Bad input never raises: its Problem is in the Report."""
    label = name or ("bytes" if isinstance(source, bytes) else Path(source).name or str(source))
    try:
        document = read(source, name=name, settings=settings)
    except ReadError as error:
        return unread(label, error.problem, source if isinstance(source, bytes) else b"")
    return scan_document(document, settings=settings)


def scan_text(text: str, language: str | None = None, *, name: str = "text", settings: Settings = DEFAULT) -> Report:
    """Return the Report of a text. `language` is a tag such as "zh", "zh-Hant" or "en-GB"; None: decided from the text.

    Raises UsageError for another language.
    """
    document = text_document(text, name=name, language=primary_language(language) or settings.language)
    return scan_document(document, settings=settings)


def text_document(text: str, *, name: str = "text", language: Language | None = None) -> Document:
    """Return the Document of a text."""
    from clausescan.readers.decoding import clean
    from clausescan.readers.text import blocks_of

    text, problems = clean(text)
    blocks, title = blocks_of(text)
    document = Document(
        name=name, sha256=sha256(text.encode("utf-8")).hexdigest(), media_type="text/plain", text=text, title=title, blocks=tuple(blocks),
        problems=tuple(problems), coverage=Coverage(characters=len(text)),
    )  # fmt: skip
    return _with_language(_with_notes(document), language)


def _words(text: str, language: Language) -> Document:
    """Return the Document of a few sentences of another one, which has been looked at already."""
    from clausescan.readers.text import blocks_of

    blocks, title = blocks_of(text)
    return Document(
        name="text", sha256="", media_type="text/plain", text=text, title=title, blocks=tuple(blocks), language=language,
        coverage=Coverage(characters=len(text)),
    )  # fmt: skip


def _with_notes(document: Document) -> Document:
    """Return the document with what disguises its words among its problems."""
    found = integrity_problems(document)
    return replace(document, problems=(*document.problems, *found)) if found else document


def scan_document(document: Document, *, settings: Settings = DEFAULT) -> Report:
    """Return the Report of a Document that has been read. A failure of ours becomes a problem, not a traceback."""
    if document.language is None:
        document = _with_language(document, None)
    try:
        return judge_facts(document, *clause_facts_of(document, settings), settings=settings)
    except Exception as error:  # a bug of ours on one file must not end a run over thousands
        if isinstance(error, MemoryError):
            found = errors.problem("R051_memory", limit=("there is", "可用内存"))
        else:
            found = errors.problem("R040_internal", detail=f"{type(error).__name__}: {error}")
        context = DocumentContext(kind="unknown", date=None, counterparty="unknown", collects_faces=False, governing_law=None)
        return Report(
            versions=versions(), document=document, context=context, clauses=0, findings=(), near_misses=(),
            problems=(*document.problems, found),
        )  # fmt: skip


def clause_facts_of(document: Document, settings: Settings = DEFAULT) -> tuple[list[ClauseFacts], list[Clause], list[UnitCues]]:
    """Return what the components found in a Document whose language is decided: facts, clauses, cues of related findings."""
    from clausescan.analyse.facts import clauses_of
    from clausescan.analyse.related import unit_cues
    from clausescan.nlp import make_doc

    nlp = load(document.language or "en")
    doc = make_doc(document)
    for _, component in nlp.pipeline:
        doc = component(doc)
    clauses = clauses_of(doc)
    return _facts_on(doc, settings.models), clauses, unit_cues(doc, clauses)


def _facts_on(doc: Doc, models: bool) -> list[ClauseFacts]:
    from clausescan.analyse.facts import clause_facts

    facts = clause_facts(doc)
    return facts if models else [replace(item, scores=()) for item in facts if item.proposed is None]


def clauses_in(document: Document) -> list[Clause]:
    """Return the clauses of a Document in text order: headings, lead-ins, items, paragraphs, table rows."""
    from clausescan.analyse.facts import clauses_of
    from clausescan.nlp import make_doc

    segment = load(document.language or "en").get_pipe("clausescan_clauses")
    return clauses_of(segment(make_doc(document)))


def judge_facts(
    document: Document, facts: list[ClauseFacts], clauses: list[Clause], cues: list[UnitCues], settings: Settings = DEFAULT
) -> Report:
    """Return the Report of a Document in which the components found `facts` and `cues`."""
    from clausescan.judge import Surroundings, contract, fingerprint, judge
    from clausescan.judge.bilingual import Texts, bilingual

    context = contract.with_notes(document_context(document, fold(document.text)))
    read = partial(_read_again, settings.models)
    findings, near_misses, related = judge(facts, document, Surroundings(context, settings.today, read), cues)
    twice = bilingual(Texts(document, clauses, findings, read), fingerprint) if context.collects_faces else ()
    report = Report(
        versions=versions(), document=document, context=context, clauses=len(clauses), findings=findings,
        near_misses=near_misses, problems=document.problems, related=(*related, *twice),
    )  # fmt: skip
    return _selected(report, settings) if settings.select or settings.ignore else report


@lru_cache(maxsize=4_000)  # the clauses of a template stand in many documents
def _read_again(models: bool, text: str, language: Language) -> tuple[Held, ...]:
    """Return what a few sentences hold by themselves: the grades and attributes, without what stands around them."""
    from clausescan.judge import held
    from clausescan.nlp import analyse, make_doc

    return held(_facts_on(analyse(make_doc(_words(text, language)), language), models))


def _selected(report: Report, settings: Settings) -> Report:
    """Return the report with the rules that were selected and not ignored."""

    def chosen(code: str) -> bool:
        return rules.selected(code, settings.select, settings.ignore)

    findings = (replace(item, related=tuple(filter(chosen, item.related))) for item in report.findings if chosen(item.rule))
    return replace(
        report, findings=tuple(findings), near_misses=report.near_misses if chosen("ART11") else (),
        related=tuple(item for item in report.related if chosen(item.rule)),
    )  # fmt: skip


def load(language: str) -> Pipeline:
    """Return the spaCy pipeline for "zh" or "en" (or a longer tag). Raises UsageError for another language."""
    from clausescan import nlp

    return nlp.load(primary_language(language) or "en")


def primary_language(tag: str | None) -> Language | None:
    """Return the language of a tag ("zh-Hant" is "zh"), None for None. Raises UsageError for one that is not read."""
    if tag is None:
        return None
    primary = tag.replace("_", "-").split("-")[0].lower()
    if primary == "zh":
        return "zh"
    if primary == "en":
        return "en"
    raise errors.UsageError(f"no pipeline for language {tag!r}; known are 'zh' and 'en'")


def data_versions() -> tuple[tuple[str, str], ...]:
    """Return the versions of what models are trained with: tool, rules, lexicon, law."""
    return (
        ("clausescan", __version__),
        ("rules", rules.version()),
        ("lexicon_zh", lexicon.version("zh")),
        ("lexicon_en", lexicon.version("en")),
        ("law", law.version()),
    )


@cache
def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions that a result depends on: tool, rules, lexicon, law, models."""
    trained = ((language, models.load(language)) for language in LANGUAGES)
    said = ("sentences", sentences.version())
    return (*data_versions(), said, *((f"model_{language}", model.version) for language, model in trained if model is not None))


def _with_language(document: Document, language: Language | None) -> Document:
    """Return the document with its language: the one given, else the one detected, with a problem when that is a guess."""
    if language:
        return replace(document, language=language)
    language, foreign = _guess(document.text)
    found = (errors.problem("R041_language"),) if foreign else ()
    return replace(document, language=language, problems=(*document.problems, *found))


def detect_language(text: str) -> Language:
    """Return "zh" when Han characters weigh at least as much as Latin words, else "en"."""
    return _guess(text)[0]


def is_foreign(text: str) -> bool:
    """Return True for a text that is long enough to tell and is neither Chinese nor English."""
    return _guess(text)[1]


def _guess(text: str) -> tuple[Language, bool]:
    """Return the language of a text and whether it is long enough to tell that it is neither Chinese nor English."""
    sample = text[:_SAMPLE]
    words = _LATIN_WORD.findall(sample)
    language: Language = "zh" if len("".join(_CJK.findall(sample))) >= 2 * len(words) else "en"
    other = len(_OTHER_SCRIPT.findall(sample))
    if other >= _ENOUGH_LETTERS and other >= _FOREIGN_SHARE * len("".join(_LETTERS.findall(sample))):
        return language, True
    if language == "zh" or len(words) < _ENOUGH_WORDS:
        return language, False
    return language, sum(_ENGLISH.fullmatch(word) is not None for word in words) < _ENGLISH_SHARE * len(words)


def unread(name: str, found: Problem, data: bytes = b"") -> Report:
    """Return the Report of a document of which nothing was read, with the problem that says why."""
    document = Document(
        name=name,
        sha256=sha256(data).hexdigest() if data else "",
        media_type="application/octet-stream",
        text="",
        problems=(found,), coverage=Coverage(),
    )  # fmt: skip
    context = DocumentContext(kind="unknown", date=None, counterparty="unknown", collects_faces=False, governing_law=None)
    return Report(versions=versions(), document=document, context=context, clauses=0, findings=(), near_misses=(), problems=(found,))

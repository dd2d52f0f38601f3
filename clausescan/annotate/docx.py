"""Word comments on the evidence, in the document itself: the words that decide have a comment that says why.

    1 · CANDIDATE  8.2  irrevocable (strong)
    The clause appears to require the user to grant rights to process face information that are irrevocable. ...
    Law: FR Provisions art. 11; Civil Code art. 497(3); PIPL art. 15
    They may say: ...

Comments that were there stay; new ones count on from the highest id. Only the main part, the comments part and, where
there was none, the two parts that announce it are written again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lxml import etree

from clausescan.annotate.docx_anchor import Anchors, Range, Spot, mark_range
from clausescan.annotate.docx_package import Package
from clausescan.annotate.docx_suggest import suggest
from clausescan.annotate.marks import Mark, document_mark, marks
from clausescan.annotate.options import AUTHOR, INITIALS, Annotated, Options
from clausescan.errors import UsageError, problem
from clausescan.readers import docx as reader
from clausescan.readers.docx_trace import Trace
from clausescan.readers.ooxml import Element, W
from clausescan.report.wrap import safe
from clausescan.types import Language, Problem, Report

_NAMESPACE = W[1:-1]
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WHERE: dict[Spot, tuple[str, str]] = {
    "words": ("", ""),
    "whole": ("(The words stand in a content control, a formula or ruby, all of which the comment covers.)",
              "（所涉文字在内容控件、公式或注音之中，批注覆盖其整体。）"),
    "number": ("(The words are an automatic number, which is not part of the text; the comment is on the text beside it.)",
               "（所涉文字为自动编号，不在正文文字中；批注置于其旁。）"),
    "note": ("(The words stand in the note that is referred to here.)", "（所涉文字在此处引用的脚注或尾注中。）"),
    "box": ("(The words stand in the text box that is anchored here.)", "（所涉文字在锚定于此处的文本框中。）"),
    "margin": ("(The words stand in a header or footer.)", "（所涉文字在页眉或页脚中。）"),
}  # fmt: skip


def annotate(data: bytes, report: Report, options: Options) -> Annotated:
    """Return the DOCX in `data` with a comment on every piece of evidence of `report`, which was made from it.

    Raises UsageError when the report is about other bytes, ReadError when the file cannot be read.
    """
    trace = reader.trace(data, options.settings)
    told = report.document.text.rstrip("\n")
    # behind the text of the file may stand that of the files inside it
    if not trace.text.startswith(told) and not told.startswith(trace.text.rstrip("\n") + "\n"):
        raise UsageError("the report is not about this file; scan it again")
    return annotate_traced(data, trace, report, options)


def annotate_traced(data: bytes, trace: Trace, report: Report, options: Options) -> Annotated:
    """Return the DOCX in `data` with comments; `trace` says where the text of the report stands in it."""
    package = Package(data, trace.package.main)
    anchors = Anchors(trace)
    comments = _Comments(package, options)
    for mark in [document_mark(report, options.language), *marks(report, options.language, options.anchors)]:
        span = anchors.range_of(mark.start, mark.end) if mark.finding else anchors.start_of_body()
        if span is not None:
            mark_range(span, *comments.add(mark, span))
    if options.suggest:
        for finding in report.findings:
            suggest(anchors, finding, options)
    package.put(package.main, trace.package.document)
    comments.finish()
    return Annotated(
        data=package.bytes(), media_type=reader.MEDIA_TYPE, findings=len(report.findings), problems=tuple(_problems(package)),
    )  # fmt: skip


class _Comments:
    """The comments part: that of the document, or a new one."""

    def __init__(self, package: Package, options: Options) -> None:
        self._package, self._options = package, options
        name = package.related("comments")
        if name is not None and name in package:
            self._name, self._root = name, package.root(name)
        else:
            self._name, self._root = package.add_comments_part(), etree.Element(f"{W}comments", nsmap={"w": _NAMESPACE})
        self._styles = _style_ids(package)
        ids = (comment.get(f"{W}id", "") for comment in self._root.iter(f"{W}comment"))
        self._last = max((int(value) for value in ids if value.isdigit()), default=-1)

    def add(self, mark: Mark, span: Range) -> tuple[str, Element]:
        """Add a comment; return its id and the run that refers to it."""
        self._last += 1
        comment = etree.SubElement(self._root, f"{W}comment")
        for name, value in (("id", str(self._last)), ("author", AUTHOR), ("date", stamp(self._options.date)), ("initials", INITIALS)):
            comment.set(f"{W}{name}", value)
        note = _WHERE[span.spot][self._options.language == "zh"] if mark.finding else ""
        for index, line in enumerate([mark.title, *([note] if note else []), *mark.lines]):
            self._paragraph(comment, line, first=index == 0)
        return str(self._last), self._reference()

    def finish(self) -> None:
        """Put the part into the package."""
        self._package.put(self._name, self._root)

    def _paragraph(self, comment: Element, text: str, *, first: bool) -> None:
        paragraph = etree.SubElement(comment, f"{W}p")
        style = self._styles.get("annotation text")
        if style:
            etree.SubElement(etree.SubElement(paragraph, f"{W}pPr"), f"{W}pStyle").set(f"{W}val", style)
        if first:
            run = etree.SubElement(paragraph, f"{W}r")
            self._mark_style(run)
            etree.SubElement(run, f"{W}annotationRef")
        append_text(paragraph, text, self._options.language, bold=first)

    def _reference(self) -> Element:
        run = etree.Element(f"{W}r")
        self._mark_style(run)
        etree.SubElement(run, f"{W}commentReference").set(f"{W}id", str(self._last))
        return run

    def _mark_style(self, run: Element) -> None:
        style = self._styles.get("annotation reference")
        if style:
            etree.SubElement(etree.SubElement(run, f"{W}rPr"), f"{W}rStyle").set(f"{W}val", style)


def append_text(parent: Element, text: str, language: Language, *, bold: bool = False) -> Element:
    """Append a run with `text` and return it; fonts and spelling follow the language."""
    run = etree.SubElement(parent, f"{W}r")
    look = etree.SubElement(run, f"{W}rPr")
    if language == "zh":
        etree.SubElement(look, f"{W}rFonts").set(f"{W}hint", "eastAsia")
    if bold:
        etree.SubElement(look, f"{W}b")
    lang = etree.SubElement(look, f"{W}lang")
    lang.set(f"{W}val", "en-GB")
    lang.set(f"{W}eastAsia", "zh-CN")
    element = etree.SubElement(run, f"{W}t")
    element.text = safe(text).replace("\n", " ")
    element.set(_SPACE, "preserve")
    return run


def stamp(date: datetime) -> str:
    """Return the time as Word writes it."""
    return date.strftime("%Y-%m-%dT%H:%M:%SZ")


def _style_ids(package: Package) -> dict[str, str]:
    """Return the ids of the styles of comments by their built-in names; ids differ between languages of Word."""
    name = package.related("styles")
    if name is None or name not in package:
        return {}
    found = {}
    for style in package.root(name).iter(f"{W}style"):
        label = style.find(f"{W}name")
        key = label.get(f"{W}val", "").lower() if label is not None else ""
        if key in ("annotation text", "annotation reference"):
            found[key] = style.get(f"{W}styleId", "")
    return found


def _problems(package: Package) -> Iterable[Problem]:
    if any(name.lower().startswith("_xmlsignatures/") for name in package.members):
        yield problem("W001_signed")
    name = package.related("settings")
    if name is not None and name in package:
        root = package.root(name)
        guard = root.find(f"{W}documentProtection")
        if (guard is not None and guard.get(f"{W}enforcement") in ("1", "true", "on")) or root.find(f"{W}writeProtection") is not None:
            yield problem("W002_read_only")

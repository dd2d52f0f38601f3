"""XLSX for people: shared clauses, overview with charts, documents, findings with filters, problems.

    Shared      a row for each clause that several documents have: in how many, grade, quote, which; only where there is any
    Overview    documents 120 (with findings 14, nothing found 101, inconclusive 5); by grade, rule, attribute; charts
    Documents   a row for each: conclusion, candidates, reviews, carried columns, title, date, hash
    Findings    a row for each finding, the words of the evidence in bold inside the quote (attributes red); related findings below theirs
    Problems    a row for each document, or part of one, that could not be read as it should

The header stays in view and every column has a filter. Cells hold text or numbers, never formulas or links. Excel ends a sheet at
1,048,576 rows and a cell at 32,767 characters: a full sheet goes on in "Findings 2", a cut cell says so at its end, and the
overview says both. The same records give the same bytes.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from clausescan import rules
from clausescan.report.options import DEFAULT, Options
from clausescan.report.records import pieces, related_findings
from clausescan.report.saying import name, say, title
from clausescan.report.shared import Group, Shared
from clausescan.report.shared import say as say_shared
from clausescan.report.sink import Record, Sink, drain
from clausescan.report.table import DOCUMENT, FINDING, PROBLEM, SOURCE, Column, Row, carried_columns, finding_row, problem_row, source
from clausescan.report.totals import TOP, Totals
from clausescan.types import ATTRIBUTES, Language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

RECORDS = True
ROWS = 1_048_576
CHARACTERS = 32_767  # UTF-16 code units
_HEIGHT, _MOST = 15, 195  # points of one line, and of the highest row
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile("_x[0-9A-Fa-f]{4}_")
_COUNTS = (
    Column(name="candidate", en="Candidates", zh="候选", kind="integer", width=11),
    Column(name="review", en="Reviews", zh="复核", kind="integer", width=11),
    Column(name="related", en="Related", zh="相关提示", kind="integer", width=11),
    Column(name="problems", en="Problems", zh="问题", kind="integer", width=11),
)
_SHARED = (
    Column(name="documents", en="Documents", zh="文件数", kind="integer", width=11),
    Column(name="grade", en="Grade", zh="等级", width=11),
    Column(name="quote", en="Clause", zh="条款", width=80),
    Column(name="wordings", en="Wordings", zh="措辞数", kind="integer", width=11),
    Column(name="names", en="In", zh="所在文件", width=50),
    Column(name="ids", en="Finding", zh="编号", width=40),
    Column(name="id", en="Group", zh="组", width=18),
)
_WORDS: dict[str, tuple[str, str]] = {
    "shared": ("Shared clauses", "共用条款"),
    "overview": ("Overview", "概览"),
    "documents": ("Documents", "文件"),
    "findings": ("Findings", "结果"),
    "problems": ("Problems", "问题"),
    "by_conclusion": ("Documents", "文件结论"),
    "by_grade": ("Findings by grade", "各等级条数"),
    "by_rule": ("Findings by rule", "各规则条数"),
    "by_attribute": ("Findings by attribute", "各属性条数"),
    "by_problem": ("Reading problems", "读取问题"),
    "fullest": (f"Documents with most findings (at most {TOP})", f"结果最多的文件（至多 {TOP} 份）"),
    "total": ("Total", "合计"),
    "clauses": ("Clauses read", "已读条款"),
    "heading": ("clausescan: clauses for a lawyer to review", "clausescan：供律师复核的条款"),
    "conclusion_findings": ("with findings", "有结果"),
    "conclusion_nothing_found": ("nothing found", "未发现"),
    "conclusion_inconclusive": ("inconclusive", "无法得出结论"),
    "cut": ("{count} cells were cut at 32,767 characters; JSONL has them whole", "{count} 个单元格在 32,767 字符处截断；完整内容见 JSONL"),
    "cut_cell": (" … [cut: {count} characters]", " …［已截断：共 {count} 个字符］"),
    "continued": ("{sheet} goes on in a further sheet after 1,048,576 rows", "“{sheet}”超过 1,048,576 行的部分在后续工作表中"),
}


class XlsxSink(Sink):
    """Writes rows as records come; the overview, which is the first sheet, at the end. Rows wait in temporary files, not in memory."""

    def __init__(self, out: BinaryIO, options: Options = DEFAULT) -> None:
        super().__init__(out, options)
        self.totals = Totals()
        self.cut = 0
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._groups: Shared | None = None

    def begin(self) -> None:
        """Open the workbook and its sheets."""
        from xlsxwriter import Workbook

        self._folder = tempfile.TemporaryDirectory(prefix="clausescan-")
        how = {"constant_memory": True, "tmpdir": self._folder.name, "strings_to_formulas": False, "strings_to_urls": False}
        # not straight to `out`: when that fails half way, the archive that xlsxwriter leaves open complains later
        self._path = Path(self._folder.name) / "book.xlsx"
        self.book = Workbook(str(self._path), how)
        self.book.set_properties({"title": self.word("heading"), "created": datetime(2000, 1, 1)})  # a clock would change the bytes
        self.header = self.book.add_format({"bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF", "valign": "vcenter", "border": 1})
        self.cell = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.line = self.book.add_format({"valign": "top"})
        self.bold = self.book.add_format({"bold": True})
        self.attribute = self.book.add_format({"bold": True, "font_color": "#B00020"})
        self.evidence = self.book.add_format({"bold": True, "font_color": "#1F3A5F"})
        if self.options.several:
            self._groups = Shared()
            self._shared = Table(self, "shared", _SHARED)
        self._overview = self.book.add_worksheet(self.word("overview"))
        carried = carried_columns(self.carried)
        self._documents = Table(self, "documents", (*DOCUMENT, *carried, *_COUNTS, *SOURCE))
        self._findings = Table(self, "findings", (DOCUMENT[0], *carried, *FINDING))
        self._problems = Table(self, "problems", (DOCUMENT[0], *carried, *PROBLEM))

    def put(self, record: Record) -> None:
        """Write the rows of one record."""
        self.totals.add(record)
        if self._groups:
            self._groups.add(record)
        language: Language = self.options.language or record["document"]["language"] or self.language
        common = source(record, self.carried)
        common["conclusion"] = self.word(f"conclusion_{record['conclusion']}")
        findings, related = record["findings"], related_findings(record)
        counts: Row = {grade: sum(finding["grade"] == grade for finding in findings) for grade in ("candidate", "review")}
        self._documents.add({**common, **counts, "related": len(related), "problems": len(record["problems"])})
        for finding in (*findings, *related):
            row = {**common, **finding_row(finding, language)}
            row["grade"] = name("grade", finding["grade"], self.language) if finding.get("grade") else None
            row["confidence"] = say(finding["confidence"], self.language) if finding.get("confidence") else None
            self._findings.add(row, quote=pieces(finding))
        for problem in record["problems"]:
            self._problems.add({**common, **problem_row(problem, language)})

    def finish(self) -> None:
        """Write the overview and close the workbook."""
        for rows in (self._documents, self._findings, self._problems):
            rows.close()
        _Overview(self, self._overview).write()
        if self._groups:
            self._write_shared(self._groups)
        self._close()
        with self._path.open("rb") as made:
            shutil.copyfileobj(made, self.out)

    def _write_shared(self, groups: Shared) -> None:
        """Write the first sheet, or hide it when nothing is shared."""
        for group in groups.groups():
            self._shared.add(self._shared_row(group))
        self._shared.close()
        if self._shared.row == 1 and len(self._shared.sheets) == 1:
            self._shared.sheet.hide()
            self._overview.activate()
            self._overview.set_first_sheet()

    def _shared_row(self, group: Group) -> Row:
        more = group.documents - len(group.names)
        names = (*group.names, say_shared("more", self.language, count=more)) if more else group.names
        return {
            "documents": group.documents, "grade": name("grade", group.grade, self.language), "quote": group.quote, "id": group.id,
            "wordings": group.wordings, "names": "; ".join(names), "ids": " ".join(group.ids),
        }  # fmt: skip

    def _close(self) -> None:
        from xlsxwriter.exceptions import FileCreateError

        try:
            self.book.close()
        except FileCreateError as error:
            raise error.args[0] from error

    def discard(self) -> None:
        """Remove the temporary files."""
        if self._groups:
            self._groups.close()
        book: Workbook | None = getattr(self, "book", None)
        for sheet in book.worksheets() if book and not book.fileclosed else ():
            sheet.row_data_fh.close()
        if self._folder:
            self._folder.cleanup()

    def word(self, key: str, **values: object) -> str:
        """Return a word of this format in the language of the file."""
        return _WORDS[key][self.language == "zh"].format(**values)

    def fitting(self, text: str) -> str:
        """Return the text as a cell can hold it. A text that is cut says so."""
        text = _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
        if len(text) * 2 <= CHARACTERS or len(text.encode("utf-16-le")) // 2 <= CHARACTERS:
            return text
        self.cut += 1
        note = self.word("cut_cell", count=f"{len(text):,}")
        kept = text.encode("utf-16-le")[: 2 * (CHARACTERS - len(note))].decode("utf-16-le", errors="ignore")
        return kept + note


class Table:
    """A table that goes on in a further sheet when one is full."""

    def __init__(self, sink: XlsxSink, key: str, columns: tuple[Column, ...]) -> None:
        self.sink = sink
        self.key = key
        self.columns = columns
        self.sheets: list[Worksheet] = []
        self._open()

    def _open(self) -> None:
        number = len(self.sheets) + 1
        self.sheet: Worksheet = self.sink.book.add_worksheet(self.sink.word(self.key) + (f" {number}" if number > 1 else ""))
        self.sheets.append(self.sheet)
        self.sheet.freeze_panes(1, 1)
        self.sheet.set_landscape()
        self.sheet.repeat_rows(0)
        for index, column in enumerate(self.columns):
            self.sheet.set_column(index, index, column.width)
            self.sheet.write_string(0, index, self.sink.fitting(column.heading(self.sink.language)), self.sink.header)
        self.row = 1

    def add(self, row: Row, quote: Iterable[tuple[str, tuple[str, ...]]] = ()) -> None:
        """Write a row; `quote` is its quote in pieces, those with roles to be set off."""
        if self.row >= ROWS:
            self._filter()
            self._open()
        values = [self.sink.fitting(value) if isinstance(value, str) else value for value in (row.get(item.name) for item in self.columns)]
        self.sheet.set_row(self.row, _height(values, self.columns))
        for index, (column, value) in enumerate(zip(self.columns, values, strict=True)):
            if isinstance(value, str) and column.name == "quote" and _rich(self, index, value, quote):
                continue
            if isinstance(value, str):
                self.sheet.write_string(self.row, index, value, self.sink.cell if column.wrap else self.sink.line)
            elif value is not None:
                self.sheet.write_number(self.row, index, value, self.sink.cell)
        self.row += 1

    def _filter(self) -> None:
        self.sheet.autofilter(0, 0, self.row - 1, len(self.columns) - 1)

    def close(self) -> None:
        """Set the filter of the last sheet."""
        self._filter()


def _rich(rows: Table, column: int, value: str, quote: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Write the quote with its evidence set off. Returns False for one that has to be written plain."""
    fragments: list[str | Format] = []
    parts = [(text, roles) for text, roles in quote if text]
    if "".join(text for text, _ in parts) != value or _ESCAPE.search(value) or len(parts) < 2:
        return False
    for text, roles in parts:
        if roles:
            fragments.append(rows.sink.evidence if set(roles).isdisjoint(ATTRIBUTES) else rows.sink.attribute)
        fragments.append(text)
    written: int = rows.sheet.write_rich_string(rows.row, column, *fragments, rows.sink.cell)
    return written == 0


def _height(values: list[Any], columns: tuple[Column, ...]) -> int:
    """Return the height that shows the longest cell, up to a limit: a spreadsheet does not know it before it has drawn the cell."""
    most = 1
    for value, column in zip(values, columns, strict=True):
        if isinstance(value, str) and column.wrap and (len(value) * 2 > column.width or "\n" in value):
            # half of (bytes + characters) is the number of columns: one for Latin letters, two for Chinese characters
            lines = (-(-(len(line.encode()) + len(line)) // (2 * column.width)) or 1 for line in value.split("\n"))
            most = max(most, sum(lines))
    return min(most * _HEIGHT, _MOST)


class _Overview:
    """The first sheet: small tables on the left, a chart of each on the right."""

    def __init__(self, sink: XlsxSink, sheet: Worksheet) -> None:
        self.sink = sink
        self.sheet = sheet
        self.row = 0
        self.charts = 0

    def write(self) -> None:
        """Write all of it."""
        totals, language = self.sink.totals, self.sink.language
        self.sheet.set_column(0, 0, 52)
        self.sheet.set_column(1, 2, 12)
        self._line(self.sink.word("heading"), form=self.sink.bold)
        self._line(self.sink.word("clauses"), totals.clauses)
        for note in self._notes():
            self._line(note)
        self._table("by_conclusion", ((self.sink.word(f"conclusion_{key}"), totals.documents[key]) for key in _CONCLUSIONS))
        self._table("by_grade", ((name("grade", key, language), totals.grades[key]) for key in ("candidate", "review")))
        self._table("by_attribute", ((name("attribute", key, language), totals.attributes[key]) for key in ATTRIBUTES))
        self._table("by_rule", ((f"{key}  {title(key, language)}", count) for key, count in sorted(totals.rules.items())))
        self._fullest()
        self._table("by_problem", sorted(totals.problems.items()))
        self.row += 1
        self.sheet.merge_range(self.row, 0, self.row, 2, "", self.sink.cell)
        self.sheet.set_row(self.row, 8 * _HEIGHT)
        self.sheet.write_string(self.row, 0, rules.rule("ART11").disclaimer[language], self.sink.cell)

    def _notes(self) -> Iterator[str]:
        if self.sink.cut:
            yield self.sink.word("cut", count=self.sink.cut)
        for rows in (self.sink._documents, self.sink._findings, self.sink._problems):
            if len(rows.sheets) > 1:
                yield self.sink.word("continued", sheet=self.sink.word(rows.key))

    def _line(self, label: str, *values: int, form: Format | None = None) -> None:
        self.sheet.write_string(self.row, 0, self.sink.fitting(label), form)
        for column, value in enumerate(values, 1):
            self.sheet.write_number(self.row, column, value, form)
        self.row += 1

    def _header(self, key: str, *more: str) -> None:
        self.row += 1
        for column, text in enumerate((self.sink.word(key), *more)):
            self.sheet.write_string(self.row, column, text, self.sink.header)
        self.row += 1

    def _table(self, key: str, items: Iterable[tuple[str, int]]) -> None:
        rows = list(items)
        if not rows:
            return
        self._header(key, self.sink.word("total"))
        first = self.row
        for label, count in rows:
            self._line(label, count)
        if key in _CHARTED:
            self._chart(self.sink.word(key), first, [(None, 1)])
            self._line(self.sink.word("total"), sum(count for _, count in rows), form=self.sink.bold) if key in _ADDS_UP else None

    def _fullest(self) -> None:
        rows, language = self.sink.totals.fullest(), self.sink.language
        if not rows:
            return
        grades = [name("grade", grade, language) for grade in ("candidate", "review")]
        self._header("fullest", *grades)
        first = self.row
        for document, candidates, reviews in rows:
            self._line(document, candidates, reviews)
        self._chart(self.sink.word("fullest"), first, [(grades[0], 1), (grades[1], 2)])

    def _chart(self, heading: str, first: int, series: list[tuple[str | None, int]]) -> None:
        """Put a bar chart of the rows from `first` to the last beside the tables."""
        chart = self.sink.book.add_chart({"type": "bar", "subtype": "stacked"})
        place, last = self.sheet.get_name(), self.row - 1
        for label, column in series:
            values: dict[str, Any] = {"categories": [place, first, 0, last, 0], "values": [place, first, column, last, column]}
            chart.add_series({**values, "name": label or heading, "gap": 40, "fill": {"color": _COLOURS[len(series), column]}})
        chart.set_title({"name": heading, "name_font": {"size": 11}})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_format": "0", "min": 0, "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}}})
        chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
        height = 140 + 18 * (last - first + 1)
        chart.set_size({"width": 620, "height": height})
        self.sheet.insert_chart(0, 4, chart, {"x_offset": 10, "y_offset": 10 + self.charts})
        self.charts += height + 15


_CONCLUSIONS = ("findings", "nothing_found", "inconclusive")
_CHARTED = frozenset({"by_conclusion", "by_grade", "by_attribute", "by_rule"})
_ADDS_UP = frozenset({"by_conclusion", "by_grade", "by_rule"})  # a finding can have several attributes
_COLOURS = {(1, 1): "#1F3A5F", (2, 1): "#B00020", (2, 2): "#D9A300"}  # by number of series and column


def write(records: Iterable[Record], out: BinaryIO, options: Options = DEFAULT) -> None:
    """Write the workbook. Raises OSError when `out` does."""
    drain(records, XlsxSink(out, options))


SINK = XlsxSink

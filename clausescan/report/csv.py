"""CSV for spreadsheets and scripts: the rows of `clausescan.report.table`, comma separated, every cell in quotes.

    "row","document","conclusion","id","rule","rule_title","grade",...,"clause","heading","page","line","quote",...
    "finding","a.pdf","findings","ART11-5d1c...","ART11","...","candidate",...,"8.2","Licence","3","41","You grant us ...",...
    "problem","b.pdf","inconclusive","","","",...,"R020_no_text","inconclusive","No text could be read ...",...
    "none","c.html","nothing_found","","","",...

Lines end with CR LF, line breaks inside a cell stay (RFC 4180). Column names are the same in every language, codes too; sentences
follow the language of the report. With the option `bom` the file begins with a byte order mark, by which Excel knows UTF-8.

A cell that a spreadsheet would take for a formula (it begins with = + - @, their full-width forms, tab or a line break) gets an
apostrophe before it, so a quote that begins with a hyphen does too. The exact text is in JSON, JSONL and Parquet.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from clausescan.report.options import DEFAULT, Options
from clausescan.report.sink import Record, Sink, drain
from clausescan.report.table import Value, columns, rows

RECORDS = True
_FORMULA = tuple("=+-@＝＋－＠")
_BREAKS = ("\t", "\r", "\n")


class CsvSink(Sink):
    """Writes the header, then the rows of each record."""

    def begin(self) -> None:
        """Write the names of the columns."""
        if self.options.bom:
            self.out.write("\ufeff")
        self._writer = csv.writer(self.out, quoting=csv.QUOTE_ALL)
        self._columns = columns(self.carried)
        self._writer.writerow([harmless(column.name) for column in self._columns])

    def put(self, record: Record) -> None:
        """Write the rows of one record."""
        for row in rows(record, self.carried, self.options.language):
            self._writer.writerow([harmless(row.get(column.name)) for column in self._columns])


def harmless(value: Value) -> Value:
    """Return the value; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "\ufffd")
    return f"'{text}" if text.startswith(_BREAKS) or text.lstrip().startswith(_FORMULA) else text


def write(records: Iterable[Record], out: TextIO, options: Options = DEFAULT) -> None:
    """Write the table. Raises OSError when `out` does."""
    drain(records, CsvSink(out, options))


SINK = CsvSink

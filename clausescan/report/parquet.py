"""Parquet for data work: the rows of `clausescan.report.table`, typed, written in row groups. Needs `pip install 'clausescan[parquet]'`.

    >>> pyarrow.parquet.read_table("all.parquet").select(["row", "document", "grade", "page", "attribute_names", "boxes"]).to_pylist()[0]
    {"row": "finding", "document": "a.pdf", "grade": "candidate", "page": 3, "attribute_names": ["irrevocable"],
     "boxes": [{"page": 3, "x0": 72.0, "top": 201.5, "x1": 523.3, "bottom": 214.0}]}

To the columns of the table it adds `attribute_names` and `law_codes` (lists of codes), `boxes` (list of structs, points from the top
left corner of the page) and `evidence` (list of structs with offsets into the text that was read). Nothing is changed in the text:
no apostrophes, no cuts. The metadata of the schema names the shape of the reports ("clausescan-report/1").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, BinaryIO

from clausescan.errors import UsageError
from clausescan.report.json import SCHEMA
from clausescan.report.options import DEFAULT, Options
from clausescan.report.records import evidence_of, related_findings
from clausescan.report.sink import Record, Sink, drain
from clausescan.report.table import columns, rows

if TYPE_CHECKING:
    import pyarrow

RECORDS = True
_GROUP = 1000  # rows that are held before they are written
_BOX = ("x0", "top", "x1", "bottom")


class ParquetSink(Sink):
    """Collects rows and writes a row group when there are enough. Raises UsageError when pyarrow is not installed."""

    def __init__(self, out: BinaryIO, options: Options = DEFAULT) -> None:
        super().__init__(out, options)
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise UsageError("writing Parquet needs pyarrow; install it with: pip install 'clausescan[parquet]'") from error
        self._arrow = pyarrow
        self._parquet = pyarrow.parquet
        self._rows: list[dict[str, Any]] = []
        self._writer: pyarrow.parquet.ParquetWriter | None = None

    def begin(self) -> None:
        """Write the schema."""
        self._schema = self._columns()
        self._writer = self._parquet.ParquetWriter(self.out, self._schema, compression="zstd")

    def _columns(self) -> pyarrow.Schema:
        arrow = self._arrow
        kinds = {"text": arrow.string(), "integer": arrow.int64(), "number": arrow.float64(), "boolean": arrow.bool_()}
        box = arrow.struct([("page", arrow.int32()), *((side, arrow.float64()) for side in _BOX)])
        evidence = arrow.struct(
            [(key, arrow.string()) for key in ("role", "text", "source")] + [(key, arrow.int64()) for key in ("start", "end")]
        )
        extra = [("attribute_names", arrow.list_(arrow.string())), ("law_codes", arrow.list_(arrow.string()))]
        extra += [("boxes", arrow.list_(box)), ("evidence", arrow.list_(evidence))]
        named = [(column.name, kinds[column.kind]) for column in columns(self.carried)]
        return arrow.schema([*named, *extra], metadata={"schema": SCHEMA})

    def put(self, record: Record) -> None:
        """Take the rows of one record; write when there are enough."""
        findings = [*record["findings"], *related_findings(record)]
        for index, row in enumerate(rows(record, self.carried, self.options.language)):
            self._rows.append(row | (_lists(findings[index]) if index < len(findings) else {}))
        if len(self._rows) >= _GROUP:
            self._flush()

    def _flush(self) -> None:
        if self._writer and self._rows:
            self._writer.write_table(self._arrow.Table.from_pylist(self._rows, schema=self._schema))
        self._rows = []

    def finish(self) -> None:
        """Write the last rows and the footer."""
        self._flush()
        if self._writer:
            self._writer.close()
            self._writer = None

    def discard(self) -> None:
        """Forget rows that were not written."""
        self._rows = []


def _lists(finding: dict[str, Any]) -> dict[str, Any]:
    return {
        "attribute_names": [fact["name"] for fact in finding.get("attributes") or ()],
        "law_codes": [basis["code"] for basis in finding.get("legal_basis") or ()],
        "boxes": (finding.get("place") or {}).get("boxes") or [],
        "evidence": [{key: item[key] for key in ("role", "text", "source", "start", "end")} for item in evidence_of(finding)],
    }


def write(records: Iterable[Record], out: BinaryIO, options: Options = DEFAULT) -> None:
    """Write the table. Raises OSError when `out` does, UsageError when pyarrow is not installed."""
    drain(records, ParquetSink(out, options))


SINK = ParquetSink

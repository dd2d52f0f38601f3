"""`clausescan cluster`: clauses that many documents share."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from clausescan.cli.common import NEW_FILE, PATH_OR_RUN, Output, choice, limit_options, say
from clausescan.report.phrases import shortened

if TYPE_CHECKING:
    from clausescan.bulk.limits import Limits
    from clausescan.cluster import Cluster, Clusters, Occurrence
    from clausescan.types import Document

_SHOWN = 5  # documents named for each cluster
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
COLUMNS = ("cluster", "documents", "wording", "wording_documents", "document", "number", "page", "line", "grade", "finding", "quote")


@click.command("cluster")
@click.argument("paths", metavar="RESULTS|RUN|DIR...", nargs=-1, required=True, type=PATH_OR_RUN)
@choice("--format", ["text", "json", "csv"], "Form of the output.")
@click.option("-o", "--output", type=NEW_FILE, help="Write to this file instead of standard output.")
@choice("--of", ["findings", "clauses"], "What to group: clauses with findings, or all clauses (of documents and runs).")
@click.option("--min-documents", type=click.IntRange(min=1), default=2, show_default=True, help="Leave out what fewer documents share.")
@limit_options
def cluster(
    paths: tuple[Path, ...], format: str, output: Path | None, of: str, min_documents: int, timeout: float | None, max_memory: int | None
) -> None:
    """Group the clauses that stand in many documents, the same or nearly the same: "312 documents share this clause".

    Takes runs (NAME or FILE.db), JSON results of `scan`, or documents and folders. A cluster holds wordings; what is
    decided about a wording holds wherever it stands, and only there.
    """
    from clausescan.cli.isolated import limits_of
    from clausescan.cluster import Clusters

    with Clusters() as found:
        documents = _fill(found, paths, of, limits_of(timeout, max_memory))
        clusters = found.clusters(least=min_documents)
        with Output(output) as out:
            {"text": _text, "json": _json, "csv": _csv}[format](clusters, out.stream)
    say(f"{documents} documents read.")


def _fill(found: Clusters, paths: tuple[Path, ...], of: str, limits: Limits) -> int:
    """Add what `paths` stand for; returns the number of documents. Raises UsageError for results where all clauses are asked for."""
    from clausescan.cli.documents import documents_of, records_of
    from clausescan.cluster import Occurrence, occurrences_of_record
    from clausescan.errors import UsageError
    from clausescan.results import is_results, is_run
    from clausescan.settings import DEFAULT
    from clausescan.types import Problem

    count = 0
    if of == "findings":
        for record in records_of(paths, DEFAULT, limits):
            found.add(occurrences_of_record(record))
            count += 1
        return count
    results = [path for path in paths if is_results(path) and not is_run(path)]
    if results:
        raise UsageError(f"{results[0]}: results hold the clauses with findings, not all; give the documents")
    kind = tuple[Occurrence, ...]
    for _, clauses in documents_of(paths, DEFAULT, kind, _occurrences, limits):
        if not isinstance(clauses, Problem):
            found.add(clauses)
        count += 1
    return count


def _occurrences(name: str, document: Document) -> tuple[Occurrence, ...]:
    from clausescan import api
    from clausescan.cluster import occurrences_of_document

    return tuple(occurrences_of_document(name, document, api.clauses_in(document)))


def _text(clusters: Iterable[Cluster], out: TextIO) -> None:
    from clausescan.report.wrap import fold, safe

    for one in clusters:
        wordings = f"{len(one.wordings)} wordings" if len(one.wordings) > 1 else "one wording"
        out.write(f"{one.documents} documents share this clause  [{one.id}]  {'  '.join(filter(None, (one.grade, wordings)))}\n")
        out.write("\n".join(fold(shortened(" ".join(one.quote.split()), 160), 100, "    ", "    ")) + "\n")
        members = {member.document: member for wording in one.wordings for member in wording.members}
        named = [f"{safe(member.document)} {safe(member.number)}".strip().replace("\n", " ") for member in list(members.values())[:_SHOWN]]
        more = f" … and {len(members) - _SHOWN} more" if len(members) > _SHOWN else ""
        out.write(f"    in {', '.join(named)}{more}\n\n")


def _json(clusters: Iterable[Cluster], out: TextIO) -> None:
    from clausescan.report.surrogates import without_surrogates

    opened = False
    for one in clusters:
        out.write(",\n  " if opened else '{"schema": "clausescan-clusters/1", "clusters": [\n  ')
        out.write(json.dumps(without_surrogates(_lists(asdict(one))), ensure_ascii=False, indent=2).replace("\n", "\n  "))
        opened = True
    out.write("\n]}\n" if opened else '{"schema": "clausescan-clusters/1", "clusters": []}\n')


def _lists(value: object) -> object:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, tuple) else value


def _csv(clusters: Iterable[Cluster], out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in clusters:
        writer.writerows([_cell(value) for value in row] for row in cluster_rows(one))


def cluster_rows(one: Cluster) -> Iterator[tuple[object, ...]]:
    """Yield a row of COLUMNS for each member."""
    for wording in one.wordings:
        for member in wording.members:
            place = (member.document, member.number, member.page, member.line, member.grade, member.finding)
            yield (one.id, one.documents, wording.id, wording.documents, *place, wording.quote)


def _cell(value: object) -> object:
    """Return the value, text that a spreadsheet would compute marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value

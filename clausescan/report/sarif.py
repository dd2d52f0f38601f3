"""SARIF 2.1.0, for code scanning, editors and sarif-tools: one run, valid against the schema of OASIS.

    {"version": "2.1.0", "runs": [{
      "tool": {"driver": {"name": "clausescan", "rules": [{"id": "ART11", "help": {"text": "...", "markdown": "..."}}, ...]}},
      "results": [{"ruleId": "ART11", "level": "warning", "message": {"text": "The clause appears to require ..."},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.pdf", "uriBaseId": "SCANNED", "index": 0},
          "region": {"charOffset": 1378, "charLength": 230, "snippet": {"text": "4.2 You grant ..."}}},
          "properties": {"page": 3, "boxes": [{"page": 3, "x0": 72.0, ...}]}}],
        "partialFingerprints": {"clausescan/v1": "c47fbd7e13521bff"}, "properties": {"grade": "candidate", ...}}],
      "artifacts": [{"location": {"uri": "a.pdf", ...}, "hashes": {"sha-256": "..."}, ...}],
      "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"descriptor": {"id": "R020_no_text"}, ...}]}]}]}

A level says what to read first and nothing else: candidate is "warning", review and related findings are "note", and nothing is an
"error". Offsets count Unicode characters of the text that clausescan read; for PDF, DOCX and HTML that is the text inside the file,
not its bytes. Fingerprints leave number, page and offset out, so a clause that moved is the same result. The law cited is a taxonomy,
each result names its provisions under "taxa". Problems with reading are notifications of the invocation.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from functools import cache
from typing import IO, Any, TextIO
from urllib.parse import quote

from clausescan import law, rules
from clausescan.errors import CATALOGUE
from clausescan.report.options import DEFAULT, Options
from clausescan.report.records import evidence_of, related_findings
from clausescan.report.saying import cite, provision, role_name, title, words
from clausescan.report.sink import Record, Sink, drain
from clausescan.types import Language

RECORDS = True
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "SCANNED"
FINGERPRINT = "clausescan/v1"
LEVELS = {"candidate": "warning", "review": "note"}
_SEVERITIES = {"error": "error", "inconclusive": "warning", "warning": "warning", "info": "note"}
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+://", re.I)
_PROPERTIES = ("grade", "score", "confidence", "subject", "right", "direction", "counterparty", "composite", "ambiguous_reference")
_ADDED = ("contract_status", "prominence")  # by newer rules
Json = dict[str, Any]


class SarifSink(Sink):
    """Writes tool and results as records come; artifacts and notifications wait in temporary files."""

    def __init__(self, out: TextIO, options: Options = DEFAULT) -> None:
        super().__init__(out, options)
        self._spools = ExitStack()
        self._results = 0
        self._versions: Json = {}

    def begin(self) -> None:
        """Write the tool with its rules, and open the results."""
        self._artifacts, self._notifications = (_Spool(self._spools.enter_context(_waiting_room())) for _ in range(2))
        head = {
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {BASE: {"description": {"text": "The directory from which the documents were named."}}},
            "tool": {"driver": driver(self.language, self._versions)},
            "taxonomies": [taxonomy(self.language)],
        }
        self.out.write(f'{{"$schema": "{SCHEMA}",\n"version": "2.1.0",\n"runs": [{{')
        self.out.write(",\n".join(f'"{key}": {_dumps(value)}' for key, value in head.items()))
        self.out.write(',\n"results": [')

    def add(self, record: Record) -> None:
        """Write one record; the first one names the versions."""
        self._versions = self._versions or record["tool"]
        super().add(record)

    def put(self, record: Record) -> None:
        """Write the results of one record."""
        where = artifact_location(record["document"]["name"], self._artifacts.count)
        self._artifacts.add(artifact(record, where))
        language: Language = self.options.language or record["document"]["language"] or self.language
        for finding in (*record["findings"], *related_findings(record)):
            self.out.write((",\n" if self._results else "\n") + _dumps(result(finding, where, language)))
            self._results += 1
        for problem in record["problems"]:
            self._notifications.add(notification(problem, where, self.language))

    def finish(self) -> None:
        """Write artifacts and invocation, and close the run."""
        self.out.write('],\n"artifacts": [')
        self._artifacts.copy(self.out)
        self.out.write('],\n"invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [')
        self._notifications.copy(self.out)
        disclaimer = {"disclaimer": rules.rule("ART11").disclaimer[self.language]}
        self.out.write(f']}}],\n"properties": {_dumps(disclaimer)}}}]}}\n')

    def discard(self) -> None:
        """Remove the temporary files."""
        self._spools.close()


class _Spool:
    """The items of an array that has to wait for another one to end."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        self.count = 0

    def add(self, item: Json) -> None:
        self.file.write((",\n" if self.count else "\n") + _dumps(item))
        self.count += 1

    def copy(self, out: IO[str]) -> None:
        self.file.seek(0)
        while piece := self.file.read(1 << 16):
            out.write(piece)


def _waiting_room() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n")


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


# ---- what does not depend on the documents ----


def driver(language: Language, tool: Json) -> Json:
    """Return the tool component with all rules and all problem codes."""
    versions = {"versions": tool["versions"]} if tool.get("versions") else {}
    return {
        "name": "clausescan",
        **({"version": tool["version"], "semanticVersion": tool["version"]} if tool.get("version") else {}),
        "language": language,
        "shortDescription": _text("Clauses that grant unlimited rights over face information, for a lawyer to review"),
        "rules": [descriptor(rule_id, language) for rule_id in _rule_ids()],
        "notifications": [
            {"id": code, "shortDescription": _text(sentences[2 if language == "zh" else 1])} for code, sentences in CATALOGUE.items()
        ],
        "supportedTaxonomies": [{"name": _law_name(language), "index": 0}],
        **({"properties": versions} if versions else {}),
    }


@cache
def _rule_ids() -> dict[str, int]:
    return {rule_id: index for index, rule_id in enumerate((*rules.rules(), *rules.related()))}


@cache
def _law_codes() -> dict[str, int]:
    return {code: index for index, code in enumerate(law.provisions())}


def descriptor(rule_id: str, language: Language) -> Json:
    """Return the reporting descriptor of a rule or a related finding."""
    rule, related = rules.rules().get(rule_id), rules.related().get(rule_id)
    codes = rule.law if rule else related.law if related else ()
    manual = rule.manual[language].strip() if rule else related.advice[language] if related else ""
    cited = [f"{code}: {_provision(code, language)}" for code in codes]
    heading = "Law (summaries in our own words)" if language == "en" else "法律依据（摘要为本工具表述）"
    body = f"```text\n{manual}\n```" if rule else manual
    markdown = [f"# {rule_id} {title(rule_id, language)}", "", body, "", f"## {heading}", "", *(f"- {item}" for item in cited)]
    return {
        "id": rule_id,
        "shortDescription": _text(title(rule_id, language)),
        "fullDescription": _text(manual.split("\n\n")[0] or title(rule_id, language)),
        "help": {"text": "\n".join([manual, "", heading, *cited]), "markdown": "\n".join(markdown)},
        "defaultConfiguration": {"level": "warning" if rule else "note"},
        "relationships": [{"target": _taxon(code, language), "kinds": ["relevant"]} for code in codes],
        "properties": {"tags": ["legal", "privacy", "face-information"], "precision": "medium"},
    }


def taxonomy(language: Language) -> Json:
    """Return the provisions of law as a taxonomy."""
    taxa = []
    for code in law.provisions():
        found = law.basis(code)
        summary = found.summary_zh if language == "zh" else found.summary
        taxa.append({"id": code, "name": _provision(code, language), "shortDescription": _text(summary)})
    caution = "Provisions of law, summarised in our own words; check the official text."
    if language == "zh":
        caution = "法律规定（摘要为本工具表述，请以官方文本为准）"
    return {"name": _law_name(language), "shortDescription": _text(caution), "taxa": taxa}


def _law_name(language: Language) -> str:
    return "法律" if language == "zh" else "law"


def _provision(code: str, language: Language) -> str:
    return provision(asdict(law.basis(code)), language)


def _taxon(code: str, language: Language) -> Json:
    return {"id": code, "index": _law_codes()[code], "toolComponent": {"name": _law_name(language), "index": 0}}


def _text(text: str) -> Json:
    return {"text": text}


# ---- a document and what was found in it ----


def artifact_location(name: str, index: int) -> Json:
    """Return where a document is: relative to SCANNED, or absolute for an address or an absolute path."""
    if _SCHEME.match(name):
        return {"uri": quote(name, safe="%/:=&?~#+!$,;'@()*[]"), "index": index}
    if name.startswith("/"):
        return {"uri": "file://" + quote(name), "index": index}
    # the first segment of a relative reference must not look like a scheme
    return {"uri": quote(name.replace("\\", "/")), "uriBaseId": BASE, "index": index}


def artifact(record: Record, where: Json) -> Json:
    """Return the artifact of a document."""
    document = record["document"]
    keys = ("title", "kind", "date", "language", "coverage")
    extra = {"carried": record["carried"]} if record.get("carried") else {}
    counts = {"conclusion": record["conclusion"], "clauses": record["clauses"]}
    return {
        "location": where,
        "mimeType": document["media_type"],
        "roles": ["analysisTarget"],
        **({"hashes": {"sha-256": document["sha256"]}} if document["sha256"] else {}),
        "properties": {**{key: document[key] for key in keys}, **counts, **extra},
    }


def result(finding: Json, where: Json, language: Language) -> Json:
    """Return the result for a finding or a related finding."""
    rule_id = finding["rule"]
    known = {"ruleIndex": _rule_ids()[rule_id]} if rule_id in _rule_ids() else {}
    codes = [basis["code"] for basis in finding.get("legal_basis") or () if basis["code"] in _law_codes()]
    evidence = list(_related_locations(finding, where, language))
    message = words(finding.get("summary"), language) or title(rule_id, language)
    return {
        "ruleId": rule_id,
        **known,
        "level": LEVELS.get(finding.get("grade", ""), "note"),
        "message": _text(message),
        "locations": [location(finding, where)],
        **({"relatedLocations": evidence} if evidence else {}),
        "partialFingerprints": {FINGERPRINT: finding["id"]},
        **({"taxa": [_taxon(code, language) for code in codes]} if codes else {}),
        "properties": dict(_properties(finding, language)),
    }


def location(finding: Json, where: Json) -> Json:
    """Return the location of a finding; of one about the document as a whole, the document."""
    place, clause = finding.get("place"), finding.get("clause") or {}
    physical: Json = {"artifactLocation": where}
    if place:
        physical["region"] = region(place, finding.get("quote"), (finding.get("context") or {}).get("column"))
    name = " > ".join([*(clause.get("heading") or ()), *([clause["number"]] if clause.get("number") else [])])
    return {
        "physicalLocation": physical,
        **({"logicalLocations": [{"fullyQualifiedName": name, "kind": "clause"}]} if name else {}),
        **({"properties": {key: place[key] for key in ("page", "line", "boxes", "anchor", "anchor_offset")}} if place else {}),
    }


def region(place: Json, text: str | None, column: int | None = None) -> Json:
    """Return the region by offset, and by line and column when the column is known: both must say the same."""
    found: Json = {"charOffset": place["start"], "charLength": place["end"] - place["start"]}
    if text is None:
        return found
    if column and place.get("line"):
        breaks = text.count("\n")
        end = len(text) - text.rfind("\n") if breaks else column + len(text)
        found |= {"startLine": place["line"], "startColumn": column, "endLine": place["line"] + breaks, "endColumn": end}
    return found | {"snippet": _text(text)}


def _related_locations(finding: Json, where: Json, language: Language) -> Iterator[Json]:
    for number, item in enumerate(evidence_of(finding), 1):
        place = item.get("place") or {"start": item["start"], "end": item["end"]}
        pages = {key: place[key] for key in ("page", "line", "boxes") if place.get(key)}
        yield {
            "id": number,
            "message": _text(f"{role_name(item['role'], language)}: {item['text']}"),
            "physicalLocation": {"artifactLocation": where, "region": region(place, item["text"])},
            "properties": {"role": item["role"], "source": item["source"], **pages},
        }


def _properties(finding: Json, language: Language) -> Iterator[tuple[str, Any]]:
    for key in (*_PROPERTIES, *_ADDED):
        if key in finding:
            yield key, finding[key]
    yield "attributes", [{key: fact.get(key) for key in ("name", "strength", "cured_from")} for fact in finding.get("attributes") or ()]
    if finding.get("legal_basis"):
        yield "law", [cite(basis, language) for basis in finding["legal_basis"]]
    if finding.get("severable"):
        yield "severable", [{key: part[key] for key in ("start", "end", "text")} for part in finding["severable"]]
    if finding.get("elements"):
        yield "elements", [{"code": item["code"], "status": item["status"]} for item in finding["elements"]]
    for key in ("against", "counter_arguments", "missing_facts", "suggestion", "plain", "advice"):
        if finding.get(key):
            yield key, words(finding[key], language)
    if finding.get("steps"):
        reason = "reason_zh" if language == "zh" else "reason"
        yield "steps", [f"{step['name']} -> {step['grade']}: {step[reason]}" for step in finding["steps"]]


def notification(problem: Json, where: Json, language: Language) -> Json:
    """Return the notification for a problem."""
    text = problem["message_zh"] if language == "zh" else problem["message"]
    at = f" [{problem['where']}]" if problem["where"] else ""
    return {
        "descriptor": {"id": problem["code"]},
        "level": _SEVERITIES[problem["severity"]],
        "message": _text(text + at),
        "locations": [{"physicalLocation": {"artifactLocation": where}}],
        "properties": {"severity": problem["severity"]},
    }


def write(records: Iterable[Record], out: TextIO, options: Options = DEFAULT) -> None:
    """Write the log. Raises OSError when `out` does."""
    drain(records, SarifSink(out, options))


SINK = SarifSink

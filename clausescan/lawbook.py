"""The law for people: the instruments and provisions that `clausescan law` lists, with dates, relations and what was not verified."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from clausescan import law
from clausescan.law import Instrument, Provision
from clausescan.report.wrap import fold
from clausescan.types import Language

_WIDTH = 96
_KINDS = {
    "statute": ("statute", "法律"),
    "judicial_interpretation": ("judicial interpretation", "司法解释"),
    "regulation": ("administrative regulation", "行政法规"),
    "rule": ("departmental rule", "部门规章或规范性文件"),
    "standard": ("recommended standard", "推荐性国家标准"),
}
_FORCE = {
    "in_force": ("in force", "施行中"),
    "not_yet": ("not yet in force", "尚未施行"),
    "repealed": ("no longer in force", "已失效"),
}
_WORDS = {
    "adopted": ("adopted", "通过"),
    "published": ("published", "公布"),
    "in_force": ("in force from", "施行"),
    "repealed": ("repealed from", "废止"),
    "replaced_by": ("replaced by", "被替代"),
    "versions": ("texts", "历次文本"),
    "note": ("note", "说明"),
    "unverified": ("NOT VERIFIED", "未经核对"),
    "operative": ("operative words", "关键用语"),
    "replaces": ("replaces", "替代"),
    "supports": ("supports", "支持"),
    "supported_by": ("supported by", "受支持于"),
    "on": ("on {day}", "{day}当日"),
    "then": ("on that day this was said by", "当日相应规定"),
    "foot": (
        "Articles are summarised in our own words; check the official text.",
        "条文摘要为本工具表述，请以官方公布文本为准。",
    ),
}


def chosen(code: str | None) -> tuple[Provision, ...]:
    """Return all provisions, or those of a code, an article ("CC-497") or an instrument. Raises DataError for an unknown one."""
    return law.matching(code) if code else tuple(law.provisions().values())


def text(code: str | None, language: Language, day: date | None = None) -> str:
    """Return the list, or what is known of the chosen provisions; with their force on `day` where one is given."""
    page = _Page(language, day)
    found = chosen(code)
    lines = page.details(found) if code else page.list(found)
    return "\n".join((*lines, "", *fold(page.say("foot"), _WIDTH)))


def to_json(code: str | None, day: date | None = None) -> str:
    """Return the same as JSON, in both languages."""
    found = chosen(code)
    instruments = dict.fromkeys(item.of for item in found)
    value = {
        "instruments": [_plain(asdict(item)) for item in instruments],
        "provisions": [_provision(item, day) for item in found],
        "as_of": day.isoformat() if day else None,
        "version": law.version(),
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _provision(item: Provision, day: date | None) -> dict[str, Any]:
    own = {key: value for key, value in _plain(asdict(item)).items() if key != "of"}
    return own | {
        "instrument": item.of.code,
        "verified": item.verified,
        "replaced_by": list(law.replaced_by(item.code)),
        "supported_by": list(law.supported_by(item.code)),
        "as_of": {"force": item.force(day), "said_by": [other.code for other in law.on(item.code, day)]} if day else None,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


class _Page:
    """Lines in one language, with the force on a day."""

    def __init__(self, language: Language, day: date | None) -> None:
        self.language = language
        self.day = day

    def list(self, found: Sequence[Provision]) -> Iterator[str]:
        """Yield each instrument with one line for each of its provisions."""
        for instrument in dict.fromkeys(item.of for item in found):
            yield from fold(self._title(instrument), _WIDTH, "", "    ")
            for item in found:
                if item.of is instrument:
                    yield from fold(f"{self._head(item)}  {self._summary(item)}", _WIDTH, "  ", "      ")
            yield ""

    def details(self, found: Sequence[Provision]) -> Iterator[str]:
        """Yield everything that is known of the provisions, and of their instruments once."""
        for instrument in dict.fromkeys(item.of for item in found):
            yield from fold(self._title(instrument), _WIDTH, "", "    ")
            yield from self._rows(self._instrument(instrument))
            for item in found:
                if item.of is instrument:
                    yield ""
                    yield from fold(f"{self._head(item)}  {self._summary(item)}", _WIDTH, "", "    ")
                    yield from self._rows(self._relations(item))

    def say(self, key: str, **values: object) -> str:
        """Return the words of this page for a key."""
        return _WORDS[key][self.language == "zh"].format(**values)

    def _title(self, item: Instrument) -> str:
        mark = "" if item.verified else f"  [{self.say('unverified')}]"
        if self.language == "zh":
            facts = (item.document_number, item.issuer_zh, _KINDS[item.kind][1], f"{item.in_force}起施行")
            return f"{item.code}  《{item.zh}》（{'，'.join(facts)}）{mark}"
        facts = (item.document_number, item.issuer, _KINDS[item.kind][0], f"in force {item.in_force}")
        return f"{item.code}  {item.en} ({', '.join(facts)}){mark}"

    def _head(self, item: Provision) -> str:
        article = item.article_zh if self.language == "zh" else f"art. {item.article}"
        marks = [_FORCE[item.force(self.day)][self.language == "zh"]] if self.day else []
        marks += [] if item.verified else [self.say("unverified")]
        return f"{item.code}  {article}" + (f"  [{'; '.join(marks)}]" if marks else "")

    def _summary(self, item: Provision) -> str:
        return item.summary_zh if self.language == "zh" else item.summary

    def _instrument(self, item: Instrument) -> Iterator[tuple[str, str]]:
        for key in ("adopted", "published", "in_force", "repealed"):
            if (day := getattr(item, key)) is not None:
                yield self.say(key), str(day)
        if item.replaced_by:
            yield self.say("replaced_by"), ", ".join(item.replaced_by)
        if item.versions:
            yield self.say("versions"), "; ".join(f"{version.adopted} → {version.in_force}" for version in item.versions)

    def _relations(self, item: Provision) -> Iterator[tuple[str, str]]:
        if item.operative:
            yield self.say("operative"), f"“{item.operative}”"
        if item.in_force != item.of.in_force:
            yield self.say("in_force"), str(item.in_force)
        if item.until is not None:
            yield self.say("repealed"), str(item.until)
        for key, codes in (
            ("replaces", item.replaces),
            ("replaced_by", law.replaced_by(item.code)),
            ("supports", item.supports),
            ("supported_by", law.supported_by(item.code)),
        ):
            for code in codes:
                yield self.say(key), self._cite(code)
        if self.day:
            yield self.say("on", day=self.day), _FORCE[item.force(self.day)][self.language == "zh"]
            if item.force(self.day) != "in_force":
                for other in law.on(item.code, self.day):
                    yield self.say("then"), self._cite(other.code)
        note = item.note_zh if self.language == "zh" else item.note
        if note:
            yield self.say("note"), note

    def _cite(self, code: str) -> str:
        item = law.provision(code)
        mark = "" if item.verified else f" [{self.say('unverified')}]"
        name = f"{item.of.short_zh}{item.article_zh}" if self.language == "zh" else f"{item.of.short} art. {item.article}"
        return f"{code}  {name}{mark}"

    def _rows(self, rows: Iterator[tuple[str, str]]) -> Iterator[str]:
        colon = "：" if self.language == "zh" else ": "
        for label, value in rows:
            yield from fold(f"{label}{colon}{value}", _WIDTH, "    ", "        ")

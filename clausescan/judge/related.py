"""Cues to related findings (RF-01 to RF-17): they stand beside the findings of Article 11 and never change a grade."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from clausescan import law, rules
from clausescan.rules.related_rules import ABOUT, PROCESSED, Absent, Related, Way, situations
from clausescan.types import AttributeFact, Clause, Cue, Evidence, Finding, Note, Place, RelatedFinding, UnitCues

_REACH: Mapping[str, tuple[str, ...]] = {about: ABOUT[: number + 1] for number, about in enumerate(ABOUT)}
Identify = Callable[[str, str], str]
_MANY = 100  # cues of a unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit with its cues (None: it has none) and the Article 11 findings in it."""

    number: int
    cues: UnitCues | None
    findings: tuple[Finding, ...] = ()
    names: frozenset[str] = field(init=False)
    # cues that only say that something is not missing: they stand elsewhere in the document
    elsewhere: frozenset[str] = field(init=False)
    # the numbers of the cues by name and sentence, where there are so many that looking through them takes time
    _places: dict[tuple[str, int | None], list[int]] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the names of the cues, and of many where each stands."""
        cues = self.cues.cues if self.cues is not None else ()
        object.__setattr__(self, "names", frozenset(cue.name for cue in cues if cue.sentence >= 0))
        object.__setattr__(self, "elsewhere", frozenset(cue.name for cue in cues if cue.sentence < 0))
        object.__setattr__(self, "_places", _places_of(cues) if len(cues) > _MANY else None)

    def may_show(self, way: Way) -> bool:
        """Return False when the unit lacks a cue without which the way shows nothing: most units, most ways."""
        return self.names.issuperset(way.all) and not (way.any and self.names.isdisjoint(way.any))

    def has(self, names: Sequence[str], sentence: int | None = None) -> list[Cue]:
        """Return the cues of those names, in one sentence if it is given."""
        if self.cues is None or self.names.isdisjoint(names):
            return []
        if self._places is None:
            return [cue for cue in self.cues.cues if cue.name in names and (cue.sentence >= 0 if sentence is None else cue.sentence == sentence)]
        numbers = sorted(number for name in set(names) for number in self._places.get((name, sentence), ()))
        return [self.cues.cues[number] for number in numbers]


def _places_of(cues: Sequence[Cue]) -> dict[tuple[str, int | None], list[int]]:
    places: dict[tuple[str, int | None], list[int]] = {}
    for number, cue in enumerate(cues):
        for sentence in (None, cue.sentence) if cue.sentence >= 0 else ():
            places.setdefault((cue.name, sentence), []).append(number)
    return places


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What shows a related finding: the way, the cues, and the findings on which it rests."""

    way: str
    cues: tuple[Cue, ...] = ()
    findings: tuple[Finding, ...] = ()
    words: tuple[Evidence, ...] = ()


def units_of(cues: Sequence[UnitCues], findings: Mapping[int, Sequence[Finding]]) -> list[Unit]:
    """Return the units that have cues or findings, in text order."""
    by_number = {item.unit: item for item in cues}
    return [
        Unit(number=number, cues=by_number.get(number), findings=tuple(findings.get(number, ())))
        for number in sorted({*by_number, *findings})
    ]


def related(units: Sequence[Unit], text: str, place: Callable[[int, int], Place], identify: Identify) -> tuple[RelatedFinding, ...]:
    """Return the related findings of a document in text order; `identify` makes the id of a rule and a quote."""
    found: list[RelatedFinding] = []
    for rule in rules.related().values():
        mine = [
            _finding(rule, unit, shown, text, place, identify)
            for unit in units
            if (shown := next((shown for way in rule.ways if unit.may_show(way) and (shown := _shown(way, unit)) is not None), None)) is not None
        ]
        # What one clause says outright need not be reported as missing in the whole.
        if not mine and rule.absent is not None and (missing := _missing(rule.absent, units)) is not None:
            mine = [_finding(rule, *missing, text, place, identify, document_level=True)]
        found += mine
    return tuple(sorted(found, key=lambda item: (item.place.start, item.rule, item.place.end)))


def pleas(unit: Unit, text: str) -> tuple[Note, ...]:
    """Return a note for each situation of article 5 of which the unit speaks: a defence that must be examined, no acquittal."""
    notes = []
    for code, situation in situations().items():
        cues = unit.has((f"situation.{code}",))
        if cues:
            words = text[cues[0].start : cues[0].end]
            notes.append(
                Note(code=f"article_5_{code}", text=situation.plea.en.format(words=words), text_zh=situation.plea.zh.format(words=words))
            )
    return tuple(notes)


def _shown(way: Way, unit: Unit) -> _Shown | None:
    findings: tuple[Finding, ...] = ()
    words: tuple[Evidence, ...] = ()
    if way.of_a_finding:
        findings = tuple(finding for finding in unit.findings if _fits(way, finding))
        if not findings:
            return None
        words = tuple(item for finding in findings for fact in finding.attributes if _fits_fact(way, fact) for item in fact.evidence)
    elif unit.cues is None or unit.cues.about not in _REACH[way.about]:
        return None
    if not (unit.names.isdisjoint(way.unless) and unit.names.issuperset(way.all)):
        return None
    if not (way.all or way.any):
        return _Shown(way=way.name, findings=findings, words=words)
    for cues in _together(way, unit):
        return _Shown(way=way.name, cues=tuple(cues), findings=findings, words=words)
    return None


def _fits(way: Way, finding: Finding) -> bool:
    if way.subject and finding.subject not in way.subject and not (PROCESSED in way.subject and _is_processed(finding)):
        return False
    if any(fact.name in way.without for fact in finding.attributes):
        return False
    if not (way.attribute or way.strength or way.source):
        return True
    return any(_fits_fact(way, fact) for fact in finding.attributes)


def _is_processed(finding: Finding) -> bool:
    return finding.subject == "likeness" and finding.face_context


def _fits_fact(way: Way, fact: AttributeFact) -> bool:
    return (
        (not way.attribute or fact.name in way.attribute)
        and (not way.strength or fact.strength in way.strength)
        and (not way.source or any(item.source.rpartition("/")[2].startswith(way.source) for item in fact.evidence))
    )


def _together(way: Way, unit: Unit) -> Iterator[list[Cue]]:
    """Yield the cues of each sentence, or of the unit, that has all of `all` and one of `any`."""
    if unit.cues is None:
        return
    places: Sequence[int | None] = [None]
    if way.within == "sentence":
        places = sorted({cue.sentence for cue in unit.has((*way.all, *way.any))})
    for sentence in places:
        groups = [unit.has((name,), sentence) for name in way.all]
        groups += [unit.has(way.any, sentence)] if way.any else []
        if all(groups) and not (sentence is not None and unit.has(way.unless_here, sentence)):
            chosen = _apart(groups)
            if chosen is not None:
                yield chosen


def _apart(groups: Sequence[Sequence[Cue]]) -> list[Cue] | None:
    """Return one cue of each group, no two of them the same words; None when that cannot be."""
    chosen: dict[tuple[int, int], Cue] = {}
    for group in groups:
        cue = next((cue for cue in group if (cue.start, cue.end) not in chosen), None)
        if cue is None:
            return None
        chosen[cue.start, cue.end] = cue
    return list(chosen.values())


def _missing(absent: Absent, units: Sequence[Unit]) -> tuple[Unit, _Shown] | None:
    """Return where the missing thing would stand: the first unit that calls for it; None when something of it stands anywhere."""
    if any(not (unit.names | unit.elsewhere).isdisjoint(absent.unless) for unit in units):
        return None
    for unit in units:
        cues = unit.has(absent.where)
        if cues and unit.cues is not None and unit.cues.about == "face":
            return unit, _Shown(way="absent", cues=(cues[0],))
    return None


def _finding(
    rule: Related, unit: Unit, shown: _Shown, text: str, place: Callable[[int, int], Place], identify: Identify, document_level: bool = False
) -> RelatedFinding:
    start, end = _range(unit, shown)
    quote = text[start:end]
    evidence = [
        Evidence(
            role="related", start=cue.start, end=cue.end, text=text[cue.start : cue.end], source=f"rules/{rule.code}/{shown.way}",
            place=place(cue.start, cue.end),
        )
        for cue in shown.cues
    ] or list(dict.fromkeys(shown.words))  # fmt: skip
    inside = _inside(evidence)
    evidence = [item for item in evidence if (item.start, item.end) not in inside]
    return RelatedFinding(
        id=identify(rule.code, quote), rule=rule.code, clause=_clause(unit), quote=quote, place=place(start, end), evidence=tuple(evidence),
        legal_basis=tuple(law.basis(code) for code in rule.law), summary=_summary(rule, evidence, document_level),
        advice=Note(code="advice", text=rule.advice.en, text_zh=rule.advice.zh), document_level=document_level,
        beside=tuple(finding.id for finding in unit.findings),
    )  # fmt: skip


def _inside(evidence: Sequence[Evidence]) -> set[tuple[int, int]]:
    """Return the ranges that lie inside another one, and add no word to it."""
    found, reach = set(), -1
    for start, end in sorted({(item.start, item.end) for item in evidence}, key=lambda span: (span[0], -span[1])):
        if end <= reach:
            found.add((start, end))
        reach = max(reach, end)
    return found


def _range(unit: Unit, shown: _Shown) -> tuple[int, int]:
    """Return what to quote: the sentences of the cues, or the clause of the Article 11 finding."""
    if shown.cues and unit.cues is not None:
        sentences = [unit.cues.sentences[cue.sentence] for cue in shown.cues]
    else:
        sentences = [(finding.place.start, finding.place.end) for finding in shown.findings]
    return min(start for start, _ in sentences), max(end for _, end in sentences)


def _clause(unit: Unit) -> Clause:
    return unit.cues.clause if unit.cues is not None else unit.findings[0].clause


def _summary(rule: Related, evidence: Sequence[Evidence], document_level: bool) -> Note:
    words = list(dict.fromkeys(" ".join(item.text.split()) for item in evidence))
    english, chinese = rule.title.en[:1].upper() + rule.title.en[1:], rule.title.zh
    if document_level:
        return Note(
            code="absent",
            text=f"{english}: nothing in the document says otherwise; it would belong here.",
            text_zh=f"{chinese}：全文未见相应约定，宜在此处载明。",
        )
    quoted, quoted_zh = ", ".join(f'"{word}"' for word in words), "、".join(f"“{word}”" for word in words)
    return Note(code="found", text=f"{english}: {quoted}.", text_zh=f"{chinese}：{quoted_zh}。")

"""Rules and wording together: the facts that the rules found in a unit and the logits of the text model, to probabilities.

The features are named, so that the judge can say what moved the result. The weights are trained on clauses on which no rule
was developed (`clausescan.train`): there the rules are as right, and as wrong, as in a new contract.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from clausescan.judge.grade import grade as grade_of
from clausescan.models import Model
from clausescan.types import ATTRIBUTES, GRADE_RANK, AttributeFact, ClauseFacts, Grade, Strength

# a logit beyond this says no more than "sure"
_SURE = 6.0
# from this logit on a segment says an attribute: half of the bare consents stay below it, one flagged clause in twenty does
_SAYS_SO = 0.0
# Reasons of the rules that rest on the build of a sentence (who speaks, what is denied, restated or left out): where one of them
# cancelled an attribute word, the wording must be clearer to be believed. On other people's clauses they are right nine times in ten.
_STRUCTURAL = frozenset({"G1", "G3", "G4", "G6", "G7", "G10"})
_FACE = frozenset({"face_direct", "by_definition"})
# how the lexicon names the standard words: perpetual, irrevocable, sub-licensable
_STANDARD = ".explicit"


class Weighed(NamedTuple):
    """A unit after the fusion: the grade that the probabilities give, and the probability of each output."""

    grade: Grade
    probabilities: Mapping[str, float]


def features(facts: Sequence[ClauseFacts], grade: Grade, scores: Mapping[str, float]) -> dict[str, float]:
    """Return the features of a unit: the facts found in it, the grade that the rules give it, and its scores by head."""
    found: dict[str, float] = {f"rules:{grade}": 1.0}
    for item in facts:
        if item.proposed is not None:
            if grade != "none":  # what the rules flag they have described themselves
                continue
            found |= {f"about:{item.subject}": 1.0, f"says:{item.right}": 1.0, f"party:{item.counterparty}": 1.0}
            found |= {"about:face_context": 1.0} if item.face_context else {}
            found |= {"about:elsewhere": 1.0} if item.composite else {}
            continue
        if not item.attributes:
            found[f"gate:{item.gate}"] = 1.0
        for fact in item.attributes:
            found[f"{fact.name}:{fact.strength}"] = 1.0
            found[f"{fact.name}:cured"] = float(fact.cured_from is not None)
        if item.attributes:
            found |= {f"subject:{item.subject}": 1.0, f"right:{item.right}": 1.0, f"counterparty:{item.counterparty}": 1.0}
            found |= {"generic": 1.0} if item.generic_personal_information else {}
            found |= {"ambiguous": 1.0} if item.ambiguous_reference else {}
            found |= {"composite": 1.0} if item.composite else {}
            found |= {"procure": 1.0} if item.must_procure else {}
    if grade == "none" and not any(item.proposed is not None for item in facts):
        found["about:nothing"] = 1.0
    for name, score in scores.items():
        found[f"wording:{name}"] = max(-_SURE, min(_SURE, score)) / 2
    return found


def weigh(facts: Sequence[ClauseFacts], grade: Grade, model: Model) -> Weighed | None:
    """Return what rules and wording say together about a unit; None when its wording was not weighed."""
    scores = dict(facts[0].scores) if facts else {}
    if not scores:
        return None
    probabilities = model.fuse(features(facts, grade, scores))
    flag, candidate = limits(facts, grade, model)
    flagged, top = probabilities["flag"] >= flag, probabilities["candidate"] >= candidate
    if grade == "none" and max(scores.get(f"span:{name}", -_SURE) for name in ATTRIBUTES) < _SAYS_SO:
        flagged = False  # a bare grant: the clause sounds like a finding, and no part of it says what is unlimited
    return Weighed("candidate" if flagged and top else "review" if flagged else "none", probabilities)


def limits(facts: Sequence[ClauseFacts], grade: Grade, model: Model) -> tuple[float, float]:
    """Return from which probabilities on a unit is flagged and is a candidate, after what the rules say of it.

    What a rule found is dropped only where the wording speaks clearly against it, still more clearly where it is a mere practice
    or a picture of a person: real documents say that in passing, among the words of ordinary licences. The standard words, or two strong attributes, stay a candidate unless the wording speaks clearly
    against that. What no rule found must be clear without one: clearer still where no face is named in the unit, or where a rule knows why
    its words do not count.
    """
    found = model.thresholds
    candidate = found["candidate"] if grade == "candidate" else found["candidate_alone"]
    if grade == "candidate" and _plain(facts):
        return found["flag_plain"], found["candidate_plain"]
    if grade != "none":
        granted = any(item.attributes and item.right == "grant" and item.subject in _FACE for item in facts)
        return found["flag" if granted else "flag_weak"], candidate
    about_faces = any(item.proposed is not None and item.subject in _FACE and not item.generic_personal_information for item in facts)
    cancelled = any(item.proposed is None and item.gate in _STRUCTURAL for item in facts)
    return found["flag_alone" if about_faces and not cancelled else "flag_far"], candidate


def _plain(facts: Sequence[ClauseFacts]) -> bool:
    """Return True when a reading gives a strong attribute in the standard words, or two of them, and nothing in the unit was cancelled.

    The text models know standard words best from clauses in which they mean nothing: there they are no help.
    """
    if any(item.modifiers or item.gate for item in facts):
        return False
    strong = [fact for item in facts for fact in item.attributes if fact.strength == "strong"]
    explicit = any(item.source.endswith(_STANDARD) for fact in strong for item in fact.evidence)
    return explicit or any(sum(fact.strength == "strong" for fact in item.attributes) > 1 for item in facts)


def take(proposal: ClauseFacts, weighed: Weighed, model: Model) -> ClauseFacts:
    """Return the proposal as facts: with the attributes that the probabilities support, at least the most likely one."""
    proposed = proposal.proposed or ()
    likely = [fact for fact in proposed if weighed.probabilities[fact.name] >= model.thresholds[fact.name]]
    top = max(proposed, key=lambda fact: weighed.probabilities[fact.name], default=None)
    chosen = likely or ([top] if top is not None else [])
    strength: Strength = "strong" if weighed.grade == "candidate" or weighed.probabilities["strong"] >= model.thresholds["strong"] else "weak"
    right = "grant" if weighed.grade == "candidate" else "practice" if proposal.right == "none" else proposal.right
    return _with(replace(proposal, right=right, proposed=None), tuple(fact if fact.strength == "weak" else replace(fact, strength=strength) for fact in chosen))


def corrected(facts: ClauseFacts, proposal: ClauseFacts | None, weighed: Weighed, model: Model) -> ClauseFacts:
    """Return the facts of a reading without the attributes that are unlikely, and with those that only the wording shows."""
    probabilities, likely = weighed.probabilities, model.thresholds
    kept = [fact for fact in facts.attributes if probabilities[fact.name] >= likely[fact.name] / 4]
    kept = kept or [max(facts.attributes, key=lambda fact: probabilities[fact.name])]
    have = {fact.name for fact in facts.attributes}
    added = [
        replace(fact, strength="weak") for fact in (proposal.proposed or () if proposal else ())
        if fact.name not in have and probabilities[fact.name] >= likely["added"]
    ]  # fmt: skip
    return _with(facts, (*kept, *added))


def _with(facts: ClauseFacts, attributes: tuple[AttributeFact, ...]) -> ClauseFacts:
    """Return the facts with other attributes, and with the evidence of these instead of the old ones."""
    others = [item for item in facts.evidence if item.role not in ATTRIBUTES]
    evidence = sorted({*others, *(item for fact in attributes for item in fact.evidence)}, key=lambda item: (item.start, item.end, item.role))
    return replace(facts, attributes=attributes, evidence=tuple(evidence))


def best(grades: Sequence[Grade]) -> Grade:
    """Return the highest of some grades, "none" of no grade."""
    return max(grades, key=lambda grade: GRADE_RANK[grade], default="none")


def by_rules(facts: Sequence[ClauseFacts]) -> Grade:
    """Return the grade that the rules alone give a unit."""
    return best([grade_of(item)[0] for item in facts if item.proposed is None])

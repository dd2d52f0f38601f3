"""Narrowing wording as tracked changes: what could go is marked as deleted, what could stand instead as inserted."""

from __future__ import annotations

from copy import deepcopy

from clausescan.annotate.docx_anchor import Anchors, put_behind
from clausescan.annotate.options import AUTHOR, Options
from clausescan.readers.docx_story import DEL, DEL_TEXT, INS, P, T
from clausescan.readers.ooxml import Element, W
from clausescan.report.wrap import safe
from clausescan.types import Finding

_RPR = f"{W}rPr"


def suggest(anchors: Anchors, finding: Finding, options: Options) -> None:
    """Mark the severable words of a finding as deleted and add the narrowing wording behind its clause, both for Word to accept."""
    for part in finding.severable:
        for run in anchors.runs_of(part.start, part.end):
            _delete(run, anchors.next_id(), options)
    words = finding.suggestion
    span = anchors.range_of(finding.place.start, finding.place.end) if words else None
    if span is not None and span.spot == "words":
        _insert(span.last, f"【{words}】" if options.language == "zh" else f" [{words}]", anchors.next_id(), options)


def _delete(run: Element, change_id: str, options: Options) -> None:
    """Wrap a run of the paragraph itself; one that a tracked change already holds is left to that."""
    parent = run.getparent()
    if parent is None or any(ancestor.tag in (INS, DEL) for ancestor in run.iterancestors()):
        return
    change = _change(run, DEL, change_id, options)
    run.addprevious(change)
    change.append(run)
    for text in run.iter(T):
        text.tag = DEL_TEXT


def _insert(last: Element, words: str, change_id: str, options: Options) -> None:
    """Put the words behind `last`, outside links, controls and other changes, in the look of the text before."""
    top, parent = last, last.getparent()
    while parent is not None and parent.tag != P:
        top, parent = parent, parent.getparent()
    change = _change(last, INS, change_id, options)
    run = last.makeelement(f"{W}r")
    look = last.find(_RPR)
    if look is not None:
        run.append(_plain(look))
    text = run.makeelement(T)
    text.text = safe(words).replace("\n", " ")
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.append(text)
    change.append(run)
    put_behind(top, change)


def _plain(look: Element) -> Element:
    copy = look.makeelement(look.tag)
    copy.extend([deepcopy(child) for child in look if child.tag not in (f"{W}rPrChange", INS, DEL)])
    return copy


def _change(near: Element, tag: str, change_id: str, options: Options) -> Element:
    change = near.makeelement(tag)
    change.set(f"{W}id", change_id)
    change.set(f"{W}author", AUTHOR)
    change.set(f"{W}date", options.date.strftime("%Y-%m-%dT%H:%M:%SZ"))
    return change

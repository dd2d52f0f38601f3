"""The words of a comparison in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clausescan.compare.result import Comparison
from clausescan.types import Language

_WORDS: dict[str, tuple[str, str]] = {
    "new": ("new", "新增"),
    "gone": ("gone", "删去"),
    "changed": ("changed", "改动"),
    "split": ("split", "拆分"),
    "merged": ("merged", "合并"),
    "moved": ("moved", "移位"),
    "renumbered": ("renumbered", "改号"),
    "same": ("same", "相同"),
    "persists": ("persists", "仍在"),
    "clauses": ("Clauses", "条款"),
    "findings": ("Findings", "结果"),
    "documents": ("Documents", "文件"),
    "candidate": ("candidate", "候选"),
    "review": ("review", "复核"),
    "page": ("page {page}", "第 {page} 页"),
    "line": ("line {line}", "第 {line} 行"),
    "carries": ("a decision about the old text holds: the text is the same", "文字相同，原有处理意见仍适用"),
    "since": ("text changed since: look again", "文字已有改动，须重新复核"),
    "inconclusive": ("A part could not be read; more may have changed.", "有部分内容无法读取，其中可能还有改动。"),
    "none": ("none", "无"),
    "title": ("Comparison", "版本比较"),
    "old": ("Old", "旧版"),
    "new_version": ("New", "新版"),
    "note": (
        "Clauses are paired by their wording; a pair that was reworded through and through may stand as gone and new.",
        "条款按文字配对；全面改写的条款可能分别列为“删去”与“新增”。",
    ),
    "jump": ("Jump to", "跳转"),
    "unnumbered": ("(no number)", "（无编号）"),
}


def say(key: str, language: Language, **values: object) -> str:
    """Return a word or a sentence, its {} filled."""
    return _WORDS[key][language == "zh"].format(**values)


def language_of(comparison: Comparison, wanted: Language | None) -> Language:
    """Return the language to write in: the one asked for, else that of the document, else English."""
    return wanted or ("zh" if comparison.language == "zh" else "en")


def counts(given: Mapping[Any, int], language: Language) -> str:
    """Return "1 new, 3 changed", without what there is none of."""
    words = {say(kind, language): count for kind, count in given.items() if count}
    shown = [f"{count} {word}" if language == "en" else f"{word} {count}" for word, count in words.items()]
    return ("，" if language == "zh" else ", ").join(shown) or say("none", language)

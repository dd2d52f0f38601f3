"""The words of a sheet in both languages, and where a passage stands."""

from __future__ import annotations

from clausescan.facesheet.sheet import Passage, Sheet
from clausescan.report.wrap import safe
from clausescan.types import Language

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Face-data sheet", "人脸信息问答表"),
    "not_found": ("not found", "未找到"),
    "document": ("Document", "文件"),
    "question": ("Question", "问题"),
    "passage": ("Passage", "原文"),
    "place": ("Place", "位置"),
    "how": ("Speaks of face data", "所涉对象"),
    "sheet": ("Sheet", "问答表"),
    "passages": ("Passages", "原文摘录"),
    "face": ("by name", "直接写明"),
    "biometric": ("as biometric data", "生物识别信息"),
    "definition": ("by a defined term", "依定义"),
    "reference": ("by reference", "回指"),
    "heading": ("by the heading", "依标题"),
    "nothing": ("The document does not speak of face data.", "文件未提及人脸信息。"),
    "unread": ("Not read: {problem}", "未能读取：{problem}"),
    "inconclusive": ("A part could not be read; answers may stand there.", "有部分内容无法读取，其中可能有答案。"),
    "note": (
        "Every passage is quoted from the document. “Not found” says that no sentence about face data answers the question; "
        "general sentences about personal information are not counted.",
        "所列均为文件原文。“未找到”指没有涉及人脸信息的语句回答该问题；关于个人信息的一般性表述不计在内。",
    ),
    "page": ("page {page}", "第 {page} 页"),
    "line": ("line {line}", "第 {line} 行"),
}


def say(key: str, language: Language, **values: object) -> str:
    """Return a word or a sentence, its {} filled."""
    return _WORDS[key][language == "zh"].format(**values)


def where(passage: Passage, language: Language) -> str:
    """Return "4.2, page 3": the number of the clause and the page, or the line where there are no pages."""
    place = passage.place
    spot = say("page", language, page=place.page) if place.page else say("line", language, line=place.line)
    return ("，" if language == "zh" else ", ").join(part for part in (safe(passage.number), spot) if part)


def remark(sheet: Sheet, language: Language) -> str:
    """Return what has to be said about the document as a whole, or nothing."""
    if sheet.problem:
        return say("unread", language, problem=sheet.problem)
    if sheet.inconclusive:
        return say("inconclusive", language)
    return "" if sheet.mentions else say("nothing", language)

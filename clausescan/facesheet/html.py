"""Sheets as one HTML page for the screen and for print: a table for each document. No script, nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files
from typing import TextIO

from clausescan.facesheet.questions import questions
from clausescan.facesheet.sheet import Passage, Sheet
from clausescan.facesheet.words import remark, say, where
from clausescan.report.wrap import safe
from clausescan.types import Language


def write(sheets: Iterable[Sheet], out: TextIO, *, language: Language | None = None) -> None:
    """Write the page, one sheet at a time."""
    opened: Language | None = None
    for sheet in sheets:
        if opened is None:
            opened = language or sheet.language
            out.write(_head(opened))
        out.write("\n".join(_section(sheet, opened)) + "\n")
    out.write((_head(language or "en") if opened is None else "") + "</body>\n</html>\n")


def _head(language: Language) -> str:
    style = (files("clausescan.facesheet") / "sheet.css").read_text(encoding="utf-8")
    title = say("title", language)
    lang = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n<style>\n{style}</style>\n'
        f"</head>\n<body>\n<h1>{title}</h1>\n<p>{say('note', language)}</p>\n"
    )


def _section(sheet: Sheet, language: Language) -> Iterator[str]:
    yield f"<section><h2>{_text(sheet.name)}</h2>"
    if remark(sheet, language):
        yield f'<p class="remark">{_text(remark(sheet, language))}</p>'
    if sheet.mentions:
        yield f"<table><thead><tr><th>{say('question', language)}</th><th>{say('passage', language)}</th></tr></thead><tbody>"
        for question in questions():
            found = sheet.answers[question.id]
            cell = "".join(_passage(passage, language) for passage in found) or f'<span class="none">{say("not_found", language)}</span>'
            yield f"<tr><th>{_text(question.label(language))}</th><td>{cell}</td></tr>"
        yield "</tbody></table>"
    yield "</section>"


def _passage(passage: Passage, language: Language) -> str:
    note = f"{where(passage, language)} · {say(passage.subject, language)}"
    return f"<blockquote>{_text(passage.text)}<br><small>{_text(note)}</small></blockquote>"


def _text(text: str) -> str:
    return escape(safe(text)).replace("\n", " ")

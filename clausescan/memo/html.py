"""The memo as one HTML file for print: A4, page numbers, repeated table heads, rows that stay whole. No script, nothing from outside.

Print it to PDF from a browser, or with any converter that knows CSS paged media.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files

from clausescan.memo.content import Detail, Labelled, Memo
from clausescan.report.grid import Grid
from clausescan.report.wrap import safe

_PAGE = {"zh": '"第 " counter(page) " 页  共 " counter(pages) " 页"', "en": '"Page " counter(page) " of " counter(pages)'}


def write(memo: Memo) -> str:
    """Return the page."""
    style = (files("clausescan.memo") / "memo.css").read_text(encoding="utf-8").replace("{page}", _PAGE[memo.language])
    language = "zh-CN" if memo.language == "zh" else "en"
    head = f'<meta charset="utf-8">\n<title>{_text(memo.title)}</title>\n<style>\n{style}</style>'
    body = "\n".join(_body(memo))
    return f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n'


def _body(memo: Memo) -> Iterator[str]:
    yield f"<h1>{_text(memo.title)}</h1>"
    rows = "".join(f"<tr><th>{_text(label)}</th><td>{_text(value)}</td></tr>" for label, value in memo.facts)
    yield f'<table class="facts"><tbody>{rows}</tbody></table>'
    yield from _section(memo, "conclusion", map(_paragraph, memo.conclusion))
    yield from _section(memo, "overview", [_table(memo.overview)], "wide")
    yield from _section(memo, "details", map(_detail, memo.details))
    yield from _section(memo, "common", _labelled(memo.common))
    yield from _section(memo, "law", [_paragraph(memo.law_note), _list(memo.law)])
    yield from _section(memo, "coverage", map(_paragraph, memo.coverage))
    yield from _section(memo, "disclaimer", [_paragraph(memo.disclaimer)])
    yield f'<p class="signature">{_text(memo.signature)}</p>'


def _section(memo: Memo, name: str, parts: Iterable[str], kind: str = "part") -> Iterator[str]:
    if name in memo.headings:
        inside = "\n".join(parts)
        yield f'<section class="{kind}">\n<h2>{_text(memo.headings[name])}</h2>\n{inside}\n</section>'


def _detail(detail: Detail) -> str:
    quote = "".join(f"<mark>{_text(words)}</mark>" if strong else _text(words) for words, strong in detail.quote)
    notes = "\n".join(_labelled(detail.notes))
    return f"<article>\n<h3>{_text(detail.heading)}</h3>\n<blockquote>{quote}</blockquote>\n{_table(detail.elements)}\n{notes}\n</article>"


def _labelled(notes: Iterable[Labelled]) -> Iterator[str]:
    for label, sentences in notes:
        if len(sentences) == 1:
            yield f"<p><b>{_text(label)}</b>{_text(sentences[0])}</p>"
        else:
            yield f'<p class="label"><b>{_text(label)}</b></p>\n{_list(sentences)}'


def _list(items: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(item)}</li>' for item in items)}</ul>"


def _paragraph(text: str) -> str:
    return f"<p>{_text(text)}</p>"


def _table(grid: Grid) -> str:
    total = sum(column.width for column in grid.columns)
    widths = "".join(f'<col style="width:{column.width / total:.1%}">' for column in grid.columns)
    heads = "".join(f"<th>{_text(column.title)}</th>" for column in grid.columns)
    rows = "".join(f"<tr>{_cells(grid, row)}</tr>\n" for row in grid.rows)
    return f"<table><colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody></table>"


def _cells(grid: Grid, row: Sequence[str]) -> str:
    classes = (' class="centred"' if column.centred else "" for column in grid.columns)
    return "".join(f"<td{kind}>{_text(text)}</td>" for kind, text in zip(classes, row, strict=True))


def _text(text: str) -> str:
    return escape(safe(text)).replace("\n", "<br>")

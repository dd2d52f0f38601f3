"""The rules for people: the list that `clausescan rules` prints and the manual that `clausescan explain` does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from clausescan import law, rules
from clausescan.errors import DataError
from clausescan.report.wrap import fold
from clausescan.rules import related_rules
from clausescan.types import Language

_WIDTH = 96
_EXAMPLES = 5


def rules_text(language: Language) -> str:
    """Return the rules and the related findings, each with its law, as text."""
    return "\n".join(_list(language))


def rules_json() -> str:
    """Return the same as JSON, in both languages."""
    items: list[rules.Rule | related_rules.Related] = [*rules.rules().values(), *rules.related().values()]
    value = {
        "rules": [{"id": item.id, **_titles(item)} for item in rules.rules().values()],
        "related": [{"code": item.code, **_titles(item)} for item in rules.related().values()],
        "law": [asdict(law.basis(code)) for code in dict.fromkeys(code for item in items for code in item.law)],
        "versions": {"law": law.version(), "rules": rules.version()},
    }
    return json.dumps(value, ensure_ascii=False, indent=2)


def _titles(item: rules.Rule | related_rules.Related) -> dict[str, object]:
    return {"title": item.title.en, "title_zh": item.title.zh, "law": list(item.law)}


def explain(rule_id: str, language: Language) -> str:
    """Return the manual of a rule. Raises DataError and names the known rules."""
    code = rule_id.upper()
    if code in rules.related():
        return "\n".join(_explain_related(rules.related()[code], language))
    if code not in rules.rules():
        raise DataError(f"There is no rule {rule_id}. Known rules: {', '.join(rules.codes())}.")
    return "\n".join(_explain(rules.rule(rule_id), language))


def _list(language: Language) -> Iterator[str]:
    for item in rules.rules().values():
        yield f"{item.id}  {item.title[language]}"
        yield from (line for code in item.law for line in _law(code, language))
    yield ""
    yield "Related findings, reported beside the rules:" if language == "en" else "相关提示（附于各条，不计入等级）："
    for related in rules.related().values():
        yield from fold(f"{related.code}  {related.title[language]} [{', '.join(related.law)}]", _WIDTH, "", "       ")


def _explain(rule: rules.Rule, language: Language) -> Iterator[str]:
    english = language == "en"
    yield f"{rule.id}  {rule.title[language]}"
    yield ""
    yield rule.manual[language]
    yield ""
    yield "LAW (summaries in our own words; check the official text)" if english else "法律依据（摘要为本工具表述，请以官方文本为准）"
    yield from (line for code in rule.law for line in _law(code, language, operative=True))
    for title, notes in (
        ("WHAT THE OTHER SIDE MAY SAY" if english else "对方可能的主张", rule.counter_arguments),
        ("WHAT SOMEBODY HAS TO PROVE" if english else "待证事实", rule.missing_facts),
    ):
        yield ""
        yield title
        for item in notes:
            yield from fold(item.note.text if english else item.note.text_zh, _WIDTH, "- ", "  ")
    yield ""
    yield from fold(rule.disclaimer[language], _WIDTH)


def _explain_related(related: related_rules.Related, language: Language) -> Iterator[str]:
    english = language == "en"
    yield f"{related.code}  {related.title[language]}"
    yield ""
    yield related.manual[language]
    yield ""
    yield "LAW (summaries in our own words; check the official text)" if english else "法律依据（摘要为本工具表述，请以官方文本为准）"
    yield from (line for code in related.law for line in _law(code, language, operative=True))
    yield ""
    yield from fold(("What a reviewer wants to see: " if english else "复核时宜查看：") + related.advice[language], _WIDTH)
    proof = related_rules.proof(related.code)
    for title, sentences in (
        ("FOUND, for example" if english else "例：提示", proof.flag[language]),
        ("NOT FOUND, for example" if english else "例：不提示", proof.passes[language]),
        ("FOUND in a document that collects faces" if english else "例：对收集人脸的文件提示", proof.document_flag[language]),
    ):
        if sentences:
            yield ""
            yield title
            for sentence in sentences[:_EXAMPLES]:
                yield from fold(sentence, _WIDTH, "- ", "  ")
    yield ""
    yield from fold(
        "A related finding stands beside the findings of Article 11 and never changes their grade."
        if english
        else "相关提示附于第十一条的提示之外，不影响其等级。",
        _WIDTH,
    )


def _law(code: str, language: Language, operative: bool = False) -> Iterator[str]:
    found = law.provision(code)
    if language == "zh":
        mark = "" if found.verified else "［未经核对］"
        text = f"{code}  {found.of.document_number} {found.of.zh} {found.article_zh}（{found.in_force}起施行）{mark}：{found.summary_zh}"
    else:
        mark = "" if found.verified else " [not verified]"
        text = f"{code}  {found.of.document_number}, {found.of.en}, art. {found.article} (in force {found.in_force}){mark}: {found.summary}"
    if operative and found.operative:
        text += f"“{found.operative}”" if language == "zh" else f" “{found.operative}”"
    yield from fold(text, _WIDTH, "  ", "    ")

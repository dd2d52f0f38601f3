"""Facts about the document as a whole: kind, date, governing law, counterparty (LAW section 3.1)."""

from __future__ import annotations

import re

from clausescan.types import Counterparty, Document, DocumentContext

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "face_consent_form",
        re.compile(
            r"(?:人脸|面部|刷脸|面容|肖像)[^。\n]{0,20}(?:同意书|授权书|知情书|登记表|须知|规则)|(?:face|facial|biometric)[^.\n]{0,40}(?:consent|authori[sz]ation|release)",
            re.I,
        ),
    ),
    (
        "privacy_policy",
        re.compile(
            r"隐私(?:政策|权政策|条款|声明|保护|指引|通知)|个人信息(?:保护|处理)(?:政策|规则|声明)|privacy (?:policy|notice|statement)|data protection notice",
            re.I,
        ),
    ),
    (
        "user_agreement",
        re.compile(
            r"(?:用户|服务|会员|许可|使用|注册|入会|平台)(?:服务|使用|许可|注册)?(?:协议|条款|合同|规则)|合同|协议|terms (?:of|and)|agreement|contract|licence|license",
            re.I,
        ),
    ),
    ("notice", re.compile(r"告知书?|通知|公告|须知|提示|notice|information sheet", re.I)),
)
_DATE = re.compile(r"(?P<y>20[0-3]\d)\s?[年./-]\s?(?P<m>1[0-2]|0?[1-9])\s?[月./-]\s?(?P<d>3[01]|[12]\d|0?[1-9])")
_MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_DATE_EN = re.compile(
    rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{'|'.join(_MONTHS)}),? (?P<y>20[0-3]\d)|(?P<m2>{'|'.join(_MONTHS)}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>20[0-3]\d))",
    re.I,
)
_DATED = re.compile(r"生效|更新|发布|修订|版本|日期|签署|施行|effective|updated|revised|dated|version|in force", re.I)
_PRC = re.compile(
    r"(?:适用|依照|受)[^。;]{0,16}(?:中华人民共和国|中国(?:大陆|内地)?)[^。;]{0,8}法|laws? of the people's republic of china|\bprc law",
    re.I,
)
_FOREIGN = re.compile(
    r"(?:适用|受)[^。;]{0,12}(?:香港|澳门|台湾|新加坡|英国|美国|日本)[^。;]{0,12}法|governed by (?:and construed in accordance with )?the laws? of (?:the )?(?!people's republic of china)[a-z ]{3,30}",
    re.I,
)
_BUSINESS = re.compile(
    r"开发者协议|商户(?:服务)?协议|合作协议|采购合同|经销合同|企业服务协议|developer agreement|merchant agreement|reseller agreement|data processing agreement",
    re.I,
)


def document_context(document: Document, folded: str) -> DocumentContext:
    """Return the facts about the document; `folded` is its matching view."""
    head = (document.title or "") + "\n" + document.text[:400]
    business = bool(_BUSINESS.search(head))
    counterparty: Counterparty = "business" if business else "natural_person"
    return DocumentContext(
        kind="b2b" if business else _kind(document.title or "", document.text[:200]),
        date=_date(document.text),
        counterparty=counterparty,
        collects_faces=bool(re.search(r"人脸|面部|面容|刷脸|\bfac(?:e|ial)\b", folded)),
        governing_law="prc" if _PRC.search(folded) else "foreign" if _FOREIGN.search(folded) else None,
    )


def _kind(title: str, head: str) -> str:
    for text in (title, head):
        for kind, pattern in _KINDS:
            if text and pattern.search(text):
                return kind
    return "unknown"


def _date(text: str) -> str | None:
    """Return the date (ISO) that stands beside a word such as 生效 or "effective" near the top or the end, or None."""
    for part in (text[:3000], text[-1500:]):
        for pattern in (_DATE, _DATE_EN):
            for match in pattern.finditer(part):
                if _DATED.search(part[max(0, match.start() - 30) : match.end() + 12]):
                    return _iso(match)
    return None


def _iso(match: re.Match[str]) -> str:
    groups = match.groupdict()
    year = groups["y"] or groups["y2"]
    month, day = groups["m"] or groups["m2"], groups["d"] or groups["d2"]
    number = _MONTHS.index(month.lower()) + 1 if not month.isdigit() else int(month)
    return f"{year}-{number:02d}-{int(day):02d}"

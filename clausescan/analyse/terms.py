"""What the document as a whole says: defined terms, party roles, headings, whether it collects faces.

A term is found where contracts define: “X”指/包括…, “X” means/includes…, X：list, 以下简称“X”, (the "X").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from clausescan.analyse.phrases import Hit
from clausescan.analyse.view import DocView, Sentence, attribute_table
from clausescan.types import Language

TIER_RANK = {"generic": 0, "likeness": 1, "biometric": 2, "face_direct": 3}

_QUOTED = r"[“\"「《']([^“”\"」》']{1,40})[”\"」》']"
_DEFINITIONS: tuple[re.Pattern[str], ...] = (
    re.compile(
        _QUOTED
        + r"\s?(?:一词|一语)?(?:[^,。;]{0,6}?)(?:是指|系指|意指|乃指|指|谓|包括|包含|由(?=[^,。;]{1,80}(?:组成|构成))|涵盖|含有?(?!义)|即(?:为|指|是)|:)(?P<body>[^。]{2,300})"
    ),
    re.compile(
        _QUOTED
        + r"[^.;]{0,20}?\s(?:means|includes?|refers? to|shall mean|comprises?|covers?|is|are|has the meaning|takes in|shall include|will mean|denotes?|stands for)\b(?P<body>[^;]{2,400})"
    ),
    re.compile(_QUOTED + r"\s?:(?P<body>[^。]{2,300})"),
    # without quotation marks only where the text says that it defines: 本须知所称个人信息，包括……
    re.compile(
        r"(?:本|该)[^,。;\s]{1,8}(?:中)?所(?:称|指|说|述|言)(?:的)?([^,。;:“”\"「」『』《》\s]{2,16}?),?(?:是指|系指|意指|均指|仅?指|包括|包含|涵盖|含有?)(?P<body>[^。]{2,300})"
    ),
    re.compile(
        r"\bin (?:this|these) (?:[a-z]+ )?(?:policy|notice|agreement|form|terms|document|contract|statement|consent),? ([a-z][a-z -]{2,36}?) (?:means?|includes?|refers? to|covers?|comprises?|takes? in)\b(?P<body>[^;]{2,400})"
    ),
)
_LABELLED = re.compile(r"(?:^|\n)\s*(?:(?:定义|definitions?)\s*:\s*)?(?P<term>[^\s,。;:\"“”|]{2,12}):(?P<body>[^。\n]{3,200})")


@dataclass(frozen=True, slots=True)
class _ShortForm:
    """A name given at the end of what it stands for: `least` to `most` characters before `name`, none of them in `stops`.

    The name is looked for first: a pattern that begins with what stands before it would try each character of a text.
    """

    name: re.Pattern[str]
    stops: re.Pattern[str]
    least: int
    most: int

    def find(self, text: str) -> Iterator[tuple[str, int, int, int]]:
        """Yield the term, and where what it stands for begins and ends, and where the name ends."""
        done = 0
        for match in self.name.finditer(text):
            start = max(done, match.start() - self.most)
            for stop in self.stops.finditer(text, start, match.start()):
                start = stop.end()
            if match.start("name") - start >= self.least:
                yield match["term"], start, match.start(), match.end()
                done = match.end()


_SHORT_FORMS = (
    _ShortForm(
        re.compile(r"[(,]?(?:以下|下)?(?P<name>(?:简称|统称|合称|称)(?:为|作)?\s?[“\"「](?P<term>[^“”\"」]{1,16})[”\"」])"),
        re.compile(r"[。;\n]"), 4, 160,
    ),
    _ShortForm(
        re.compile(
            r"(?P<name>\((?:together,? |collectively,? |each,? |hereinafter,? )*(?:referred to as |called )?(?:the |our |your |an? )?[\"“](?P<term>[^\"”]{2,40})[\"”]\))"
        ),
        re.compile(r"[.;\n]"), 4, 240,
    ),
    # Deeds name a party in round brackets without quotation marks: "the person named below (the Licensor)".
    _ShortForm(
        re.compile(r"(?P<name> \((?:hereinafter )?the (?P<term>licensor|licensee|grantor|grantee|[a-z]{3,16}(?:or|ee|er))\))"),
        re.compile(r"[.;,()\n]"), 4, 160,
    ),
)  # fmt: skip
_NEGATED_BODY = re.compile(
    r"不(?:包括|含|涉及|包含)|takes? in no\b|not includ|does not|excludes?|excluding|no image|other than|not cover|without any"
)
_NOT_A_TERM = re.compile(
    r"协议|合同|条款|须知|政策|声明|提示|约定|[()]|第.{1,20}条|^\d|期限|范围|目的|方式|对象|备注|问|答|注|note|example|heading|title"
)
# Names of parties, products and documents are no subject, whatever words stand in what they abbreviate.
_PARTY_NAME = re.compile(
    r"我们|我行|我司|本?公司|本?平台|甲方|[乙丙丁]方|(?:本|该)(?:款|应用|软件|产品|服务|协议|合同|政策|指引|条款|网站|app|行|店|院|校|机构)|您|你|用户|we|us|our|you|your|company|platform|app|service|services|party [a-d]|licen[sc]ee|licensor|operator|provider|agreement|policy|terms"
)
# a grantee is a party, and these are none
_THING = re.compile(
    r"(?:范围|期限|期间|费用|地域|目的|内容|权利|许可|协议|作品|产品|信息|数据|资料)$"
    r"|\b(?:scope|period|terms?|fees?|territory|purposes?|contents?|dates?|rights?|licen[cs]es?|agreement|works?|products?|data|information|materials?|property|use)\b(?: of \w+)?$"
)
# what a product does is no data either, whatever it is done with
_FUNCTION_NAME = re.compile(r"(?:功能|服务|模式|页面|工具|系统|程序|活动|计划)$|\b(?:functions?|features?|services?|modes?|tools?|systems?|programs?|programmes?|campaigns?|contests?|sites?)$")
# What such a body ends with is a party, a product or a document, not data.
_PRODUCT = re.compile(
    r"(?:产品|服务|应用|软件|平台|公司|app|小程序|网站|企业|机构|协议|合同|政策|条款|银行|app\W*|company|platform|services?|application|agreement|policy|website|inc\.?|ltd\.?)\W*$"
)
# What a label before a colon must be to name data: "座舱感知数据：", not "用途描述：".
_DATA_NAME = re.compile(
    r"数据|信息|资料|素材|档案|影像|记录|档$|库$|包$|集$|表$|类目|件$|照$|data|records?|footage|material|profile|image|content|asset|particular|file|clip|scan"
)
_GENERAL_NAME = re.compile(
    r"(?:用户|会员|客户|您的)?(?:个人)?(?:敏感)?(?:个人)?(?:信息|资料|数据|内容)|(?:sensitive )?(?:personal |user |customer )?(?:data|information|particulars|content)"
)
# "身份要素包括……" defines where the text writes “身份要素” elsewhere
_BARE = re.compile(
    r"\s*(?P<term>[^,。;:“”\"\s]{2,12}?)(?:是指|系指|指的是|包括|包含|涵盖)(?P<body>[^。]{2,300})"
)
_REACH = 80  # how far words that begin in a definition may go beyond it
_MAY_DEFINE = re.compile("[“\"「《']|所[称指说述言]|\\bin th(?:is|ese) ")
_FACE_SERVICE = re.compile(
    r"(?:采用|使用|安装|支持|设有|通过|开通|配备|启用|提供|凭|以|可)[^。;\n不未无]{0,12}(?:人脸|面部|刷脸|扫脸|面容)(?:识别|验证|核验|登录|登入|比对|支付|闸机|门禁|考勤|解锁|通行|开门|进)"
    r"|\b(?:uses?|using|by|via|with|through|supports?|offers?|unlock\w*|log(?:s|ged|ging)? ?in|enter\w*)\b[^.;\n]{0,40}\bfac(?:e|ial)[- ](?:recognition|login|unlock|id|verification|scan\w*|match\w*)"
)
_NO_FACES = re.compile(
    r"(?:不|未|没有|从不|不会)(?:会)?(?:收集|采集|使用|处理|涉及|含|包括|包含)|(?:do(?:es)?|will|did) not (?:collect|use|process|capture|store)|never (?:collect|use)|nothing else"
)
_BUSINESS = re.compile(
    r"企业|公司(?!员工)|开发商|集成商|银行|制片|制作方|供应商|法人|\b(?:ltd|inc|llc|company|corp|gmbh|plc|software|manufacturer|reseller|merchant|vendor|developer)\b"
)
_PERSON = re.compile(
    r"自然人|本人|会员|个人|员工|用户|演员|学员|患者|业主|消费者|\b(?:individual|natural person|you|user|member|account holder|employee|customer|participant|person who|student|parent)\b"
)


@dataclass(frozen=True, slots=True)
class Term:
    """A defined term: what tier its definition has, and whether the definition itself opens the grantee to others."""

    name: str
    tier: str
    start: int
    end: int
    party: str
    face_process: bool
    sublicence: Hit | None


_PROCESS = re.compile(
    r"换脸|识别|虚拟|数字人|口型|三维(?:模型|建模|重建)|swap|recogni|digital (?:twin|double)"
    # an avatar or a model that is made of what was named, not one that is used, shown or sold
    r"|\b(?:build|built|make|made|making|train|render|turn|reconstruct|(?:creat|generat|driv|animat|produc|deriv)(?:e|en|ing))(?:s|d|ed|ing)?\b[^.;]{0,40}\b(?:avatars?|(?:3d|three-dimensional) (?:models?|characters?))\b"
    r"|\bavatars? (?:of|from|made|built|based)\b|\b(?:3d|three-dimensional) models? of (?:you|the (?:face|head|person|user))"
)
_GOES_ON = re.compile(r"[^.;。]{0,80}")


class DocumentTerms:
    """Defined terms and the facts about the document that clauses inherit."""

    def __init__(self, view: DocView) -> None:
        self.view = view
        # A gate or a login that reads faces is no subject of a grant, but it shows that the document processes faces.
        self.collects_faces = any(self._collects(number) for number in range(len(view.clauses))) or bool(_FACE_SERVICE.search(view.text))
        self.terms: dict[str, Term] = {}
        self.fragments: set[int] = set()
        for number, clause in enumerate(view.clauses):
            if clause["kind"] != "table_row":
                self._define(number)
        self.pattern = _any_name(self.terms)

    def users(self, *, faces: bool = False) -> set[int]:
        """Return the clauses that hold the name of a defined term; with `faces`, of one that means a face or a picture."""
        names = [name for name, term in self.terms.items() if not faces or term.tier in ("face_direct", "biometric", "likeness")]
        pattern = _any_name(names)
        if pattern is None:
            return set()
        return {number for number, (start, end) in enumerate(self.view.ranges) if pattern.search(self.view.text, start, end)}

    def opens_grantees(self, clauses: list[int]) -> bool:
        """Return True when one of `clauses` names a party whose definition takes in successors or assigns."""
        names = [re.escape(name) for name, term in self.terms.items() if term.sublicence is not None and not term.tier]
        if not names:
            return False
        pattern = re.compile("|".join(names))
        return any(pattern.search(self.view.text, *self.view.ranges[number]) for number in clauses)

    def party_of(self, name: str) -> str:
        """Return "person" or "business" for a party that the document defines, and "" for everything else."""
        term = self.terms.get(name)
        return term.party if term else ""

    def uses(self, sentence: Sentence) -> list[tuple[int, int, Term]]:
        """Return where the sentence uses defined terms, not counting the place of definition itself."""
        if self.pattern is None:
            return []
        found = (
            (match.start(), match.end(), self.terms[match.group()])
            for match in self.pattern.finditer(self.view.text, sentence.start, sentence.end)
        )
        return [use for use in found if not (use[2].start <= use[0] < use[2].end and self._is_definition_only(sentence, use[2]))]

    def _is_definition_only(self, sentence: Sentence, term: Term) -> bool:
        return term.start >= sentence.start and term.end <= sentence.end + 1

    def _collects(self, number: int) -> bool:
        hits = [hit for hit in self.view.subject_hits[number] if hit.entry.tier == "face_direct"]
        if not hits:
            return False
        start, end = self.view.ranges[number]
        return not (len(hits) == 1 and end - start < 120 and _NO_FACES.search(self.view.text, start, end))

    def _define(self, number: int) -> None:
        start, end = self.view.ranges[number]
        text = self.view.text[start:end]
        if _MAY_DEFINE.search(text):
            self._define_quoted(number, start, text)
        bare = _BARE.match(text)
        if bare is not None and _quoted_somewhere(bare["term"], self.view.text):
            self._add(number, bare["term"], start + bare.start("term"), start + bare.end(), start + bare.start("body"))
        if ":" not in text[:24]:
            return
        label = _LABELLED.match(text)
        if (
            label
            and not _NOT_A_TERM.search(label["term"])
            and (self._has_party(label["term"]) or (_DATA_NAME.search(label["term"]) and re.search("[、,]", label["body"])))
        ):
            self._add(number, label["term"], start + label.start("term"), start + label.end(), start + label.start("body"))
        if label is None or self._has_party(label["term"]):
            for match in re.finditer(r"(?P<term>[甲乙丙丁]方)(?:\([^)]{1,12}\))?:(?P<body>[^;。]{2,60})", text):
                self._add(number, match["term"], start + match.start(), start + match.end(), start + match.start("body"))

    def _define_quoted(self, number: int, start: int, text: str) -> None:
        for pattern in _DEFINITIONS:
            for match in pattern.finditer(text):
                self._add(number, match.group(1), start + match.start(), start + match.end(), start + match.start("body"))
        for form in _SHORT_FORMS:
            for term, first, last, end in form.find(text):
                if not _PRODUCT.search(text, max(first, last - 14), last):
                    self._add(number, term, start + first, start + end, start + first)

    def _opening(self, number: int, start: int, end: int) -> Hit | None:
        """Return the words in [start, end) of a definition that open what it names to others; the gate has not looked at it yet."""
        language = self.view.language(number)
        last = min(end + _REACH, self.view.ranges[number][1])
        hits = self.view.matcher("attribute", language).scan(start, last, _openers(language))
        return next((hit for hit in hits if hit.start < end), None)

    @staticmethod
    def _has_party(term: str) -> bool:
        return bool(re.fullmatch(r"[甲乙丙丁]方", term))

    def _add(self, number: int, name: str, start: int, end: int, body: int) -> None:
        name = name.strip()
        if not name or name in self.terms:
            return
        text = self.view.text[body:end]
        hits = [hit for hit in self.view.subject_hits[number] if body <= hit.start < end]
        # "Posts do not include Face Materials": what a definition leaves out does not make its term a face.
        taken_in = [hit for hit in hits if not _NEGATED_BODY.search(self.view.text, max(body, hit.start - 40), hit.start)]
        negated = bool(hits) and not taken_in
        tiers = [hit.entry.tier for hit in taken_in if hit.entry.tier != "generic"]
        if _PARTY_NAME.fullmatch(name) or _FUNCTION_NAME.search(name):
            tiers = []
        tier = max(tiers, key=lambda value: TIER_RANK[value], default="")
        if tier == "biometric" and _GENERAL_NAME.fullmatch(name):
            # "信息" that includes biometric information among everything else stays general personal information.
            tier = "generic"
        party = "business" if _BUSINESS.search(text) and not _PERSON.search(text) else "person" if _PERSON.search(text) else ""
        opens = not tier and party != "person" and not _THING.search(name)
        sublicence = self._opening(number, body, end) if opens else None
        # What the sentence goes on to say of the data it has just named is part of their definition: ("Scans") to build an avatar.
        goes_on = _GOES_ON.match(self.view.text, end, self.view.ranges[number][1])
        process = _PROCESS.search(self.view.text, body, goes_on.end() if goes_on else end)
        self.terms[name] = Term(
            name=name,
            tier=tier or ("none" if negated else ""),
            start=start,
            end=end,
            party=party,
            face_process=bool(process),
            sublicence=sublicence,
        )


@cache
def _openers(language: Language) -> frozenset[str]:
    """Return the entries that open a right to others outright."""
    entries = attribute_table(language).entries
    return frozenset(entry.id for entry in entries if entry.attribute == "sublicensable" and entry.strength == "strong")


def _quoted_somewhere(name: str, text: str) -> bool:
    return any(f"{opening}{name}{closing}" in text for opening, closing in ("“”", '""', "「」", "《》"))


def _any_name(names: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for any of the names, the longest first; None without names."""
    ordered = sorted(names, key=len, reverse=True)
    # No name of Latin letters inside a word. Those with other characters first: at one place theirs is the longer one.
    others, latin = ("|".join(re.escape(name) for name in ordered if name.isascii() is ascii_) for ascii_ in (False, True))
    parts = [*([others] if others else []), *([rf"(?<![a-z])(?:{latin})(?![a-z])"] if latin else [])]
    return re.compile("|".join(parts)) if parts else None

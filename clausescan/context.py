"""Facts about the document as a whole, each with the words that say so (LAW section 3.1): kind and setting, date, counterparty,
governing law, signs of standard terms, incorporation of a policy into the agreement.

A pattern is tried only around its anchor words, so that a long text without them costs a few searches for a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from clausescan.folding import Folded
from clausescan.types import ContractStatus, Counterparty, Document, DocumentContext, Era, Evidence

_HEAD, _BEGINNING = 400, 1500


class _Cue(NamedTuple):
    """A pattern over the matching view, and the literal words around which it is tried."""

    name: str
    anchors: tuple[str, ...]
    pattern: re.Pattern[str]
    window: tuple[int, int] = (80, 80)


def _cue(name: str, anchors: str, pattern: str, before: int = 80, after: int = 80) -> _Cue:
    return _Cue(name, tuple(anchors.split("|")), re.compile(pattern), (before, after))


# ---- kind: the form of the document; the first that fits the title, then the head ----
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "b2b",
        re.compile(
            r"开发者(?:服务)?协议|商[户家](?:服务|入驻|合作)?(?:协议|合同)|合作(?:框架)?协议|采购(?:框架)?合同|经销(?:商)?(?:协议|合同)"
            r"|企业(?:版)?(?:用户)?服务协议|委托处理协议|数据处理协议|供应商(?:协议|合同)|接入协议|渠道(?:合作)?协议"
            r"|developer (?:terms|agreement)|merchant (?:services? )?agreement|reseller agreement|data processing (?:agreement|addendum)"
            r"|(?:master services?|vendor|suppl(?:y|ier)|trademark licen[cs]e|distribut(?:ion|or)|strategic alliance|collaboration|endorsement|sponsorship|intellectual property"
            r"|joint venture|outsourcing|manufacturing|consulting|franchise|agency|maintenance|promotion|co-branding|development) agreement",
            re.I,
        ),
    ),
    (
        "face_consent_form",
        re.compile(
            r"(?:人脸|面部|脸部|刷脸|面容|肖像|生物识别)[^。\n]{0,20}(?:同意书|授权书|知情书|登记表|须知|规则|声明书)"
            r"|(?:face|facial|biometric|photo|image|likeness|media)[^.\n]{0,40}(?:consent|authori[sz]ation|release)(?: form)?\b",
            re.I,
        ),
    ),
    (
        "privacy_policy",
        re.compile(
            r"隐私(?:权)?(?:保护)?(?:政策|条款|声明|协议|保护|指引|通知|说明|须知)|个人信息(?:保护|处理|安全|及隐私)[^。\n]{0,8}(?:政策|规则|声明|指引|协议|说明)"
            r"|privacy (?:policy|notice|statement)|data protection notice",
            re.I,
        ),
    ),
    (
        "employment",
        re.compile(r"劳动合同|劳务(?:合同|协议)|聘用(?:合同|协议)|员工手册|员工守则|employment (?:contract|agreement)|(?:employee|staff) handbook", re.I),
    ),
    (
        "property",
        re.compile(
            r"(?:前期)?物业(?:管理)?(?:服务)?(?:合同|协议)|(?:业主|临时)?管理规约|(?:房屋|商铺|公寓|住房)?租赁(?:合同|协议)|入住(?:协议|须知)"
            r"|residential (?:lease|tenancy)|(?:lease|tenancy) agreement|property management agreement|resident(?:s'?)? (?:handbook|rules)",
            re.I,
        ),
    ),
    (
        "school",
        re.compile(
            r"(?:入学|在校|培训|教育|学员|学生|托管|夏令营)[^。\n]{0,10}(?:协议|合同|须知|手册|承诺书)|家长(?:告知|承诺|同意)[^。\n]{0,4}书"
            r"|(?:enrol?ment|student|pupil|school|parent)[^.\n]{0,20}(?:agreement|contract|handbook|terms)",
            re.I,
        ),
    ),
    (
        "user_agreement",
        re.compile(
            r"(?:用户|服务|会员|许可|使用|注册|入会|平台)(?:服务|使用|许可|注册)?(?:协议|条款|合同|规则|须知|章程)|合同|协议|条款"
            r"|terms (?:of|and)|agreement|contract|licen[cs]e|conditions of use|user terms",
            re.I,
        ),
    ),
    ("notice", re.compile(r"告知书?|通知|公告|告示|须知|提示|notice|information sheet|announcement", re.I)),
)
# what a text without a title calls itself
_SELF: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("face_consent_form", ("本同意书", "本授权书", "this consent form", "this release")),
    ("privacy_policy", ("本政策", "本隐私", "本声明", "本指引", "this policy", "this privacy", "this notice")),
    ("user_agreement", ("本协议", "本合同", "本条款", "本服务条款", "this agreement", "these terms", "this contract")),
    ("notice", ("本告知", "本须知", "本通知", "本公告")),
    ("face_consent_form", ("i hereby grant", "i hereby consent", "i hereby authori", "本人同意", "本人授权")),
)
_TITLE_LENGTH = 60
# ---- setting: the relation in which the document stands ----
_SETTINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("employment", ("员工", "职工", "劳动者", "雇员", "考勤", "入职", "用人单位", "employee", "employer", " staff", "workplace", "time clock")),
    ("property", ("物业", "业主", "小区", "住户", "租户", "承租人", "门禁", "楼宇", "tenant", "landlord", "homeowner", "apartment", "condominium", "residents'")),
    ("school", ("学校", "学生", "幼儿园", "培训机构", "学员", "校园", " school", "student", "pupil", "kindergarten", "campus")),
    ("health", ("医院", "患者", "诊所", "医疗机构", "美容院", "医美", "patient", "clinic", "hospital")),
    ("finance", ("银行", "信用卡", "贷款", "支付账户", "证券", "保险", "理财", " bank", " loan", "brokerage", "insurance", "payment account")),
    ("hospitality", ("酒店", "入住", "客房", "民宿", "hotel", "check-in")),
    ("retail", ("商场", "门店", "超市", "店铺", "专柜", "shopping mall", "shopping centre", "our stores", "in-store")),
    ("fitness", ("健身", "会籍", " gym", "fitness c")),
    ("platform", ("用户", "应用", "平台", "网站", "客户端", "小程序", "软件", " user", " app ", " app's", "website", "platform", "online", "service")),
)  # fmt: skip
# ---- signs of standard terms (Civil Code 496): the words that say it, never a proof ----
_SIGNS: tuple[_Cue, ...] = (
    _cue("click_through", "点击|勾选|点选", r"(?:点击|勾选|点选)[^。;]{0,20}(?:同意|接受|确认|提交|注册|登录|下一步)", 4, 40),
    _cue("click_through", "click|tick|check the box|checking", r"\b(?:by )?(?:clicking|click|ticking|tick|checking|check)\b[^.]{0,60}(?:accept|agree|consent|box|continue|button)", 10, 80),
    _cue("use_is_acceptance", "视为|即表示|即代表|即表明", r"(?:使用|登录|访问|注册|录入|进入|下载|安装|继续)[^。;]{0,30}(?:即|则|将)?(?:视为|表示|代表|表明)[^。;]{0,24}(?:同意|接受|知悉|认可)", 50, 40),
    _cue("use_is_acceptance", "by using|by accessing|by downloading|use of the|by registering|by entering|continued use", r"(?:by (?:using|accessing|downloading|registering|entering)|(?:your )?(?:continued )?use of)[^.]{0,120}(?:you (?:agree|accept|consent|acknowledge)|constitutes?[^.]{0,20}(?:acceptance|agreement|consent))", 6, 220),
    _cue("unilateral_change", "修改|变更|更新|修订", r"(?:我们|本?公司|本?平台|甲方)[^。;,]{0,12}(?:有权|可以?|可能|保留)[^。;,]{0,16}(?:修改|变更|更新|修订)[^。;,]{0,10}(?:协议|条款|政策|规则|声明|指引)|(?:协议|条款|政策|规则|声明|指引)[^。;,]{0,6}(?:可能|将会?|有权)[^。;,]{0,8}(?:修改|变更|更新|修订)", 50, 24),
    _cue("unilateral_change", "modify|amend|update|change|revise", r"\b(?:we|company|provider|[a-z]+)\b (?:may|reserves? the right to|can)[^.]{0,40}(?:modify|amend|update|change|revise)[^.]{0,40}(?:terms|agreement|policy|notice|statement|conditions)", 60, 60),
    _cue("says_standard_form", "格式条款|格式合同|示范文本|制式|标准合同|范本", r"(?:格式(?:条款|合同)|示范文本|制式(?:合同|协议)|标准合同|合同范本)", 8, 12),
    _cue("says_standard_form", "standard terms|standard form|contract of adhesion|standard conditions", r"\b(?:standard (?:terms|form|conditions)|contract of adhesion)\b", 4, 30),
    _cue("says_prompted", "加粗|粗体|黑体|下划线|特别提示|特别注意|重点阅读|字体", r"[^。;\n]{0,16}(?:加粗|粗体|黑体|下划线|特别(?:提示|注意)|重点阅读)[^。;\n]{0,24}", 24, 36),
    _cue("says_prompted", "in bold|bold type|capital letters|highlighted", r"[^.]{0,40}(?:in bold|bold type|capital letters|highlighted)[^.]{0,40}", 50, 50),
    _cue("blanks", "___", r"[^\s:_]{1,12}:\s?_{3,}", 20, 4),
    _cue("blanks", "＿＿＿|___", r"[^\s:_]{1,12}:\s?[_＿]{3,}", 20, 4),
    _cue("to_be_signed", "签字|签名|签章", r"(?:签字|签名|签章)(?:处|栏|人)?\s?(?:[(（][^)）\n]{0,8}[)）])?\s?[:：_]", 2, 40),
    _cue("to_be_signed", "signature|signed by", r"\b(?:signature|signed by)(?: of [a-z ]{3,30})?\s?[:_]", 2, 40),
)  # fmt: skip
_DENIES: tuple[_Cue, ...] = (
    _cue("not_standard_term", "格式条款|格式合同", r"(?:不(?:属于|是|构成|视为)|并?非(?:属|为)?|不得视为)[^。;,]{0,8}格式(?:条款|合同)", 24, 8),
    _cue("not_standard_term", "协商", r"(?:已|经|均)[^。;]{0,12}(?:充分|逐条|平等|共同)[^。;]{0,6}协商", 24, 6),
    _cue("not_standard_term", "negotiat|adhesion|standard term|standard form", r"not (?:a |an |be )?(?:deemed |considered )?(?:a |an )?(?:standard(?: form)? (?:terms?|contract)|contract of adhesion)|(?:has|have) been (?:fully |individually |freely )*negotiated|not be construed as a contract of adhesion", 60, 40),
)  # fmt: skip
_POLICY = r"(?:政策|声明|指引|隐私条款|处理规则|隐私协议)》?"
_INCORPORATES: tuple[_Cue, ...] = (
    _cue("incorporation", "组成部分|不可分割|同等法律效力|同等效力|一部分", rf"{_POLICY}[^。;修更]{{0,12}}(?:是|属于|构成|为|作为|系|与|均?视为|纳入)[^。;修更]{{0,40}}(?:协议|合同|条款|章程|《[^》]{{2,30}}》)[^。;修更]{{0,14}}(?:组成部分|不可分割|同等(?:法律)?效力|一部分)", 90, 12),
    _cue("incorporation", "part of|incorporated", r"(?:this|the|our|its) (?:[a-z]+ )?(?:privacy )?(?:policy|notice|statement)[^.]{0,100}(?:(?:forms?|is|are|constitutes?|made) (?:an? )?(?:integral )?part of (?:the|these|this|our|your) (?:[a-z]+ ){0,3}(?:terms|agreement|contract|conditions)|(?:is|are) (?:hereby )?incorporated)", 160, 60),
)  # fmt: skip
_PRC: tuple[_Cue, ...] = (
    _cue("prc", "中华人民共和国|中国", r"(?:适用|受|遵守|遵循|依据|依照|按照|根据|解释)[^。;《》\n]{0,24}(?:中华人民共和国|中国)(?:大陆|内地)?(?:地区)?(?:的)?(?:现行)?(?:有效)?(?:的)?(?:相关)?法律", 40, 24),
    _cue("prc", "people's republic of china|prc law|laws of china|law of china|laws of the prc", r"laws? of (?:the )?(?:people's republic of china|prc|(?:mainland )?china)|\bprc laws?", 20, 40),
)  # fmt: skip
_FOREIGN: tuple[_Cue, ...] = (
    _cue("foreign", "法", r"(?:适用|受)[^。;《》\n]{0,12}(?:香港|澳门|台湾|新加坡|英国|美国|日本|韩国|开曼|加利福尼亚|特拉华)[^。;《》\n]{0,14}法(?:律)?", 40, 6),
    _cue("foreign", "governed by|laws of", r"govern(?:ed by|ing law)[^.]{0,60}laws? of (?:the )?+(?:[a-z]+ of )?(?!people's republic|prc|china|mainland|place|jurisdiction|your|country|applicable|relevant|region|territory|location|forum|where)[a-z ,]{3,30}", 20, 140),
)  # fmt: skip
_FOREIGN_ANCHORS = ("香港", "澳门", "台湾", "新加坡", "英国", "美国", "日本", "韩国", "开曼", "加利福尼亚", "特拉华")

# ---- dates ----
_YEAR, _MONTH, _DAY = r"(?P<y>20[0-3]\d)", r"(?P<m>1[0-2]|0?[1-9])", r"(?P<d>3[01]|[12]\d|0?[1-9])"
_DATE = re.compile(rf"[【\[]?{_YEAR}[】\]]?\s?[年./-]\s?[【\[]?{_MONTH}[】\]]?(?:\s?[月./-]\s?[【\[]?{_DAY}(?!\d)|\s?月)")
_DATE_DMY = re.compile(r"(?<![\d.])(?P<d>3[01]|[12]\d|0?[1-9])\.(?P<m>1[0-2]|0?[1-9])\.(?P<y>20[0-3]\d)(?!\d)")
_NAMES = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]
_NAME = rf"(?:{'|'.join(f'{name}|{name[:3]}' for name in _NAMES)}|sept)"
_DATE_EN = re.compile(
    rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{_NAME})\.?,? (?P<y>20[0-3]\d)"
    rf"|(?P<m2>{_NAME})\.? (?:(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? )?(?P<y2>20[0-3]\d))",
    re.I,
)
_YEARS = re.compile(r"20[0-3]\d|二[〇○零][〇○零一二三][〇○零一二三四五六七八九]年")
_ZH_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_DATE_ZH = re.compile(r"(?P<y>二[〇○零][〇○零一二三][〇○零一二三四五六七八九])年(?P<m>十[一二]?|[一二三四五六七八九])月(?P<d>[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])日")
# the day on which a text takes effect says more than the day on which it was changed or printed
_LABELS = (
    re.compile(r"生效|施行|实施|effective|in force|takes? effect", re.I),
    re.compile(r"更新|发布|公布|修订|版本|版|签署|签订|日期|adjust|updated|revised|dated|version|modified|published|posted|date|as of", re.I),
)
_ABOUT_A_LAW = re.compile(r"》[^。;\n]{0,20}$|(?:法|条例|办法)(?:已|将|于|自)[^。;\n]{0,6}$")

# ---- parties ----
_PERSON = re.compile(r"您|用户|消费者|业主|员工|会员|学员|学生|患者|住户|本人|家长|参与者|\byou\b|\busers?\b|\bemployees?\b|\bparticipants?\b|\bundersigned\b|\btenants?\b|\bmembers?\b", re.I)
_FIRM = r"\b(?:inc|ltd|llc|limited|corporation|corp|company|co|gmbh|plc|l\.p)\b"
_COMPANY = re.compile(rf"甲方[^。\n]{{0,30}}公司[^。]{{0,80}}乙方[^。\n]{{0,30}}公司|\bbetween\b(?s:.){{3,200}}?{_FIRM}(?s:.){{1,300}}?\band\b(?s:.){{1,200}}?{_FIRM}", re.I)
_FACES = ("人脸", "面部", "面容", "刷脸")
_FACE = re.compile(r"\bfac(?:e|ial)\b")


def document_context(document: Document, view: Folded) -> DocumentContext:
    """Return the facts about the document; `view` is its matching view. The notes are left to the judge."""
    words = _Words(document, view)
    kind = words.kind()
    date = words.date()
    incorporated = words.first("incorporation", _INCORPORATES)
    prc = words.first("governing_law", _PRC)
    foreign = None if prc else words.foreign()
    signs = words.all("standard_term", _SIGNS)
    denies = words.first("not_standard_term", _DENIES)
    counterparty = words.counterparty(kind)
    return DocumentContext(
        kind=kind, date=date, counterparty=counterparty, collects_faces=_collects_faces(view.text),
        governing_law="prc" if prc else "foreign" if foreign else None, setting=words.setting(),
        contract_status=_status(kind, incorporated is not None), era=era(date), standard_term_signs=signs,
        denies_standard_term=denies is not None, evidence=tuple(sorted(words.found, key=lambda item: (item.start, item.end, item.role))),
    )  # fmt: skip


def era(date: str | None) -> Era:
    """Return where a date (YYYY-MM-DD or YYYY-MM) stands towards 1 January and 1 August 2021."""
    if date is None:
        return "unknown"
    if date[:4] < "2021":
        return "before_2021"
    return "before_2021_08" if date[:7] < "2021-08" else "later"


def _status(kind: str, incorporated: bool) -> ContractStatus:
    if kind == "privacy_policy":
        return "policy_incorporated" if incorporated else "policy_not_incorporated"
    if kind in ("notice", "unknown"):
        return kind  # type: ignore[return-value]
    return "agreement"


def _collects_faces(text: str) -> bool:
    if any(word in text for word in _FACES):
        return True
    position = text.find("fac")
    while position >= 0:
        if _FACE.match(text, position):
            return True
        position = text.find("fac", position + 3)
    return False


class _Words:
    """The words of a document that say something about it; what was found is kept as evidence."""

    def __init__(self, document: Document, view: Folded) -> None:
        self.document = document
        self.view = view
        self.title = document.title or ""
        self.head = document.text[:_HEAD]
        # the commonest words of either language: a text without them has no clause in it
        self.chinese = any(char in view.text for char in "的我您本人")
        self.english = " the " in view.text or "you" in view.text
        self.found: list[Evidence] = []

    def kind(self) -> str:
        """Return the form of the document: what its title says, else a short line at its beginning, else what it calls itself."""
        title = self.document.text.find(self.title) if self.title else -1
        for text, offset in ((self.title, title), *_short_lines(self.head)):
            for name, pattern in _FORMS:
                if text and (match := pattern.search(text)):
                    if offset >= 0:
                        self._keep("kind", name, offset + match.start(), offset + match.end())
                    return name
        return self._own_name()

    def _own_name(self) -> str:
        text = self.view.text
        counts = [(sum(text.count(word) for word in words), -rank, name, words) for rank, (name, words) in enumerate(_SELF)]
        count, _, name, words = max(counts)
        if not count:
            return "unknown"
        start = min(position for word in words if (position := text.find(word)) >= 0)
        word = next(word for word in words if text.startswith(word, start))
        self._keep("kind", name, *self.view.to_source(start, start + len(word)))
        return name

    def setting(self) -> str:
        """Return the relation whose words are most frequent at the beginning; the platform only where no other is."""
        head = self.view.text[:_BEGINNING]
        counts = [(sum(map(head.count, words)), -rank, name, words) for rank, (name, words) in enumerate(_SETTINGS)]
        platform = counts[-1]
        named = [item for item in counts[:-1] if item[0] >= 2 and item[0] * 2 >= platform[0]]
        count, _, name, words = max(named or [platform])
        if not count:
            return "unknown"
        start, word = min((head.find(word), word) for word in words if word in head)
        self._keep("setting", name, *self.view.to_source(start + len(word) - len(word.lstrip()), start + len(word.rstrip())))
        return name

    def counterparty(self, kind: str) -> Counterparty:
        """Return whom the document addresses."""
        head = self.document.text[:_BEGINNING]
        for role, pattern in (("business", _COMPANY), ("natural_person", _PERSON)):
            match = pattern.search(head)
            if match is not None and (kind != "b2b" or role == "business"):
                self._keep("counterparty", role, match.start(), min(match.end(), match.start() + 200))
                return role  # type: ignore[return-value]
        return "business" if kind == "b2b" else "natural_person"

    def date(self) -> str | None:
        """Return the date beside a word such as 生效 or "effective" near the top or the end, or alone on a line at the top, or None.

        The day on which the text takes effect goes before other days, the top before the end.
        """
        text = self.document.text
        for offset, part in ((0, text[:3000]), (max(0, len(text) - 1500), text[-1500:])):
            dates = [(*match.span(), iso) for match in _dates(part) if (iso := _iso(match)) and not _ABOUT_A_LAW.search(part[: match.start()][-30:])]
            for label in _LABELS:
                for start, end, iso in dates:
                    before = part[max(0, start - 30) : start].rsplit("\n\n", 1)[-1]
                    after = part[end : end + 4].split("\n", 1)[0]
                    if label.search(before.rsplit("。", 1)[-1]) or label.search(after):
                        self._keep("date", "labelled", offset + start, offset + end)
                        return iso
            for start, end, iso in dates if offset == 0 else ():
                if end < _HEAD * 2 and _is_line(part, start, end):
                    self._keep("date", "line", start, end)
                    return iso
        return None

    def foreign(self) -> Evidence | None:
        """Return the words that choose another law, or None. The Chinese pattern needs the name of a place somewhere."""
        chinese, english = _FOREIGN
        if any(word in self.view.text for word in _FOREIGN_ANCHORS) and (found := self.first("governing_law", (chinese._replace(anchors=_FOREIGN_ANCHORS),))):
            return found
        return self.first("governing_law", (english,))

    def first(self, role: str, cues: tuple[_Cue, ...]) -> Evidence | None:
        """Return the evidence of the first cue that is found."""
        for cue in cues:
            for match in self._matches(cue):
                return self._keep(role, cue.name, *self.view.to_source(*match))
        return None

    def all(self, role: str, cues: tuple[_Cue, ...]) -> tuple[str, ...]:
        """Return the names of the cues that are found, each once."""
        names: dict[str, None] = {}
        for cue in cues:
            if cue.name not in names and self.first(f"{role}.{cue.name}", (cue,)):
                names[cue.name] = None
        return tuple(names)

    def _matches(self, cue: _Cue) -> Iterator[tuple[int, int]]:
        text = self.view.text
        before, after = cue.window
        if not (self.chinese if any(char >= "\u3400" for char in cue.anchors[0]) else self.english):
            return
        for anchor in cue.anchors:
            position, tries = text.find(anchor), 0
            while position >= 0 and tries < _TRIES:
                match = cue.pattern.search(text, max(0, position - before), min(len(text), position + len(anchor) + after))
                if match is not None:
                    yield match.span()
                    return
                tries += 1
                position = text.find(anchor, position + len(anchor))

    def _keep(self, role: str, name: str, start: int, end: int) -> Evidence:
        text = self.document.text[start:end]
        evidence = Evidence(role=role, start=start, end=end, text=text, source=f"context/{name}", place=self.document.place(start, end))
        self.found.append(evidence)
        return evidence


def _is_line(text: str, start: int, end: int) -> bool:
    """Return True for a date that stands alone on its line."""
    before, after = text[:start].rsplit("\n", 1)[-1], text[end:].split("\n", 1)[0]
    return len(before.strip()) + len(after.strip().strip("日版。.")) <= 2


def _short_lines(head: str) -> Iterator[tuple[str, int]]:
    """Yield the lines that could be a title, with their offsets."""
    offset = 0
    for line in head.split("\n"):
        if len(line) <= _TITLE_LENGTH:
            yield line, offset
        offset += len(line) + 1


# an anchor that is common and never leads anywhere is given up
_TRIES = 12


def _dates(text: str) -> Iterator[re.Match[str]]:
    """Yield the dates in text order, found from their years."""
    end = 0
    for year in _YEARS.finditer(text):
        for pattern in (_DATE, _DATE_EN, _DATE_DMY) if year[0].isascii() else (_DATE_ZH,):
            match = pattern.search(text, max(end, year.start() - 24), year.end() + 16)
            if match is not None and match.start() <= year.start() < match.end():
                end = match.end()
                yield match
                break


def _iso(match: re.Match[str]) -> str | None:
    groups = match.groupdict()
    year, month = groups["y"] or groups["y2"], groups["m"] or groups["m2"]
    day = groups["d"] or groups.get("d2")
    if not year.isascii():
        return f"{year.translate(_ZH_DIGITS)}-{_number(month):02d}-{_number(day or ''):02d}"
    number = int(month) if month.isdigit() else next(index for index, name in enumerate(_NAMES, 1) if name.startswith(month.lower()[:3]))
    if day is None:
        return f"{year}-{number:02d}"
    return f"{year}-{number:02d}-{int(day):02d}" if int(day) <= 31 else None


def _number(text: str) -> int:
    """Return the value of a Chinese number below 100."""
    tens, _, ones = text.rpartition("十")
    value = int(ones.translate(_ZH_DIGITS)) if ones else 0
    return value + 10 * (int(tens.translate(_ZH_DIGITS)) if tens else 1) if "十" in text else value

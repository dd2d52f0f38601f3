"""Attachment, direction, scope: from the cues of a unit to what it says about rights over a person's face.

For every attribute word of a unit this module answers, with evidence: whose right is it (`holder`), what
does it belong to (`subject_for`), is it denied (`denied`), does a limit cure it (`cure`). What is left is a
Reading. Nothing here knows a sentence: words come from the lexicon, mechanisms from the labelling guideline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from clausescan.analyse.phrases import Hit
from clausescan.analyse.terms import DocumentTerms, Term
from clausescan.analyse.view import LOOKBACK_ARTICLE, LOOKBACK_SENTENCES, DocView, Sentence
from clausescan.lexicon import Entry
from clausescan.types import Language

RANK = {"generic": 0, "likeness": 1, "biometric": 2, "by_definition": 3, "face_direct": 4}
IMPLIES_GRANT = frozenset({"bar", "own", "survive", "withdraw_hard", "general_survival"})
_CONTRAST = re.compile(r"但|然而|而是|除非|不过|可是|\bbut\b|\bexcept\b|\bunless\b|\bhowever\b|\bonly\b|\bother than\b")
_GIVES = re.compile(
    r"(?:须|应|就|同意|授权|放弃|认可|许可|授予|允许|保证|确认|永久|不可|得|负责|承诺)|[^,。;]{0,4}(?:授权|授予|同意|许可|允许|应当|放弃|应使)"
    r"|(?:依据|根据|基于|凭)[^。;]{4,60}?[,将](?:将|把)?[^,。;]{0,12}(?:授权|授予|许可|提供)"
    r"|(?:已经?)?(?:与|和|同|自|从)[^。;]{4,80}?有权(?:将|把)?[^,。;]{0,12}(?:授权|授予|许可|提供)"
    r"|s?\s(?:shall|agrees?|grants?|warrants?|hereby|irrevocably|licen[cs]es|assigns|waives|must|allows?|permits?|gives?|undertakes|authori[sz]es)"
)
# adverbials of time hang on the verb of the sentence, and are denied with it however many commas stand between
_WHENEVER = re.compile(r"no matter|whether|regardless|irrespective|at any time|during and after|before (?:or|and) after|无论|不论|不管|任何时候")
_TAKES_BACK = re.compile(r"(?<!be )\b(?:recall|revoke|withdraw|rescind)\b|(?:收回|撤回|撤销|召回)$")
_RECIPIENT = re.compile(r"给(?P<who>[^,。;、及其他任第]{2,10}?)(?=进行|使用|用于|行使|传播|处理|[,。;]|$)")
_EARLIER = re.compile(
    r"whichever (?:of (?:these|them|the two) )?(?:is|comes|occurs|happens|falls|ends) (?:the )?(?:first|earlier|earliest|sooner|soonest|shorter|shortest)"
    r"|(?:以|按)(?:两者|二者|其中)?(?:较早|先到|先届满|较短|在先|最早)(?:者|的)?(?:为准|计)|孰早|孰短"
)
_TERM = re.compile(r"(?:[\d一二两三四五六七八九十]{1,6}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|thirty|sixty|ninety)\W?(?:个|\w{1,20} )?(?:calendar |business )?(?:years?|months?|weeks?|days?|hours?|年|月|周|日|天)")
_BY_CHOICE = re.compile(
    r"(?:可)?(?:自行|主动|自主|选择|公开发布|自愿(?:选择|公开))|\s(?:choose|chose|elect|decide|post|publish|voluntarily)"
)
_UPLOADED = re.compile(r"(?<!不)(?<!不会)(?<!无需)(?:上传|传至|传到|回传|同步至|同步到)|(?<!not )(?<!never )\bupload(?:s|ed)?\b")
_JOINED = re.compile(r"[、,的和及与或]|\band\b|\bor\b|\bof\b")
_CARVE_END = re.compile(r"[;。]|但|外,")
_PICTURE = re.compile(r"图|影|照|视频|录像|画面|video|photo|image|picture|clip|footage|recording|scan")
_LISTED = re.compile(r"^\s*+(?:、|和|与|及|或|以及|and|or|,)?\s*+$")
# What only the stronger side can do: "不得拒绝" binds the processor, "不得撤回" the person.
_OBSTRUCTS = re.compile(r"主张|拒绝|阻|限制|附加|妨碍|要求|强|\brefuse|\bprevent|\bobstruct|\bcharge|\bpenali")
_MENTION = re.compile(
    r"(?:要求|签署|所谓|号称|诸如|类似|出现|看到|遇到|写有|印有|标有|写着|宣称|called|asks? (?:you )?(?:to sign )?(?:for )?|such as|like|so-called|labell?ed|headed|reads?|say(?:s|ing)?)[^“\"]{0,10}$"
)
# A licence noun takes the adjectives before it: "永久的、已付清费用的许可".
_LICENCE = re.compile(r"许可|权利|授权|使用权|权限|\blicen[cs]e|\brights?\b|\bconsent|\bauthori[sz]ation|\bpermission")
# "a perpetual, irrevocable licence to User Content": what follows the noun at once is its object.
_LICENCE_TO = re.compile(
    r"\b(?:licen[cs]e|rights?|permission|interest|title|consent)s? (?:to|in|over|of|for|to use|to exploit)(?: (?:all|any|your|the|such|my|our))* ?$"
)
_ABOUT = re.compile(
    r"(?:关于|有关|涉及|规定)[^,。;]{0,6}$|\b(?:clauses?|sections?|provisions?|articles?|terms) (?:on|about|concerning|regarding|relating to|governing)(?: \w+){0,2} ?$"
)
_MAKES = frozenset({"process.make"})
_PICTURE_WORD = re.compile(
    r"照片|自拍|相片|影像|肖像|视频|头像|图像|图片|写真|合影|合照|生活照|证件照|\bphotos?\b|\bphotographs?\b|\bpictures?\b|\bselfies?\b|\bportraits?\b"
    r"|\bimages?\b|\bvideos?\b|\bclips?\b|\bfootage\b|\bstills?\b|\blikeness(?:es)?\b|脸换|换脸|(?:人|者|您|你)的脸|\b(?:their|your|parents'|people's|participants'|guests'|users'|entrants') faces?\b"
)
_VAGUE = re.compile(r"内容|资料|素材|材料|文件|\bcontent\b|\bmaterials?\b")
_STRICTLY = re.compile(r"(?:严格|仅|只)(?:限|限于).{0,400}(?:必要|必需|所需)|(?:limited to|strictly|only to the extent).{0,400}(?:necessary|needed|required)")
_AFTER_QUOTE = re.compile(
    r"[”\"]的?(?:这(?:种|类|句))?(?:之类)?(?:的)?(?:(?:一句|一条|一款|一节|部分|内容)?(?:已经?|均已?|现已?)?(?:被)?(?:删除|删去|废止|划去|失效)|一说|之说|这回事|传言|说法|旧?条款|表述|字样|写法|做法|约定|表格|问题|授权书|wording|clause|phrase)"
    r"|[”\"],? (?:has|have|had|was|were|is|are) (?:now |since |all )?(?:been )?(?:struck|deleted|removed|withdrawn|replaced|crossed|repealed|dropped)"
)
_STRICT_POWER = re.compile(r"有权|可|得|\bmay\b|\bcan\b|entitled|right to|free to")
# General personal information goes to "third parties" in every policy; only an open class or an open right is unbounded.
_UNBOUNDED = re.compile(
    r"任何|任一|任意|一切|所有|不特定|无需|无须|不再|不另|信得过|认为|转授权|再许可|转让(?!等)|转卖|出售|受让|继受|承继|各类|各种|谁"
    r"|\bany\b|\ball\b|every|whoever|anyone|sublicen|sub-licen|transfer|assign|successor|whichever|whomever|without|no need|sell"
)
# "sold, leased, transferred or sublicensed": one denial over a list of verbs
_LIST = re.compile(r"(?:, ?[\w-]+(?: [\w-]+)?){1,8},? (?:and|or|nor) (?=\w)")
_LEAVES_OUT = re.compile(
    r"(?:不|未|并不)(?:含|包括|包含|涉及|涵盖|及于|适用于)[^,。;]{0,8}$|\b(?:does|do|shall|will) not (?:include|cover|extend to|apply to|reach|mean)\b[^,.;]{0,24}$"
    r"|\b(?:excludes?|excluding|leaves? out|other than)\b[^,.;]{0,24}$"
)
# a request that takes effect after a time: what goes on until then has an end
_WAITING = re.compile(
    r"等(?:待|候|满)?[^,。;]{0,6}?(?:\d{1,4}|[一二两三四五六七八九十百]{1,6})(?:个)?(?:日|天|月|年|周)|(?:\d{1,4}|[一二两三四五六七八九十百]{1,6})(?:个)?(?:日|天|月|年|周)的?(?:等待|冷静|观察|缓冲)期"
    r"|\bwaiting period\b|\bwait(?:s|ing)? (?:of |for )?(?:[\w-]+ ){0,2}(?:days?|weeks?|months?|years?)\b"
)
_BY_WHOM = re.compile(r",? ?(?:whether|no matter|regardless of|be (?:it|they)|including|such as|for example)\b|[,、]?(?:无论|不论|不管|包括|例如|比如)")
_SECOND_VERB = re.compile(r", (?:and|or|nor) [^,]{1,40},")
_TERM_INSIDE = re.compile(r"\d{1,4}\s?(?:个)?(?:小时|日|天|月|年)(?:内|以内)|within \d+|for \d+ (?:days?|months?|years?)")
_FORBIDDEN = re.compile(r"不(?:再)?主张|不得|不应|不可|不许|不准|shall not|must not|may not|will not")
_MODAL = re.compile(r"(?<!不)可|有权|(?<![不取获所值征使觉免懂记])得(?!到)|(?<!不)能|\bmay\b|\bcan\b|\bentitled\b|\bfree to\b|\bright to\b|\bshall be able\b")


class Mark(NamedTuple):
    """A piece of evidence in folded offsets."""

    role: str
    start: int
    end: int
    source: str


@dataclass(slots=True)
class Subject:
    """What an attribute belongs to."""

    tier: str
    marks: list[Mark]
    sentence: Sentence | None = None
    face_process: bool = False
    ambiguous: bool = False
    generic: bool = False
    composite: bool = False


@dataclass(slots=True)
class Denied:
    """An attribute word that does not count, with the gate of the guideline and the words that cancel it."""

    hit: Hit
    gate: str
    marks: list[Mark]


@dataclass(slots=True)
class Given:
    """An attribute that the text gives, after cures."""

    hit: Hit
    sentence: Sentence
    subject: Subject
    strength: str
    cured: list[Mark] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """What a unit says: attributes given, attribute words that do not count, and the words for right and direction."""

    given: list[Given] = field(default_factory=list)
    denied: list[Denied] = field(default_factory=list)
    right: str = "none"
    counterparty: str = "natural_person"
    must_procure: bool = False
    extra: list[Mark] = field(default_factory=list)

    def drop(self, dropped: list[Given], gate: str, marks: list[Mark] | None = None) -> None:
        """Move `dropped` from what is given to what is denied, with `marks` or the words of their own subjects."""
        self.denied += [Denied(item.hit, gate, item.subject.marks if marks is None else marks) for item in dropped]
        self.given = [item for item in self.given if item not in dropped]


def mark(role: str, hit: Hit) -> Mark:
    """Return the evidence of a cue."""
    return Mark(role, hit.start, hit.end, hit.entry.source)


class Interpreter:
    """Reads the units of one document."""

    def __init__(self, view: DocView, terms: DocumentTerms) -> None:
        self.view = view
        self.terms = terms
        self.text = view.text
        self._processes: dict[tuple[int, int], bool] = {}

    # --- the unit -------------------------------------------------------------------------------

    def read(self, group: list[int], prefix: list[int]) -> list[Reading]:
        """Return the readings of the unit made of the clauses `group`, under the lead-ins or header rows `prefix`."""
        sentences = [sentence for number in group for sentence in self.view.fill(number)]
        heads = [sentence for number in prefix for sentence in self.view.fill(number)]
        readings = []
        for cluster in self._clusters(sentences):
            reading = Reading()
            for sentence in cluster:
                for hit in sentence.attributes:
                    self._weigh(hit, sentence, sentences, heads, reading)
            self._definition_of_grantee(cluster, sentences, heads, reading)
            self._settle(reading, cluster, sentences, heads)
            if reading.given or reading.denied:
                readings.append(reading)
        return readings

    def describe(self, group: list[int], prefix: list[int], probe: Entry) -> tuple[Reading, Subject | None]:
        """Return who gives what in a unit of which no attribute word is known: right, counterparty, and the face it is about.

        `probe` stands for the attribute that the unit may have.
        """
        sentences = [sentence for number in group for sentence in self.view.fill(number)]
        heads = [sentence for number in prefix for sentence in self.view.fill(number)]
        subject = self._face_of(sentences, heads, probe)
        reading = Reading()
        grants = [hit for sentence in [*sentences, *heads] for role in ("grant", "power", "scope_general") for hit in sentence.hits(role)]
        practices = [hit for sentence in sentences for hit in sentence.hits("practice")]
        reading.right = "grant" if grants else "practice" if practices else "none"
        reading.extra += [mark("right", hit) for hit in (grants or practices)[:2]]
        business = self._business(sentences)
        if business is not None:
            reading.counterparty = "business"
            reading.must_procure = any(sentence.hits("procure") for sentence in sentences)
        return reading, subject

    def _face_of(self, sentences: list[Sentence], heads: list[Sentence], probe: Entry) -> Subject | None:
        """Return the face that the sentences name, point back to or are governed by."""
        own = [subject for sentence in [*sentences, *heads] for subject in self._own_subjects(sentence)[0] if not subject.generic]
        if own:
            best = max(own, key=lambda subject: RANK[subject.tier])
            best.face_process = best.face_process or self._face_process(sentences)
            return best
        for sentence in sentences:
            subject, _, _ = self.subject_for(Hit(sentence.start, sentence.start, probe), sentence, sentences, heads)
            if subject is not None and subject.tier != "none" and not subject.generic:
                return subject
        return None

    def _clusters(self, sentences: list[Sentence]) -> list[list[Sentence]]:
        """Return runs of sentences that are close enough to be one grant."""
        clusters: list[list[Sentence]] = []
        apart: list[list[Sentence]] = []
        last = -9
        for index, sentence in enumerate(sentences):
            if not sentence.attributes and not self._grantee_terms(sentence):
                continue
            if sentence.start not in self.view.reach and not self._grantee_terms(sentence):
                apart.append([sentence])  # nothing here can be over a face: it joins no grants
                continue
            if clusters and index - last <= 3:
                clusters[-1].append(sentence)
            else:
                clusters.append([sentence])
            last = index
        return [*clusters, *apart]

    def _weigh(self, hit: Hit, sentence: Sentence, unit: list[Sentence], heads: list[Sentence], reading: Reading) -> None:
        quote = self._quoted(hit, sentence, unit, heads)
        if quote:
            reading.denied.append(Denied(hit, "G1", quote))
            return
        local = self._local(hit, sentence)
        if local:
            reading.denied.append(Denied(hit, "G7", local))
            return
        subject, reason, marks = self.subject_for(hit, sentence, unit, heads)
        if subject is None:
            reading.denied.append(Denied(hit, reason, marks))
            return
        denial = self._denied_list(sentence, unit, heads) or self.denied(hit, sentence)
        if denial:
            reading.denied.append(Denied(hit, denial[0], [denial[1], *subject.marks]))
            return
        if hit.entry.attribute == "sublicensable" and (itself := self._to_itself(hit, sentence)) is not None:
            reading.denied.append(Denied(hit, "G9", [itself, *subject.marks]))
            return
        strength, cured = self.cure(hit, sentence, unit)
        named = subject.sentence is sentence and subject.tier in ("face_direct", "by_definition")
        if hit.entry.kind == "general_survival" and strength == "weak" and named and not cured:
            # A survival clause that names the face clause (ruling 16).
            strength = "strong"
        if strength == "weak" and subject.generic and hit.entry.kind != "survive":
            # Sharing general personal information with partners for the stated purposes is bounded (ruling 32).
            reading.denied.append(Denied(hit, "G9", subject.marks))
            return
        if subject.generic and hit.entry.attribute == "sublicensable" and not _UNBOUNDED.search(self.text, hit.start, hit.end):
            reading.denied.append(Denied(hit, "G9", subject.marks))
            return
        if not strength:
            reading.denied.append(Denied(hit, "G9", [*cured, *subject.marks]))
            return
        reading.given.append(Given(hit, sentence, subject, strength, cured))

    def _to_itself(self, hit: Hit, sentence: Sentence) -> Mark | None:
        """Return the name of the grantee when it is the only one to whom the right is passed on: 授权某站转授权给某站."""
        found = _RECIPIENT.search(self.text, max(hit.start, hit.end - 3), min(hit.end + 16, sentence.end))
        if found is None or not re.search(rf"(?:授权|授予|许可|同意|允许){re.escape(found['who'])}", self.text[sentence.start : hit.start]):
            return None
        return Mark("limit", *found.span("who"), "mechanism/itself")

    def _settle(self, reading: Reading, cluster: list[Sentence], unit: list[Sentence], heads: list[Sentence]) -> None:
        """Decide right and counterparty, and drop grants of a business over its own material."""
        # Sentences whose attribute words were denied grant nothing, and the gate may not have read them.
        giving = {given.sentence.start for given in reading.given}
        cluster = [sentence for sentence in cluster if sentence.start in giving] or cluster
        scope = self._around(cluster, unit) + heads
        # "All permissions under these terms are …" speaks of grants made elsewhere.
        grants = [hit for sentence in scope for role in ("grant", "scope_general") for hit in sentence.hits(role)]
        powers = [hit for sentence in [*cluster, *heads, *self._lead_in(unit)] for hit in sentence.hits("power")]
        implied = [given.hit for given in reading.given if given.hit.entry.kind in IMPLIES_GRANT]
        if grants or powers or implied:
            reading.right = "grant"
            reading.extra += [mark("right", hit) for hit in (grants or powers)[:2]]
        elif reading.given:
            reading.right = "practice"
            reading.extra += [mark("right", hit) for sentence in cluster for hit in sentence.hits("practice")[:1]]
        if reading.given and all(given.subject.generic for given in reading.given) and not (grants or self._claims(reading, powers)):
            reading.drop(reading.given, "G9")
        if not (grants or any(_STRICT_POWER.search(self.text, cue.start, cue.end) for cue in powers)):
            # Policies tell of videos that pass through other services; only a grant or a claim makes it a licence.
            pictures = [item for item in reading.given if item.subject.tier == "likeness" and not item.subject.face_process]
            reading.drop([item for item in pictures if item.hit.entry.kind == "provide"], "G9")
        if not reading.given:
            return
        business = self._business(cluster)
        if business:
            procure = [hit for sentence in cluster for hit in sentence.hits("procure")]
            reading.counterparty = "business"
            if procure:
                reading.must_procure = True
                reading.extra += [mark("right", hit) for hit in procure[:1]]
            else:
                reading.drop(reading.given, "G5", [business])

    @staticmethod
    def _claims(reading: Reading, powers: list[Hit]) -> bool:
        """Return True when the processor claims general personal information beyond the end of the service (rulings 27, 34)."""
        return bool(powers) and any(given.strength == "strong" and given.hit.entry.kind in ("survive", "bar") for given in reading.given)

    def _around(self, cluster: list[Sentence], unit: list[Sentence]) -> list[Sentence]:
        """Return the sentences of the cluster, the sentence before it, and a lead-in that opens the unit."""
        if self.view.clauses[cluster[0].clause]["kind"] == "table_row":
            return list(unit)
        first = unit.index(cluster[0])
        around = list(cluster)
        if first:
            around += [unit[first - 1], *self._lead_in(unit)]
        return around

    def _lead_in(self, unit: list[Sentence]) -> list[Sentence]:
        """Return the sentence that opens a list ("we may:"), if the unit is one."""
        return unit[:1] if self.text[unit[0].start : unit[0].end].rstrip().endswith(":") else []

    # --- what the attribute belongs to ------------------------------------------------------------

    def subject_for(
        self, hit: Hit, sentence: Sentence, unit: list[Sentence], heads: list[Sentence]
    ) -> tuple[Subject | None, str, list[Mark]]:
        """Return the subject that `hit` belongs to, or None with the gate and the words that say why."""
        own, carved = self._own_subjects(sentence)
        rivals = [other for other in sentence.hits("object") if not self._inside(other, hit) and not self._covered(other, own)]
        if hit.entry.kind in ("survive", "general_survival"):
            # "关于押金的条款继续有效": what such a clause is about is its object.
            rivals += [other for other in sentence.hits("object") if self._inside(other, hit) and _ABOUT.search(self.text[hit.start : other.start])]
            # "会员卡到期后": the card is the event, not the object of the right.
            rivals = [
                other
                for other in rivals
                if not 0 <= hit.start - other.end <= 4 or _ABOUT.search(self.text[sentence.start : other.start])
            ]
        if own and all(subject.tier == "likeness" for subject in own):
            # "删除该标识": what follows a verb at once is its object, whatever else the sentence names.
            rivals = [other for other in rivals if other.entry.kind != "content" or self._named_once_after(other, hit, sentence)]
        if own:
            rivals = [other for other in rivals if other.entry.kind != "data"]
            rival = self._rival(hit, sentence, own, rivals)
            if rival is not None:
                return None, "G8", [mark("gate", rival)]
            subject = self._raised(self._best(own, hit, sentence), sentence, unit)
            later = (carved or self._carved_later(sentence, unit)) if subject.tier == "likeness" else []
            if subject.generic:
                later = self._left_out_later(unit)
            if subject.tier == "likeness" and not subject.face_process:
                subject.face_process = self._feeds_faces(sentence, unit)
            return (None, "G6", later) if later else (subject, "", [])
        if carved:
            return None, "G6", carved
        group = self._group_subject(hit, sentence, unit, heads, rivals)
        if group is not None:
            return group, "", []
        if self._blocks(hit, sentence, rivals):
            return None, "G8", [mark("gate", rivals[0])]
        back = self._antecedent(sentence, unit, hit)
        if back is not None:
            return (back, "", []) if back.tier != "none" else (None, "G2", back.marks)
        governed = self._governed(sentence, rivals)
        if governed is not None:
            return governed, "", []
        return None, "G2", []

    def _named_once_after(self, other: Hit, hit: Hit, sentence: Sentence) -> bool:
        word = self.text[other.start : other.end]
        return 0 <= other.start - hit.end <= 4 and word not in self.text[sentence.start : hit.start]

    def _own_subjects(self, sentence: Sentence) -> tuple[list[Subject], list[Mark]]:
        """Return the subjects that the sentence names, and those that it carves out."""
        found: list[Subject] = []
        carved: list[Mark] = []
        things = sentence.hits("object", "")
        for hit in sentence.subjects:
            if hit.entry.tier == "generic":
                if self.terms.collects_faces:
                    found.append(Subject("generic", [mark("subject", hit)], sentence, generic=True))
                continue
            if any(0 <= other.start - hit.end <= 3 and not _JOINED.search(self.text, hit.end, other.start) for other in things):
                # "“刷脸侠”商标", "捏脸道具": the face only names the thing.
                continue
            cut = self._carved(hit.start, hit.end, sentence)
            if cut is not None:
                carved += [mark("exception", cut), mark("subject", hit)]
                continue
            found.append(Subject(hit.entry.tier, [mark("subject", hit)], sentence))
        for start, end, term in self.terms.uses(sentence):
            cut = self._carved(start, end, sentence)
            if term.tier not in RANK:
                continue
            if cut is not None:
                carved += [mark("exception", cut), Mark("subject", start, end, "definition")]
                continue
            defined = self._defined(start, end, term, sentence)
            # "Footage" as the document defines it says more than the word does.
            found = [other for other in found if not (start <= other.marks[0].start and other.marks[0].end <= end and RANK[other.tier] <= RANK[defined.tier])]
            found.append(defined)
        if carved:
            # What is named only to be taken out leaves the rest of the sentence without a face.
            found = [subject for subject in found if not subject.generic]
        return found, carved

    @staticmethod
    def _defined(start: int, end: int, term: Term, sentence: Sentence) -> Subject:
        tier = "by_definition" if term.tier == "face_direct" else term.tier
        marks = [Mark("subject", start, end, "definition"), Mark("definition", term.start, term.end, "definition")]
        return Subject(tier, marks, sentence, face_process=term.face_process, generic=tier == "generic")

    def _carved(self, start: int, end: int, sentence: Sentence) -> Hit | None:
        """Return the cue that takes [start, end) out of the grant, or None."""
        for cue in sentence.hits("carve_out"):
            if (
                cue.entry.kind == "forward"
                and cue.start <= start
                and start - cue.end <= 30
                and not _CARVE_END.search(self.text, cue.end, start)
            ):
                return cue
            if cue.entry.kind == "backward" and self._phrase_start(cue, sentence) <= start and end <= cue.start:
                return cue
        return None

    def _phrase_start(self, cue: Hit, sentence: Sentence) -> int:
        """Return where the phrase before a backward cue begins: "X除外" takes out X, not what stands before the comma."""
        start = self.text.rfind(",", sentence.start, cue.start) + 1
        if start and cue.start - start <= 3:
            start = self.text.rfind(",", sentence.start, start - 1) + 1
        return max(start, sentence.start)

    def _rival(self, hit: Hit, sentence: Sentence, own: list[Subject], rivals: list[Hit]) -> Hit | None:
        """Return the object that is closer to `hit` than every subject, or None."""
        if not rivals:
            return None

        def distance(start: int, end: int) -> int:
            gap = max(hit.start - end, start - hit.end, 0)
            commas = abs(self.view.segment(sentence, start) - self.view.segment(sentence, hit.start))
            return gap + 14 * commas

        spans = [(m.start, m.end) for subject in own for m in subject.marks if m.role == "subject"]
        topic = self._topic_rival(hit, sentence, spans, rivals)
        if topic is not None:
            return topic
        nearest = min(distance(start, end) for start, end in spans)
        rival = min(rivals, key=lambda other: distance(other.start, other.end))
        same = self.view.segment(sentence, rival.start) == self.view.segment(sentence, hit.start)
        if not same:
            return None
        if rival.start > hit.end and _LICENCE.search(self.text, hit.end, rival.start):
            # "a licence to your reviews; your face image is deleted": two statements.
            apart = all(start > rival.end and ";" in self.text[rival.end : start] for start, _ in spans)
            return rival if apart and _LICENCE_TO.search(self.text[hit.end : rival.start]) else None
        return rival if distance(rival.start, rival.end) + 8 < nearest else None

    def _feeds_faces(self, sentence: Sentence, unit: list[Sentence]) -> bool:
        """Return True when a sentence beside this one, or a heading above it, puts such pictures into face processing."""
        index = unit.index(sentence)
        near = [other for other in unit[max(0, index - 2) : index + 2] if other is not sentence]
        if any(other.hits("face_process") and any(hit.entry.tier == "likeness" for hit in other.subjects) for other in near):
            return True
        if any(self._process_in(*self.view.ranges[number]) for number in self.view.above(sentence.clause)):
            return True
        # What the service does with such pictures is said before, or at the beginning; a face login there says nothing of them.
        return self._made_of_pictures([*unit[:index], *self._near_before(unit[0].clause)])

    def _near_before(self, clause: int) -> list[Sentence]:
        """Return a dozen sentences before clause number `clause` and the first of the document, without headings and margins."""
        numbers = [number for number in range(clause) if self.view.clauses[number]["kind"] not in ("heading", "margin")]
        before: list[Sentence] = []
        for number in reversed(numbers):
            if len(before) >= LOOKBACK_ARTICLE:
                break
            before += self.view.sentences(number)[::-1]
        first: list[Sentence] = []
        for number in numbers[:LOOKBACK_SENTENCES]:
            first += self.view.sentences(number)
        return [*before[:LOOKBACK_ARTICLE], *first[:LOOKBACK_SENTENCES]]

    def _made_of_pictures(self, sentences: list[Sentence]) -> bool:
        """Return True when one of `sentences` says what is made of pictures of a face."""
        for language in ("zh", "en"):
            here = [one for one in sentences if self.view.language(one.clause) == language]
            if not here:
                continue
            matcher = self.view.matcher("role", language)
            called = matcher.called([one.start for one in here], [one.end for one in here], _MAKES)
            for one, is_called in zip(here, called, strict=True):
                if is_called and _PICTURE_WORD.search(self.text, one.start, one.end) and matcher.scan(one.start, one.end, _MAKES):
                    return True
        return False

    def _carved_later(self, sentence: Sentence, unit: list[Sentence]) -> list[Mark]:
        """Return the words of one of the next two sentences that take faces out of a licence over pictures."""
        index = unit.index(sentence)
        for other in unit[index + 1 : index + 3]:
            _, carved = self._own_subjects(other)
            if carved:
                return carved
        return []

    def _left_out_later(self, unit: list[Sentence]) -> list[Mark]:
        """Return the words of a following sentence that leave faces out of personal information in general."""
        following = list(unit[1:])
        number = unit[-1].clause + 1
        if number < len(self.view.clauses) and self.view.clauses[number]["kind"] not in ("heading", "margin"):
            following += self.view.sentences(number)[:2]
        for other in following:
            for named in other.subjects:
                found = _LEAVES_OUT.search(self.text[max(other.start, named.start - 40) : named.start])
                if found is not None and named.entry.tier != "generic":
                    return [Mark("exception", named.start - len(found.group()), named.start, "mechanism/left_out"), mark("subject", named)]
        return []

    def _topic_rival(self, hit: Hit, sentence: Sentence, spans: list[tuple[int, int]], rivals: list[Hit]) -> Hit | None:
        """Return the object that heads the phrase before the hit when the face only describes it ("活体检测所用动作序列的设计")."""
        place = self.view.segment(sentence, hit.start)
        if any(self.view.segment(sentence, start) == place or start > hit.start for start, _ in spans):
            return None
        before = [(start, end, None) for start, end in spans if end <= hit.start] + [
            (r.start, r.end, r) for r in rivals if r.end <= hit.start
        ]
        if not before:
            return None
        start, _, last = max(before, key=lambda item: item[0])
        face = max((end for _, end, rival in before if rival is None), default=start)
        # "人脸照片、作品" lists both; "活体检测所用动作序列" is about the second.
        return None if last is None or _LISTED.match(self.text[face:start]) else last

    def _blocks(self, hit: Hit, sentence: Sentence, rivals: list[Hit]) -> bool:
        """Return True when an object in a sentence without a face keeps the attribute to itself."""
        place = self.view.segment(sentence, hit.start)
        if any(rival.start > hit.end and _LICENCE_TO.search(self.text[hit.end : rival.start]) for rival in rivals):
            return True
        # "上述评论" points back to a thing it names itself.
        pointing = [
            cue for cue in sentence.hits("reference", "explicit") if not any(cue.start <= rival.start <= cue.end + 4 for rival in rivals)
        ]
        if not rivals or any(cue.start <= hit.end or self.view.segment(sentence, cue.start) == place for cue in pointing):
            return False
        for rival in rivals:
            where = self.view.segment(sentence, rival.start)
            # An object in the same phrase, or as the topic before it; other data only in the same phrase.
            if where == place or (where < place and rival.entry.kind != "data"):
                return True
        return not any(sentence.hits("reference", kind) for kind in ("data", "consent", "pronoun"))

    def _raised(self, subject: Subject, sentence: Sentence, unit: list[Sentence]) -> Subject:
        """Return the subject, or the face that its pictures show: "该等视频" after "录制您的面部视频"."""
        if subject.tier != "likeness" or subject.sentence is not sentence:
            return subject
        pointing = bool(sentence.hits("reference", "explicit"))
        index = unit.index(sentence)
        before = unit[max(0, index - LOOKBACK_SENTENCES) : index][::-1] or self._before(
            unit[0].clause, LOOKBACK_SENTENCES if pointing else 2
        )
        for other in before:
            own, _ = self._own_subjects(other)
            faces = [item for item in own if item.tier in ("face_direct", "by_definition")]
            if faces and (pointing or any(_PICTURE.search(self.text, item.marks[0].start, item.marks[0].end + 8) for item in faces)):
                faces[0].marks = [*subject.marks, *(Mark("antecedent", m.start, m.end, m.source) for m in faces[0].marks)]
                faces[0].composite = True
                return faces[0]
        return subject

    def _best(self, own: list[Subject], hit: Hit, sentence: Sentence) -> Subject:
        best = max(own, key=lambda subject: (RANK[subject.tier], -abs(subject.marks[0].start - hit.start)))
        best.face_process = best.face_process or self._face_process([sentence])
        return best

    def _group_subject(
        self, hit: Hit, sentence: Sentence, unit: list[Sentence], heads: list[Sentence], rivals: list[Hit]
    ) -> Subject | None:
        """Return the subject that the lead-in, the header, the sibling items or the sentences just before name."""
        index = unit.index(sentence)
        listed = self._listed(sentence, unit)
        near = [*heads, *unit] if listed or heads else unit[max(0, index - LOOKBACK_SENTENCES) : index][::-1]
        pointing = bool(sentence.hits("reference"))
        for other in near:
            if other is sentence:
                continue
            own, _ = self._own_subjects(other)
            own = [subject for subject in own if not subject.generic]
            others = other.hits("object")
            if own:
                # A list of content that names pictures goes on as "the content": it is no rival of a likeness.
                pictures = all(subject.tier == "likeness" for subject in own)
                if not listed and self._blocks(
                    hit, sentence, [rival for rival in rivals if not (pictures and rival.entry.kind == "content")]
                ):
                    return None
                if self.denies(other) and not pointing:
                    continue
                subject = self._best(own, hit, other)
                subject.composite = True
                subject.ambiguous = bool(others) and not listed and self._only_pronoun(sentence) and not sentence.hits("person")
                subject.face_process = subject.face_process or self._face_process([sentence])
                return subject
            if others and not listed and rivals:
                return None
        if listed:
            return None
        # A grant whose object follows in the next sentence ("该授权……。人脸……") is joined too.
        return None

    def _listed(self, sentence: Sentence, unit: list[Sentence]) -> bool:
        """Return True when the items of a unit share what one of them says: a lead-in that grants, or a table row."""
        if self.view.clauses[sentence.clause]["kind"] == "table_row":
            return True
        return any(
            sentence.hits("grant") or sentence.hits("power") or sentence.attributes or self._own_subjects(sentence)[0]
            for sentence in self._lead_in(unit)
        )

    @staticmethod
    def _only_pronoun(sentence: Sentence) -> bool:
        kinds = {hit.entry.kind for hit in sentence.hits("reference")}
        return bool(kinds) and kinds <= {"pronoun"}

    def denies(self, sentence: Sentence) -> bool:
        """Return True when the sentence only denies, so that nothing can refer to it as granted."""
        return bool(sentence.hits("negation")) and not sentence.hits("grant")

    def _antecedent(self, sentence: Sentence, unit: list[Sentence], hit: Hit) -> Subject | None:
        """Return what a back reference points to: tier "none" when it is something else."""
        kinds = {hit.entry.kind for hit in sentence.hits("reference")}
        general = bool(sentence.hits("scope_general")) or hit.entry.kind == "general_survival"
        if not kinds and not general:
            return None
        # "该等视频" names what it means; "该等内容" may be either of two things.
        exact = "explicit" in kinds and not any(_VAGUE.search(self.text, cue.start, cue.end + 3) for cue in sentence.hits("reference", "explicit"))
        reach = LOOKBACK_ARTICLE if "explicit" in kinds or general else LOOKBACK_SENTENCES
        doubt = False
        reach -= unit.index(sentence)
        for other in self._before(unit[0].clause, reach, across=general):
            own, carved = self._own_subjects(other)
            own = [subject for subject in own if not subject.generic]
            rivals = [hit for hit in other.hits("object") if not self._covered(hit, own)]
            if own and not carved:
                subject = self._best(own, _at(sentence), other)
                subject.marks = [*subject.marks, *(mark("antecedent", hit) for hit in sentence.hits("reference")[:1])]
                subject.composite = True
                subject.ambiguous = doubt or (not exact and self._another_before(other, {"content", "data"} if "explicit" in kinds else {"content"})) or (
                    any(rival.entry.kind != "data" for rival in rivals) and not exact and not general
                )
                subject.face_process = subject.face_process or self._face_process([sentence])
                return subject
            if rivals and not general:
                if "explicit" in kinds or all(rival.entry.kind == "data" for rival in rivals):
                    doubt = True
                    continue
                # The nearest thing that was named is something else.
                return Subject("none", [mark("antecedent", rivals[0])])
        return None

    def _another_before(self, sentence: Sentence, kinds: set[str]) -> bool:
        """Return True when the sentence before `sentence` names another thing, of one of `kinds`, that a vague reference may mean."""
        clause = self.view.fill(sentence.clause)
        index = clause.index(sentence)
        return index > 0 and any(cue.entry.kind in kinds for cue in clause[index - 1].hits("object"))

    def _before(self, clause: int, reach: int, *, across: bool = False) -> list[Sentence]:
        """Return up to `reach` sentences before clause number `clause`, nearest first; headings are left out."""
        found: list[Sentence] = []
        home = self.view.clauses[clause]
        number = clause - 1
        while number >= 0 and len(found) < reach:
            other = self.view.clauses[number]
            if other["kind"] == "heading" and not across and (reach <= LOOKBACK_SENTENCES or not self._is_above(other, home)):
                # Another section; nothing refers back into it but what points there or speaks of the whole document.
                break
            if other["kind"] not in ("heading", "margin"):
                same = other["parent"] == home["parent"] or home["id"].startswith(other["id"] + "/")
                if len(found) >= LOOKBACK_SENTENCES and not same:
                    break
                found += self.view.fill(number)[::-1]
            number -= 1
        return found[:reach]

    def _governed(self, sentence: Sentence, rivals: list[Hit]) -> Subject | None:
        """Return the subject that a heading above the clause or the title of the document sets."""
        if rivals or not (sentence.hits("reference") or sentence.hits("grant")):
            return None
        for number in reversed(self.view.above(sentence.clause)):
            hits = [hit for hit in self.view.subject_hits[number] if hit.entry.tier != "generic"]
            if hits:
                best = max(hits, key=lambda hit: RANK[hit.entry.tier])
                subject = Subject(best.entry.tier, [mark("heading", best)], sentence, composite=True)
                start, end = self.view.ranges[number]
                subject.face_process = self._face_process([sentence]) or self._process_in(start, end)
                return subject
        return None

    @staticmethod
    def _is_above(other: dict[str, object], clause: dict[str, object]) -> bool:
        top = str(other["id"])
        return str(clause["id"]).startswith(top + "/") or bool(other.get("title"))

    def _face_process(self, sentences: list[Sentence]) -> bool:
        return any(sentence.hits("face_process") for sentence in sentences)

    def _process_in(self, start: int, end: int) -> bool:
        if (start, end) not in self._processes:
            self._processes[start, end] = self._finds_process(start, end)
        return self._processes[start, end]

    def _finds_process(self, start: int, end: int) -> bool:
        languages: tuple[Language, ...] = ("zh", "en")
        return any(hit.entry.role == "face_process" for language in languages for hit in self.view.find("role", language, start, end))

    # --- does it count ----------------------------------------------------------------------------

    def _quoted(self, hit: Hit, sentence: Sentence, unit: list[Sentence], heads: list[Sentence]) -> list[Mark]:
        index = unit.index(sentence)
        near = unit[max(0, index - 2) : index + 2]
        for other in [*near, unit[0], *heads]:
            for cue in other.hits("quote"):
                if not self._inside(cue, hit):
                    return [mark("gate", cue)]
        mention = self._mentioned(hit, sentence)
        if mention is not None:
            return [mention]
        for cue in sentence.hits("definition"):
            opens = cue.start - sentence.start <= 2
            if opens or (cue.end <= hit.start and not sentence.hits("grant") and not sentence.hits("power")):
                return [mark("gate", cue)]
        return [mark("gate", cue) for cue in self._headings(sentence)][:1]

    def _mentioned(self, hit: Hit, sentence: Sentence) -> Mark | None:
        """Return the words that only mention a quoted phrase ("要求签署“永久授权”的表格"), or None."""
        before = self.text[sentence.start : hit.start]
        opening = max(before.rfind("“"), before.rfind('"') if before.count('"') % 2 else -1)
        if opening < 0 or "”" in before[opening:]:
            return None
        closing = min((spot for spot in (self.text.find(mark, hit.end, sentence.end) for mark in '”"') if spot >= 0), default=-1)
        after = _AFTER_QUOTE.match(self.text, closing, sentence.end) if closing >= 0 else None
        if after is not None:
            return Mark("gate", after.start(), after.end(), "mechanism/mention")
        found = _MENTION.search(before[:opening])
        return Mark("gate", sentence.start + found.start(), sentence.start + found.end(), "mechanism/mention") if found else None

    def _headings(self, sentence: Sentence) -> Iterator[Hit]:
        """Yield the cues in the headings above a sentence that take its force away ("Examples of wording to watch out for")."""
        for number in self.view.above(sentence.clause):
            yield from self.view.heading_quotes(number)

    def _local(self, hit: Hit, sentence: Sentence) -> list[Mark]:
        clause = self.view.fill(sentence.clause)
        index = clause.index(sentence)
        if _UPLOADED.search(self.text, sentence.start, sentence.end):
            return []
        for other in clause[max(0, index - 1) : index + 1]:
            for cue in other.hits("on_device"):
                if not self._inside(cue, hit):
                    return [mark("gate", cue)]
        for cue in sentence.hits("anonymised"):
            return [mark("gate", cue)]
        return []

    def _denied_list(self, sentence: Sentence, unit: list[Sentence], heads: list[Sentence]) -> tuple[str, Mark] | None:
        """Return the words of a lead-in that deny all its items ("we will never:"), or None."""
        for opening in [*self._lead_in(unit), *heads]:
            if opening is sentence or not self.text[opening.start : opening.end].rstrip().endswith(":"):
                continue
            for cue in opening.hits("negation"):
                if opening.end - cue.end <= 30 and not _CONTRAST.search(self.text, cue.end, opening.end):
                    return "G4", mark("negation", cue)
        return None

    def denied(self, hit: Hit, sentence: Sentence) -> tuple[str, Mark] | None:
        """Return the gate and the words that keep `hit` from being a right of the processor, or None."""
        negation = self._negation(hit, sentence)
        if negation is not None:
            return "G4", mark("negation", negation)
        for cue in sentence.hits("to_user"):
            if cue.start <= hit.end and not self._inside(cue, hit) and not self._person_gives(cue):
                return "G3", mark("direction", cue)
        for cue in sentence.hits("own_right"):
            if hit.entry.kind in ("adj", "retain") and cue.start <= hit.start and hit.end <= cue.end:
                return "G10", mark("direction", cue)
        holder = self._holder(hit, sentence)
        if holder is not None:
            return holder
        return None

    def _person_gives(self, cue: Hit) -> bool:
        """Return True when the party that opens `cue` is defined as a person ("the individual named below (the Licensor)")."""
        giver = re.match(r"\w+", self.text[cue.start : cue.end])
        return giver is not None and self.terms.party_of(giver.group()) == "person"

    def _negation(self, hit: Hit, sentence: Sentence) -> Hit | None:
        bar = hit.entry.kind in ("bar", "withdraw_hard")
        own = [other for other in sentence.attributes if other.entry.kind in ("bar", "survive", "retain", "adj") or other is hit]
        for cue in sentence.hits("negation", "outer"):
            if cue.start <= hit.start + 2 and cue.start < hit.end and not _CONTRAST.search(self.text[cue.end : hit.start]):
                return cue
        for cue in sentence.hits("negation", ""):
            # "不转让": the cue may hold the verb with which the hit begins.
            if cue.start >= hit.start or cue.end >= hit.end or any(self._inside(cue, other) for other in own):
                continue
            between = self.text[cue.end : hit.start]
            if _CONTRAST.search(between) or re.search(r"[;。]", between):
                continue
            # "do not ask for, and would turn down, a perpetual claim": one denial, two verbs.
            # "may be sold, whether by us, by our agents or by anyone else": who does it does not end what is denied.
            commas = len(re.findall(r"[,:]", _BY_WHOM.split(_SECOND_VERB.sub(" ", _LIST.sub(" ", between)), maxsplit=1)[0]))
            if commas and not _WHENEVER.match(self.text, hit.start, hit.end) and (
                any(cue.end <= other.start < hit.start for other in [*sentence.hits("power"), *sentence.hits("grant")]) or commas > 1
            ):
                continue
            if bar and (commas or len(between) > 40):
                continue
            return cue
        return None

    def _holder(self, hit: Hit, sentence: Sentence) -> tuple[str, Mark] | None:
        """Return G10/G3 when the power that `hit` describes is the person's, G4 when the barred party is the processor."""
        parties = sorted([*sentence.hits("person"), *sentence.hits("processor")], key=lambda cue: (cue.start, -cue.end))
        before = [cue for cue in parties if cue.end <= hit.start]
        if not before:
            return None
        last = before[-1]
        between = self.text[last.end : hit.start]
        if hit.entry.kind == "bar":
            words = self.text[hit.start : hit.end]
            own = not between.strip() and _TAKES_BACK.search(words)  # what the processor may not take back is what it gave
            bound = last.entry.role == "processor" and len(between) <= 30 and _FORBIDDEN.match(words) and (own or _OBSTRUCTS.search(words))
            return ("G4", mark("negation", last)) if bound and not self._person_grants(before, sentence) else None
        if last.entry.role != "person" or hit.entry.kind == "withdraw_hard":
            return None
        chosen = len(between) <= 16 and _BY_CHOICE.match(between)
        may = (
            len(between) <= 30
            and _MODAL.search(self.text, last.end, min(last.end + 8, hit.start + 4))
            and not re.search(r"[。;的之]", between[:2])
        )
        given = any(last.end <= other.start < hit.start for other in sentence.hits("grant"))
        return ("G10", mark("direction", last)) if chosen or (may and not given) else None

    @staticmethod
    def _person_grants(before: list[Hit], sentence: Sentence) -> bool:
        """Return True when a person stands before a granting word: then a bar after it is the person's."""
        last_grant = max((cue.start for cue in sentence.hits("grant")), default=-1)
        return any(cue.entry.role == "person" and cue.start < last_grant for cue in before)

    # --- limits -------------------------------------------------------------------------------------

    def cure(self, hit: Hit, sentence: Sentence, unit: list[Sentence]) -> tuple[str, list[Mark]]:
        """Return the strength of `hit` after limits ("" when cured) and the limits that changed it."""
        strength = hit.entry.strength
        clause = self.view.fill(sentence.clause)
        index = clause.index(sentence)
        near = clause[max(0, index - 1) : index + 3]
        limits = [cue for other in near for cue in other.hits("limit") if not self._inside(cue, hit)]
        limits = [cue for cue in limits if not self._of_another(cue, hit, sentence)]
        here = [cue for cue in sentence.hits("limit") if not self._inside(cue, hit)]
        kinds = {cue.entry.kind for cue in limits}
        strict = [cue for cue in here if cue.entry.kind == "necessary" and _STRICTLY.search(self.text, cue.start, cue.end)]
        if strict and strength == "strong":
            # "limited to what is strictly necessary to run the service": a partial cure of every attribute (ruling 39).
            return "weak", [mark("limit", strict[0])]
        if hit.entry.attribute == "sublicensable":
            for kind in ("consent_first", "named", "authority"):
                found = [cue for cue in here if cue.entry.kind == kind]
                if found:
                    return "", [mark("limit", found[0])]
            duties = [cue for cue in limits if cue.entry.kind == "same_duties"]
            if duties:
                return "", [mark("limit", duties[0])]
            return strength, []
        if hit.entry.attribute == "irrevocable" and hit.entry.kind == "bar":
            lawful = [cue for cue in limits if cue.entry.kind == "authority"]
            return ("", [mark("limit", lawful[0])]) if lawful else (strength, [])
        waiting = _WAITING.search(self.text, hit.start, hit.end) if hit.entry.kind == "survive" else None
        if waiting is not None:
            # what goes on while a request waits makes withdrawal hard, and has an end
            wait = [Mark("limit", *waiting.span(), "mechanism/waiting")]
            return ("", wait) if hit.entry.attribute == "unlimited_duration" else ("weak", wait)
        if hit.entry.attribute == "irrevocable" and hit.entry.kind == "survive" and strength == "strong" and "necessary" in kinds:
            # Use after withdrawal for audits and disputes only (ruling 33).
            return "weak", [mark("limit", next(cue for cue in limits if cue.entry.kind == "necessary"))]
        if hit.entry.attribute == "unlimited_duration":
            return self._cure_duration(hit, strength, limits, kinds, sentence)
        return strength, []

    def limited(self, hit: Hit, group: list[int]) -> str:
        """Return the strength of words that sound like an attribute: weak where a limit near them would cure one that is explicit.

        "You may withdraw at any time" stands against all that only the wording suggests about time and revocation; "" where a
        period in the sentence leaves nothing of a duration that is merely suspected.
        """
        unit = [sentence for number in group for sentence in self.view.fill(number)]
        sentence = next((one for one in unit if one.start <= hit.start < one.end), None)
        if sentence is None:
            return "strong"
        if hit.entry.attribute == "irrevocable":
            index = unit.index(sentence)
            near = unit[max(0, index - 1) : index + 2]
            return "weak" if any(cue.entry.kind == "withdraw" for other in near for cue in other.hits("limit")) else "strong"
        bounded = any(cue.entry.kind in ("period", "term") for cue in sentence.hits("limit"))
        if hit.entry.attribute == "unlimited_duration" and bounded:
            return ""
        return self.cure(hit, sentence, unit)[0] or "weak"

    def _of_another(self, cue: Hit, hit: Hit, sentence: Sentence) -> bool:
        """Return True when a limit belongs to an object that the sentence sets against the face ("评价可随时删除，但人脸……")."""
        if not sentence.start <= cue.start < hit.start or not _CONTRAST.search(self.text, cue.end, hit.start):
            return False
        place = self.view.segment(sentence, cue.start)
        named = any(self.view.segment(sentence, subject.start) == place for subject in sentence.subjects)
        return not named and any(self.view.segment(sentence, other.start) == place for other in sentence.hits("object"))

    def _cure_duration(
        self, hit: Hit, strength: str, limits: list[Hit], kinds: set[str], sentence: Sentence
    ) -> tuple[str, list[Mark]]:  # fmt: skip
        earlier = _EARLIER.search(self.text, sentence.start, sentence.end)
        if earlier is not None and _TERM.search(self.text, sentence.start, earlier.start()):
            # "until we no longer need it or for three years, whichever occurs first": the period is the longest that it can be.
            return "", [Mark("limit", *earlier.span(), "mechanism/earlier")]
        if "shortest" in kinds and strength == "strong" and hit.entry.kind == "adj":
            # Perpetual and the shortest period: a contradiction that favours the person (ruling 22).
            return "weak", [mark("limit", next(cue for cue in limits if cue.entry.kind == "shortest"))]
        free = [cue for cue in limits if cue.entry.kind == "withdraw"]
        erased = [cue for cue in limits if cue.entry.kind == "delete"]
        bounded = [cue for cue in limits if cue.entry.kind in ("period", "legal_duty")]
        if free and erased:
            return "", [mark("limit", free[0]), mark("limit", erased[0])]
        if erased and hit.entry.kind in ("retain", "adj", "discretion") and (bounded or strength == "weak"):
            return "", [mark("limit", cue) for cue in [*bounded[:1], erased[0]]]
        if free and strength == "strong":
            return "weak", [mark("limit", free[0])]
        if hit.entry.kind == "survive" and _TERM_INSIDE.search(self.text, hit.start, hit.end):
            return "", [mark("limit", hit)]
        if hit.entry.kind == "survive" and "necessary" in kinds:
            return "weak", [mark("limit", next(cue for cue in limits if cue.entry.kind == "necessary"))]
        if "legal_duty" in kinds and (hit.entry.kind == "survive" or strength == "strong"):
            return "weak", [mark("limit", next(cue for cue in bounded if cue.entry.kind == "legal_duty"))]
        return strength, []

    # --- parties ---------------------------------------------------------------------------------------

    def _business(self, cluster: list[Sentence]) -> Mark | None:
        """Return the words that make the granting party a business, or None."""
        for sentence in cluster:
            people = [cue for cue in sentence.hits("person") if self.terms.party_of(self.text[cue.start : cue.end]) != "business"]
            first_person = min((person.start for person in people), default=1 << 30)
            for cue in sentence.hits("business"):
                if sentence.hits("procure") or (cue.start < first_person and self._grants(cue.end)):
                    return mark("direction", cue)
            for name, term in self.terms.terms.items():
                if term.party == "business" and re.fullmatch(
                    r"[甲乙丙丁]方|licensor|vendor|supplier|developer|merchant|partner|reseller|customer", name
                ):
                    spot = self.text.find(name, sentence.start, sentence.end)
                    if spot >= 0 and self._grants(spot + len(name)):
                        return Mark("direction", spot, spot + len(name), "definition")
        return None

    def _grants(self, position: int) -> bool:
        """Return True when the party that ends at `position` is the one who gives, agrees or undertakes."""
        return bool(_GIVES.match(self.text, position, position + 90))

    def _grantee_terms(self, sentence: Sentence) -> list[tuple[int, int, Term]]:
        return [use for use in self.terms.uses(sentence) if use[2].sublicence is not None and use[2].tier == ""]

    def _definition_of_grantee(self, cluster: list[Sentence], unit: list[Sentence], heads: list[Sentence], reading: Reading) -> None:
        """A grantee that is defined with its assigns makes every grant to it transferable."""
        for sentence in cluster:
            for start, end, term in self._grantee_terms(sentence):
                if term.sublicence is None or not sentence.hits("grant"):
                    continue
                subject, _, _ = self.subject_for(Hit(start, end, term.sublicence.entry), sentence, unit, heads)
                if subject is not None:
                    subject.marks.append(Mark("definition", term.start, term.end, "definition"))
                    reading.given.append(Given(Hit(start, end, term.sublicence.entry), sentence, subject, "strong"))

    @staticmethod
    def _inside(cue: Hit, hit: Hit) -> bool:
        return hit.start <= cue.start and cue.end <= hit.end

    @staticmethod
    def _covered(cue: Hit, own: list[Subject]) -> bool:
        return any(m.start < cue.end and cue.start < m.end for subject in own for m in subject.marks if m.role == "subject")


def _at(sentence: Sentence) -> Hit:
    """Return an empty hit at the start of the sentence, for measuring distance."""
    return Hit(sentence.start, sentence.start, None)  # type: ignore[arg-type]

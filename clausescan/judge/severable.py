"""The smallest part of a clause whose removal takes the unlimited kind out of it (partial invalidity, Civil Code 156).

An attribute stands in a clause in one of two ways. As a modifier ("永久、不可撤销的权利", "a perpetual licence") it goes with
the separator that joins it to its neighbours; as a statement of its own ("该授权不可撤销", "and may be assigned to anyone") its
part of the sentence goes, with what hangs on it; and where the sentence would have nothing left to say, the whole sentence.
Only deletions are made, so that what remains is the wording of the parties.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from clausescan.types import AttributeFact, Document, Evidence, Grade, Language

Range = tuple[int, int]
_TURNS = 4
_LONGEST = 4_000  # characters; nobody redrafts by deletion what is longer, and the search for what hangs together grows with it

# ---- where a sentence and a part of it end ----
_SENTENCE = {
    "zh": re.compile(r"[^。！？!?;；\n]*[。！？!?;；\n]?"),
    "en": re.compile(r"(?:[^.!?;\n]|\.(?=\w|,|\s+[a-z]))*[.!?;]?[\"”')]*(?:\s+|$)"),
}
_BREAK = {
    "zh": re.compile(r"[，,：:]|(?<=.)(?=(?:并|且|及|以及|也|亦)(?:可|得|有权|向|将|由|转|在|于|对|永久|长期|继续|无限|许可|允许|不得|不再|无权|无需|无须))"),
    "en": re.compile(
        r"[,:]\s|(?<=\w)\s(?=(?:and|or|but)\s(?:that\b|to\b|may\b|shall\b|will\b|can\b|cannot\b|must\b|is\b|are\b|be\b|it\b|its\b|we\b|you\b|they\b|he\b|she\b|I\b|nobody\b"
        r"|no\b|not\b|any\b|there\b|this\b|such\b|the [\w ]{1,30}?(?:may|shall|will|can|is|are|has|have)\b|waives?\b|releases?\b|transfers?\b|transferred\b|assigns?\b|lend\b|licen[cs]e\b"
        r"|grants?\b|undertakes?\b|agrees?\b|continues?\b|survives?\b|sublicen[cs]e\b|sub-licen[cs]e\b|share\b|sell\b|disclose\b|pass\b|provide\b|allow\b|permit\b))",
        re.I,
    ),
}
# a part that leans on the one before it goes with it
_LEANS = {
    "zh": re.compile(r"\s*(?:且|并|而|亦|也|及|以及|无[须需]|不必|毋须|而不|其|该(?:等)?(?:第三方|受让人|主体)|受让(?:人|方)|被许可|第三方|任何人|接收方|由此|届时|以便|以供)"),
    "en": re.compile(r"\s*(?:and\b|or\b|but\b|nor\b|including\b|without\b|whether\b|even\b|notwithstanding\b|regardless\b|which\b|who\b|each\b|all\b|in the same\b|on (?:any|such)\b|at (?:its|our|any|the)\b|for (?:any|such)\b|as (?:it|we)\b|to (?:any|whom|which|anyone|others)\b|with or\b|so that\b)", re.I),
}  # fmt: skip
# a part that leads to another and says nothing alone
_LEADS = {
    "zh": re.compile(r"\s*(?:[（(]?[\d一二三四五六七八九十]{1,3}[)）、.．]\s*)*(?:如|若|倘|即使|即便|一旦|当|虽|尽管|除非|除|为|为了|鉴于|根据|依|自|在|于|经|至|对|就|关于|无论|不论|不管|只要|凡|以便|以供|以期|用于|从而|供)[^，,。；;]*$|.*(?:的|后|时|之后|以后|之日起|前|起|者|情况下|范围内|期间|届满)\s*$|[^，,。；;]{0,10}(?:同意|授权|承诺|确认|知悉|约定|理解|声明|说明|须知|条款|协议|规定|如下)\s*$"),
    "en": re.compile(r"\s*(?:[\d.()a-z]{1,6}[).:]?\s+)?(?:by|if|when|once|where|after|upon|on|in|to|for|as|unless|although|while|whenever|because|notwithstanding|except|subject|with|during|should|even|from|at|under|until|whether|regardless)\b[^,;.]*$|\s*(?:I|you|we|the \w+) (?:understand|agree|acknowledge|accept|confirm)s?(?: and (?:agree|understand|accept)s?)?(?: that)?\s*$|\s*[\w ]{1,24}:\s*$", re.I),
}  # fmt: skip
# ---- modifiers ----
_JOINT = {
    "zh": re.compile(r"\s*的?(?:、|并且|而且|以及|且|和|及|与|或|并|，|,)\s*"),
    "en": re.compile(r"\s*,\s*(?:and|or)\s+|\s+(?:and|or)\s+|\s*,\s*|\s*/\s*", re.I),
}
_LEFT = {"zh": re.compile(r"(?:、|并且|而且|以及|且|和|及|与|或|并|，|,)\s*$"), "en": re.compile(r"(?:,\s*(?:and|or)|\s(?:and|or)|,|/)\s*$", re.I)}
# what belongs to a modifier: "可任意" before 转授权, "性" after 永久, "for an" before indefinite term
_BEFORE = {
    "zh": re.compile(r"(?:可以?|得|均|自由|任意|完全|一直|随意|不受限制地){1,8}$"),
    "en": re.compile(r"(?:\b(?:fully|freely|wholly|completely|absolutely)|\b(?:for|of|over|with|during|in) (?:an?|the))\s+$", re.I),
}
_BEFORE_PERPETUITY = re.compile(r"\bin\s+$", re.I)
_AFTER_ZH = re.compile(r"性(?=[的地、，且和及])")
_DURATION_ZH = re.compile(r"(?:永久|永远|永续|无(?:限期|期限|时限)|不(?:定|限|设)期限?|长期|终身|持续|一直|始终|世代)\Z")
_FOLLOWS_ZH = re.compile(r"\s{0,9}(?:[的地]|(?:性)?[、]|且|和|及|与|或|以及|并|收集|采集|存|储|保|留|使用|利用|处理|加工|许可|授权|授予|同意|持有|展示|公开|传播|复制|享有|拥有|取得|调用|比对|分析|训练|向|将|对|免费|无偿|独占|排他)")
_FOLLOWS_DURATION_ZH = re.compile(r"\s*(?!有效|生效|为|是|不|无|，|。|；|：|,|;|$)\S")
_PLAIN_ZH = re.compile(r"[^，,。；;：:的]{1,10}\Z")
_MODIFIER_ZH = re.compile(r"(?:永|无|不(?:可|得|定|设|受|限)|长期|终身|任意|可|得|世代|始终|持续|一直|再|转|分)")
_LISTED_ZH = re.compile(r"(?:免费|无偿|全球|范围内?|世界|独占|独家|排他|性|永久|限制|完全|许可费|非专有|普通|可[^，。、]{1,5}|不可[^，。、]{1,4}|不得[^，。、]{1,4})\Z")
_LISTED_EN = re.compile(r"[\w-]{0,40}(?:al|able|ible|ive|ly|ite|ed|ent|less|free|wide|world)\Z", re.I)
_SUFFIX_EN = re.compile(r"(?:[a-z-]{0,40}(?:al|able|ible|ably|ibly|ly|ite|ed|ent|less|free|forever)|perpetuity|ever|time|term|period|duration|limit|all|purpose|manner|media)\Z", re.I)
_PREPOSITION_EN = re.compile(r"(?:an?\s+)?(?:in|for|without|forever|throughout|once and for all|at any time)\b", re.I)
_VERBISH_EN = re.compile(
    r"\b(?:may|can|cannot|shall|will|must|be|is|are|was|been|has|have|had|do|does|waives?|releases?|remains?|continues?|survives?|stays?|belongs?|becomes?"
    r"|keep|kept|retain|use|used|pass|passed|given?|held|let|who|whoever|you|we|they|it|he|she|i|not|never|no|nor|undertakes?|and)\b",
    re.I,
)
# recipients named as a class: they go out of a list of parties
_RECIPIENT = {
    "zh": re.compile(r"(?:受让(?:人|方|者)|继受(?:人|方|者)|承继(?:人|方|者|单位)|被许可(?:人|方)|合作(?:方|伙伴)|第三方|关联(?:公司|方))\Z"),
    "en": re.compile(r"(?:assign(?:s|ees?)|successors?|transferees?|sub-?licensees?|resellers?|partners|licensees?|affiliates)\Z", re.I),
}
_TO_RECIPIENT = {
    "zh": re.compile(r"(?:、|及其|以及|及|和|与|或)(?:其|我们的|指定的|任何|其他|全部|一切)*\Z"),
    "en": re.compile(r"(?:,\s*(?:and |or )?|\s(?:and|or)\s)(?:(?:our|its|their|his|any|all|the|such|other)\s)*\Z", re.I),
}
# a sentence that says something has one of these; without one, a topic is left standing
_SAYS = {
    "zh": re.compile(r"同意|授权|许可|准许|允许|授予|视为|即|可|应|将|须|需|得|有权|无权|不|归|是|为|认|承诺|放弃|确认|负责|提供|用|存|收|采|处理|由|请|属于|包括|构成"),
    "en": re.compile(
        r"\b(?:may|shall|will|must|can|cannot|is|are|was|were|be|being|has|have|had|do|does|agrees?|grants?|consents?|authori[sz]es?|accepts?|acknowledges?|understands?|permits?|allows?|lets?|gives?"
        r"|licen[cs]es?|transfers?|constitutes?|means|remains?|waives?|undertakes?|stores?|uses?|keeps?|collects?|takes?|provides?|concedes?|assigns?|confirms?|declares?|makes?|says?|\w+ed)\b",
        re.I,
    ),
}
_DANGLING = {"zh": re.compile(r"(?:为|是|以|及|和|的|与|或|且|在|对|将|向|并)\s*\Z"), "en": re.compile(r"\b(?:is|are|be|being|was|of|for|in|an?|the|to|and|or|with|by|that|as|stands?|deemed|becomes?)\s*\Z", re.I)}
_NUMBER_ONLY = re.compile(r"[\s\u3000]*+(?:第[〇零一二三四五六七八九十百\d]+[条款项章]|[（(]?[\d一二三四五六七八九十A-Za-z]{1,4}[)）、.．:：]+(?:[\d.]+)?|[①-⑳]|[-•*□☐])*+[\s\u3000。.;；,，、:：]*+\Z")
_ARTICLE = re.compile(r"\b(an?)\s+\Z", re.I)


# what a reader of the remaining words would still find in them: ranges of a text, empty for nothing
Rescan = Callable[[str], Sequence[Range]]


def severable(
    document: Document, start: int, end: int, language: Language, attributes: Sequence[AttributeFact], grade: Grade, rescan: Rescan | None = None
) -> tuple[Evidence, ...]:
    """Return the parts of [start, end) to remove, in text order; empty when the words of no attribute stand in it, or when it
    is very long.

    A candidate is cured when its strong attributes go; a clause for review when all go. With `rescan` the remaining words are
    read again, and what is found in them goes too.
    """
    strong = [fact for fact in attributes if fact.strength == "strong"]
    chosen = strong if grade == "candidate" and strong else attributes
    spans = [(item.start - start, item.end - start) for fact in chosen for item in fact.evidence if start <= item.start and item.end <= end]
    if not spans or end - start > _LONGEST:
        return ()
    quote = document.text[start:end]
    cut = cuts(quote, spans, language)
    for turn in range(_TURNS if rescan else 0):
        rest = remainder(quote, cut)
        left = rescan(rest) if rescan and rest.strip() else ()
        if not left:
            break
        found = [_origin(cut, span) for span in left]
        spans += found
        larger = cuts(quote, spans, language)
        if larger == cut or turn + 2 == _TURNS:  # the words alone do not cure it: their sentences go
            larger = _merged([*larger, *(_around(_sentences(quote, language), span) for span in found)])
        cut = larger
    return tuple(
        Evidence(
            role="severable", start=start + first, end=start + last, text=document.text[start + first : start + last],
            source="judge/severable", place=document.place(start + first, start + last),
        )
        for first, last in cut
    )  # fmt: skip


def _origin(cut: Sequence[Range], span: Range) -> Range:
    """Return the range of the quote for a range of what remains after the cuts."""
    start, end = span
    for first, last in cut:
        start += last - first if start >= first else 0
        end += last - first if end > first else 0
    return start, end


def cuts(quote: str, spans: Iterable[Range], language: Language) -> list[Range]:
    """Return what to delete of a quote so that the words at `spans` are gone and sentences remain."""
    found = _merged(spans)
    modifiers = [span for span in found if _is_modifier(quote, span, language)]
    statements = [span for span in found if span not in modifiers]
    taken = _merged([*_modifier_cuts(quote, modifiers, language), *(_statement_cut(quote, span, language) for span in statements)])
    return _merged(_whole_sentences(quote, taken, language))


# ---- modifiers ----


def _is_modifier(quote: str, span: Range, language: Language) -> bool:
    """Return True for words that qualify a noun or a verb, or stand in a list of parties, and state nothing by themselves."""
    start, end = span
    words, after = quote[start:end], quote[end:]
    if _in_list_of_parties(quote, span, language):
        return True
    if language == "zh":
        if not (_PLAIN_ZH.match(words) and _MODIFIER_ZH.match(words)) or _opener(quote, start):
            return False
        return bool((_FOLLOWS_DURATION_ZH if _DURATION_ZH.match(words) else _FOLLOWS_ZH).match(after))
    if len(words.split()) > 5 or _VERBISH_EN.search(words):
        return False
    return bool(_PREPOSITION_EN.match(words) or _SUFFIX_EN.search(words))


def _in_list_of_parties(quote: str, span: Range, language: Language) -> bool:
    return bool(_RECIPIENT[language].match(quote[span[0] : span[1]]) and _TO_RECIPIENT[language].search(quote[: span[0]]))


def _opener(quote: str, start: int) -> bool:
    """Return True when a preposition before the words ties them to a recipient: 并向……转授权 is a statement."""
    part = re.split(r"[，,。；;：:、]|并", quote[max(0, start - 40) : start])[-1]
    return bool(re.search(r"[向给由把将]\S{1,30}$", part)) and not re.search(r"[地的]$", part)


def _modifier_cuts(quote: str, spans: Sequence[Range], language: Language) -> list[Range]:
    taken = [_party_cut(quote, span, language) for span in spans if _in_list_of_parties(quote, span, language)]
    groups: list[Range] = []
    for start, end in (_widened(quote, span, language) for span in spans if not _in_list_of_parties(quote, span, language)):
        between = quote[groups[-1][1] : start] if groups else ""
        if groups and (_JOINT[language].fullmatch(between) or between in ("", "的", "地")):
            groups[-1] = (groups[-1][0], end)
        else:
            groups.append((start, end))
    return [*taken, *(_joined(quote, group, language) for group in groups)]


def _party_cut(quote: str, span: Range, language: Language) -> Range:
    before = _TO_RECIPIENT[language].search(quote[: span[0]])
    return (before.start() if before else span[0]), span[1]


def _widened(quote: str, span: Range, language: Language) -> Range:
    start, end = span
    before = _BEFORE[language].search(quote[:start])
    if language == "en" and quote[start:end].lower().startswith("perpetuity"):
        before = _BEFORE_PERPETUITY.search(quote[:start])
    elif language == "en" and before and before[0].lower().lstrip().startswith(("for", "of", "over", "with", "during", "in")) and not re.search(r"(?:time|term|period|duration)\Z", quote[start:end], re.I):
        before = None
    after = _AFTER_ZH.match(quote[end:]) if language == "zh" else None
    return start - (len(before[0]) if before else 0), end + (len(after[0]) if after else 0)


def _joined(quote: str, group: Range, language: Language) -> Range:
    """Return the group with the separator that joins it to a neighbour of its kind, or with the particle that it needed."""
    start, end = group
    left, right = _LEFT[language].search(quote[:start]), _JOINT[language].match(quote[end:])
    if left and _listed_before(quote[: start - len(left[0])], quote[end:], language):
        return start - len(left[0]), end
    if right and _listed_after(quote[end + len(right[0]) :], language):
        return start, end + len(right[0])
    if language == "zh":
        return start, end + (1 if quote[end : end + 1] in ("的", "地") else 0)
    return _with_article(quote, start, end)


def _listed_before(before: str, after: str, language: Language) -> bool:
    """Return True when the word before a separator is a modifier too: a list, not two statements."""
    if language == "zh":
        return bool(_LISTED_ZH.search(before))
    word = re.search(r"[\w-]{1,60}\Z", before)
    return bool(word and _LISTED_EN.fullmatch(word[0])) and not re.match(r"\s+(?:retain|keep|store|use|process|disclose|transfer|share)", after)


def _listed_after(after: str, language: Language) -> bool:
    if language == "zh":
        return not re.match(r"(?:[您我其该本]|公司|平台|用户|无[须需])", after) and bool(re.match(r"[^，,。；;]{1,12}?(?:[的地、]|使用|许可|处理|且|和)", after))
    word = re.match(r"[\w-]+", after)
    return bool(word and _LISTED_EN.fullmatch(word[0]))


def _with_article(quote: str, start: int, end: int) -> Range:
    """Return the range with the space that it leaves, and with an article that would no longer suit the next word."""
    following = re.match(r"\s*(\w)?", quote[end:])
    article = _ARTICLE.search(quote[:start])
    if article and following and following[1]:
        fits = (article[1].lower() == "an") == (following[1].lower() in "aeiou")
        if not fits:
            start = article.start()
    space = re.match(r"[ ]+", quote[end:])
    if space and (start == 0 or quote[start - 1] in " \n(“\""):
        return start, end + len(space[0])
    leading = re.search(r"[ ]+\Z", quote[:start])
    return (start - len(leading[0]) if leading else start), end


# ---- statements ----


def _parts(quote: str, sentence: Range, language: Language) -> list[Range]:
    """Return the parts of a sentence between its commas and joining conjunctions, without the end mark."""
    first, last = sentence
    body = quote[first:last]
    stop = len(body.rstrip().rstrip("。！？!?;；.\"”')"))
    marks = [0, *(match.end() if match.group().strip() else match.start() for match in _BREAK[language].finditer(body[:stop])), stop]
    return [(first + one, first + other) for one, other in pairwise(marks) if body[one:other].strip()]


def _sentences(quote: str, language: Language) -> list[Range]:
    return [match.span() for match in _SENTENCE[language].finditer(quote) if match.group().strip()]


def _statement_cut(quote: str, span: Range, language: Language) -> Range:
    sentence = _around(_sentences(quote, language), span)
    parts = _parts(quote, sentence, language)
    touched = [index for index, (first, last) in enumerate(parts) if first < span[1] and span[0] < last]
    if not touched:
        return span
    one, other = touched[0], touched[-1]
    while other + 1 < len(parts) and _LEANS[language].match(quote[slice(*parts[other + 1])]):
        other += 1
    while one > 0 and _LEADS[language].match(quote[slice(*parts[one - 1])].rstrip("，,：: ")) and (one > 1 or other + 1 < len(parts)):
        one -= 1
    if one == 0:
        # the parts after it lean on the subject that would go
        return sentence if other + 1 == len(parts) or language == "en" or not _stands(quote[slice(*parts[other + 1])]) else (parts[0][0], parts[other + 1][0])
    before = len(quote[: parts[one][0]].rstrip(" ，,：:"))
    if quote[before : parts[one][0]].strip() in ("：", ":"):
        before = parts[one][0]
    return before, len(quote[: parts[other][1]].rstrip(" ，,："))


def _stands(part: str) -> bool:
    """Return True for a part with a subject of its own."""
    return bool(re.match(r"\s*(?:您|用户|我们|本公司|公司|平台|会员|甲方|乙方|业主|员工|本人|双方)", part))


def _around(ranges: Sequence[Range], span: Range) -> Range:
    touched = [item for item in ranges if item[0] < span[1] and span[0] < item[1]]
    return (touched[0][0], touched[-1][1]) if touched else span


# ---- what is left of a sentence ----


def _whole_sentences(quote: str, taken: Sequence[Range], language: Language) -> list[Range]:
    """Return the cuts; a sentence that has nothing left to say goes whole."""
    result: list[Range] = []
    for sentence in _sentences(quote, language):
        inside = [cut for cut in taken if cut[0] < sentence[1] and sentence[0] < cut[1]]
        if not inside:
            continue
        rest = _without(quote, sentence, inside)
        result += [sentence] if _says_nothing(rest, language) else inside
    return result


def _says_nothing(rest: str, language: Language) -> bool:
    """Return True for what is no sentence any more: leads to something that is gone, a topic, a loose end."""
    parts = [part for part in re.split(r"[，,：:。；;.!?！？\n]", rest) if not _NUMBER_ONLY.match(part)]
    body = rest.strip().rstrip("。；;.!?！？，, ")
    return all(_LEADS[language].match(part) for part in parts) or not _SAYS[language].search(body) or bool(_DANGLING[language].search(body))


def _without(quote: str, within: Range, taken: Iterable[Range]) -> str:
    kept, position = [], within[0]
    for start, end in sorted(taken):
        kept.append(quote[position : max(position, start)])
        position = max(position, end)
    return "".join([*kept, quote[position : within[1]]])


def remainder(quote: str, taken: Iterable[Range]) -> str:
    """Return what is left of a quote without the ranges."""
    return _without(quote, (0, len(quote)), taken)


def _merged(ranges: Iterable[Range]) -> list[Range]:
    result: list[Range] = []
    for start, end in sorted(ranges):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return result

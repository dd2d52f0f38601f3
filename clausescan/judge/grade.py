"""The grade of a unit: named steps, each with its reason (labelling guideline section 6, LAW section 3.2)."""

from __future__ import annotations

from clausescan import rules
from clausescan.types import GRADE_RANK, ClauseFacts, Grade, Language, Step

GATES: dict[str, tuple[str, str]] = {
    "G1": ("not operative: heading, quotation, question and answer or example", "并非约定：标题、引述、问答或举例"),
    "G2": ("the words do not concern a face", "措辞的对象不是人脸信息"),
    "G3": ("the right runs from the processor to the person", "权利由处理者授予个人"),
    "G4": ("the processor promises or is forbidden; the words are denied", "处理者的承诺或被禁止的行为，措辞被否定"),
    "G5": ("a business gives rights over its own material", "企业就自己的材料授权"),
    "G6": ("face data are taken out of the grant", "人脸信息被排除在授权之外"),
    "G7": ("the processor does not obtain the face data, or they are anonymous", "处理者不取得人脸信息，或信息已匿名化"),
    "G8": ("the words belong to another object", "措辞修饰的是其他对象"),
    "G9": ("the right is bounded", "权利受到限定"),
    "G10": ("the person's own right is restated", "重述个人自己的权利"),
}


def grade(facts: ClauseFacts) -> tuple[Grade, tuple[Step, ...]]:
    """Return the grade of a unit and the steps that lead to it."""
    steps: list[Step] = []
    if not facts.attributes:
        english, chinese = GATES[facts.gate or "G2"]
        steps.append(
            Step(name=facts.gate or "G2", grade="none", reason=f"No attribute is left: {english}.", reason_zh=f"没有剩余属性：{chinese}。")
        )
        return "none", tuple(steps)
    result = _matrix(facts, steps)
    if facts.generic_personal_information:
        result = _cap(
            result,
            steps,
            "generic",
            "Personal information in general, in a document that collects faces, is never more than review.",
            "泛称的个人信息（文件另处收集人脸）最高为复核。",
        )
    if facts.ambiguous_reference:
        result = _cap(result, steps, "ambiguous_reference", "The reference has two possible antecedents.", "回指有两个可能的先行词。")
    if facts.must_procure:
        result = _cap(
            result,
            steps,
            "procure",
            "A business has to procure the right from natural persons.",
            "须由企业向自然人取得该权利。",
            floor="review",
        )
    return result, tuple(steps)


def _matrix(facts: ClauseFacts, steps: list[Step]) -> Grade:
    top = facts.subject in ("face_direct", "by_definition") or facts.face_context
    strong = [item.name for item in facts.attributes if item.strength == "strong"]
    # Any purpose, any media is weak by nature; it never makes a candidate alone.
    granted = facts.right == "grant"
    words = rules.rule("ART11").names
    subject = words["subject"][facts.subject]
    steps.append(
        Step(
            name="subject", grade="none",
            reason=f"Subject: {subject.en}" + (", in a face context." if facts.face_context else ", no face context."),
            reason_zh=f"客体：{subject.zh}" + ("，有人脸处理语境。" if facts.face_context else "，无人脸处理语境。"),
        )
    )  # fmt: skip
    if top:
        result: Grade = "candidate" if granted and strong else "review"
    else:
        result = "review" if granted and strong else "none"

    def attributes(language: Language) -> str:
        named = [(words["attribute"][item.name][language], words["strength"][item.strength][language]) for item in facts.attributes]
        return "、".join(f"{name}（{strength}）" for name, strength in named) if language == "zh" else ", ".join(f"{n} ({s})" for n, s in named)

    steps.append(
        Step(
            name="matrix", grade=result,
            reason=f"Right: {facts.right}; attributes: {attributes('en')}.",
            reason_zh=f"权利：{'授予或主张' if granted else '仅陈述做法'}；属性：{attributes('zh')}。",
        )
    )  # fmt: skip
    return result


def _cap(result: Grade, steps: list[Step], name: str, reason: str, reason_zh: str, floor: Grade = "none") -> Grade:
    capped: Grade = "review" if GRADE_RANK[result] > GRADE_RANK["review"] or floor == "review" else result
    steps.append(Step(name=name, grade=capped, reason=reason, reason_zh=reason_zh))
    return capped


def score(facts: ClauseFacts) -> float:
    """Return the rank of a finding inside its grade: 3 a strong attribute, 1 a weak one, 1 for all three strong."""
    strong = {item.name for item in facts.attributes if item.strength == "strong"}
    weak = len(facts.attributes) - len(strong)
    all_three = {"unlimited_duration", "irrevocable", "sublicensable"} <= strong
    return float(3 * len(strong) + weak + all_three + ("other_unlimited" in strong))

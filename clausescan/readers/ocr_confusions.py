"""Characters that recognition takes for each other, put right where only one reading makes sense: 入脸识别 is 人脸识别.

Only text read from a picture passes through here, and every repair keeps the length, so that boxes stay. What honest text holds
must stay too: 录入脸部信息, 个人险种, 加入脸书. Each rule therefore names what stands around the wrong character.
"""

from __future__ import annotations

import re

_OF_FACES = "识别|信息|数据|图像|图片|照片|特征|验证|核验|比对|认证|采集|模板|影像"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), right)
    for pattern, right in (
        (f"(?<![录输加进放植导嵌收纳写投买])入脸(?={_OF_FACES})", "人脸"),
        (f"(?<![个他投保承被每本])人[险睑验捡检](?={_OF_FACES})", "人脸"),
        ("授[杈仅杖枚](?![0-9])", "授权"),
        ("(?<=[可得能])[撒撇]([销回])", r"撤\1"),
        ("永[欠入夂]", "永久"),
        ("无限[斯朝]", "无限期"),
        ("转投权", "转授权"),
        ("面邮(?=特征|信息|图像|识别)", "面部"),
        ("肖[象像]杈", "肖像权"),
    )
)
# words that digits creep into: 1 for l or i, 0 for o, 5 for s
_WORDS = frozenset(
    """
    face faces facial faceprint biometric biometrics likeness irrevocable irrevocably perpetual perpetually perpetuity permanent permanently
    unlimited sublicense sublicence sublicensable sublicensing license licence licensed transferable assign assignable revocable revoke
    withdraw consent collect collection processing use disclose disclosure third royalty worldwide forever indefinitely
    """.split()  # noqa: SIM905 - a list of words reads better in lines
)
_MIXED = re.compile(r"(?<![\w./:@-])(?=[A-Za-z015|!]*[A-Za-z])(?=[A-Za-z015|!]*[015|!])[A-Za-z015|!]{3,20}(?![\w-])")
_DIGITS = (str.maketrans("015|!", "olsll"), str.maketrans("015|!", "oisii"))


def mended(text: str) -> str:
    """Return the text with its confusions put right; its length stays."""
    for pattern, right in _RULES:
        text = pattern.sub(right, text)
    return _MIXED.sub(_word, text)


def _word(match: re.Match[str]) -> str:
    """Return the word that was meant, when it is one of those that matter; 1 may be an l in one place and an i in another."""
    written = match.group()
    for table in _DIGITS:
        meant = written.translate(table)
        if meant.lower() in _WORDS:
            return meant
    return written

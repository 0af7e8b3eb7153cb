"""Statements that nobody came to harm: 无人员伤亡, 没有人员被困, 未发现人员伤亡."""

from __future__ import annotations

import re
from collections.abc import Iterator

from monitor.core.reading.lexicon import Fate
from monitor.core.reading.sentences import Sentence

OTHERS_REACH = 6
_NOBODY = re.compile(
    r"(?:无一|没有一|(?:暂|尚|并|均|也|幸|所幸|目前|现场|皆)?(?:无|没有?)|"
    r"(?:尚|暂|并|均|也)?未(?:有|造成|导致|发现|接到|收到|出现|引发|发生|见|致|酿成|传出|受到?)|"
    r"(?:不会|没有?|并无|未)(?:造成|导致|发现|接到|收到|出现|引发|受到?)|零)"
    r"(?P<gap>[^，。；;,、\d]{0,10}?)"
    r"(?P<what>伤亡|死伤|死亡|遇难|受伤|被困|失联|失踪|伤者|伤员|身亡|中毒|伤害)"
    r"(?:(?:或|和|及|以及|、)(?P<and>[^，。；;,\d]{0,3}?(?:被困|受伤|死亡|失踪|失联|伤亡)))?"
)
_SOMEBODY = re.compile(
    r"中国|其他|更多|我国|华人|侨|新的|新增|进一步|再|能|统计|公布|法|辜|故|确定|确认|脱|排除|停止|及时|缘|效|致|名|关|"
    r"论|数|偿|良|证|牌|照"
)
_OTHERS = re.compile(r"其[他余它][^，,。]{0,4}\Z")
_NOBODY_FATES = {
    "伤亡": "DI", "死伤": "DI", "死亡": "D", "遇难": "D", "身亡": "D", "受伤": "I", "伤者": "I", "伤员": "I",
    "伤害": "DI", "中毒": "I", "被困": "T", "失联": "M", "失踪": "M",
}  # fmt: skip


def unharmed(folded: str, sentence: Sentence) -> Iterator[tuple[Fate, int]]:
    """Yield each fate that nobody is said to have met, and where; 其他人员无伤亡 says nothing of the whole."""
    for found in _NOBODY.finditer(folded, sentence.start, sentence.end):
        others = _OTHERS.search(folded, max(sentence.start, found.start() - OTHERS_REACH), found.start())
        if others or _SOMEBODY.search(found["gap"]):
            continue
        letters = _NOBODY_FATES[found["what"]]
        letters += "".join(more for word, more in _NOBODY_FATES.items() if found["and"] and word in found["and"])
        for letter in letters:
            yield Fate(letter), found.start()

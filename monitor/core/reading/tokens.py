"""Turn a Chinese sentence into the row of tokens that the casualty grammar reads.

N is a number of people; a capital letter is a word that says what became of them (D death, M missing ..., see Fate),
its small letter the same word where it only describes people (遇难者); the words of Sign and the marks , 、 ( )
have letters of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from monitor.core.reading.lexicon import Fate, Hit, Lexicon, Sign
from monitor.core.reading.numerals import numbers
from monitor.core.reading.sentences import Sentence

FATES = "DMTSLIPARKH"
NEGATION = frozenset("没无未")
# A number this close behind 人数 counts people even without a measure word: 死亡人数升至14.
HEAD_REACH = 12
_PEOPLE = (
    "儿童|学生|女子|男子|工人|矿工|消防员|民警|游客|乘客|孩子|员工|船员|村民|士兵|警察|老人|女孩|男孩|女生|男生|男童|女童|"
    "小孩|居民|群众|旅客|司机|师生|教师|小学生|中学生|大学生|初中|高中|婴儿|幼儿|妇女|少年|青年|渔民|农民|民工|施工人员|"
    "中国公民|同学|队员|伤者|死者|伤员|机组|官兵|医护|业主|顾客|市民|平民|公职人员|作业人员|人员|职工|病人|患者|外籍|中国"
)
# 每人平均 is no people; 三人均遇难 is three.
_AVERAGE = "均(?!不幸|已|被|未|无|获救|遇难|身亡|死亡|溺亡|受伤|失联|失踪|送)"
PERSON = re.compile(
    rf"\s?(?:余|多)?(?:名|人(?![次民口大类工格才气行]|{_AVERAGE})|位(?![于置居列])|口(?=[人遇死不溺被失身罹全落中,，。、！!]|$)|(?<=家.)口|具|"
    rf"个(?:人|小孩|孩|学生|男|女|村民|工人|大人|老人|家属|小伙|姑娘)|{_PEOPLE})"
)
_BREAK = re.compile(r"[，,、：:（(）)—\[\]【】]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])")
_SHORT = re.compile(
    r"(?<=[\d一二两三四五六七八九十百千万余多人名])(?:死伤(?!者)|死(?![亡者于因])|伤(?![亡者员心势情残害感痛口])|亡(?![者命]))"
    r"|(?:死|伤)(?=\d)"
)
_NOUN = re.compile(
    r"(?:者|人员|员工|群众|学生|村民|工人|矿工|游客|旅客|儿童|家属|船员|乘客|居民|公民|女孩|男孩|女子|男子|女童|男童|孩子|"
    r"司机|同胞|农户|事故|事件|现场|消息|地点|职工|老人|同学|遗体|身份|的(?!人数)|人(?!数))"
)


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a sentence; `value` and `approximate` belong to numbers."""

    letter: str
    start: int
    end: int
    value: int = 0
    approximate: bool = False


def tokens(
    lexicon: Lexicon, folded: str, sentence: Sentence, hits: Sequence[Hit], hidden: AbstractSet[int]
) -> list[Token]:
    """Return the tokens of `sentence` in order; fate words at offsets in `hidden` are passed over."""
    found = {token.start: token for token in _signs(lexicon, folded, sentence)}
    found |= {token.start: token for token in _short_fates(folded, sentence, hits)}
    found |= {token.start: token for token in _fates(folded, sentence, hits, hidden)}
    fates = {token.start for token in found.values() if token.letter.upper() in FATES}
    heads = [token.end for token in found.values() if token.letter == Sign.HEAD]
    for token in _people(folded, sentence, fates, heads):
        found[token.start] = token
    for token in _breaks(folded, sentence):
        found.setdefault(token.start, token)
    return [found[start] for start in sorted(found)]


def _signs(lexicon: Lexicon, folded: str, sentence: Sentence) -> Iterator[Token]:
    for sign, start, end in lexicon.sign_hits(folded[sentence.start : sentence.end]):
        yield Token(sign.value, start + sentence.start, end + sentence.start)


def _short_fates(folded: str, sentence: Sentence, hits: Sequence[Hit]) -> Iterator[Token]:
    """Read 5死3伤; 死伤 together says nothing about either."""
    inside = {offset for hit in hits for offset in range(hit.start, hit.end)}
    for found in _SHORT.finditer(folded, sentence.start, sentence.end):
        if found[0] != "死伤" and found.start() not in inside:
            yield Token("I" if found[0] == "伤" else "D", found.start(), found.end())


def _fates(folded: str, sentence: Sentence, hits: Sequence[Hit], hidden: AbstractSet[int]) -> Iterator[Token]:
    lost = False
    for hit in hits:
        if hit.start in hidden or folded[hit.start - 1 : hit.start] in NEGATION:
            continue
        letter = hit.means.fate or ""
        lost = lost or letter == Fate.MISSING
        if letter == Fate.CONTACTED:
            if not lost:
                continue
            letter = Fate.RESCUED
        noun = _NOUN.match(folded, hit.end, sentence.end) or hit.word[-1] in "者员体"
        yield Token(letter.lower() if noun else letter, hit.start, hit.end)


def _people(folded: str, sentence: Sentence, fates: set[int], heads: Sequence[int]) -> Iterator[Token]:
    for number in numbers(folded, sentence.start, sentence.end):
        people = number.end in fates or PERSON.match(folded, number.end, sentence.end)
        headed = any(0 <= number.start - end <= HEAD_REACH for end in heads)
        if (people or headed) and number.value == int(number.value):
            yield Token("N", number.start, number.end, int(number.value), number.approximate)


def _breaks(folded: str, sentence: Sentence) -> Iterator[Token]:
    for found in _BREAK.finditer(folded, sentence.start, sentence.end):
        marks = found[0]
        if marks == "," and folded[found.end() : found.end() + 3].isdigit():
            continue
        letter = "(" if marks[-1] in "（(" else ")" if "）" in marks or ")" in marks else "、" if marks == "、" else ","
        yield Token(letter, found.start(), found.end())

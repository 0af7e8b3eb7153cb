"""Who is said to have suffered what: every stated number of people in a Chinese sentence, before any is chosen.

A sentence becomes a row of tokens: N for a number of people, a capital letter for a word that says what became of them
(D death, M missing ...), the small letter where that word only describes people (遇难者), and signs such as # (人数) and
^ (升至). The grammar reads these rows clause by clause; what it does not understand it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from monitor.core.reading.lexicon import Fate, Hit, Lexicon, Role, Sign
from monitor.core.reading.numerals import numbers
from monitor.core.reading.sentences import Sentence

PEOPLE = (
    "儿童|学生|女子|男子|工人|矿工|消防员|民警|游客|乘客|孩子|员工|船员|村民|士兵|警察|老人|女孩|男孩|女生|男生|男童|女童|"
    "小孩|居民|群众|旅客|司机|师生|教师|小学生|中学生|大学生|初中|高中|婴儿|幼儿|妇女|少年|青年|渔民|农民|民工|施工人员|"
    "中国公民|同学|队员|伤者|死者|伤员|机组|官兵|医护|业主|顾客|市民|平民|公职人员|作业人员|人员|职工|病人|患者|外籍|美军|中国"
)
_PERSON = re.compile(
    rf"\s?(?:余|多)?(?:名|人(?![次民均口大类工格才气行])|位(?![于置居列])|口(?=[人遇死不溺被失身罹全落中,，。、！!]|$)|具|"
    rf"个(?:人|小孩|孩|学生|男|女|村民|工人|大人|老人|家属|小伙|姑娘)|{PEOPLE})"
)
_BREAK = re.compile(r"[，,、：:（(）)—\[\]【】]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff\d])")
_SHORT = re.compile(
    r"(?<=[\d一二两三四五六七八九十百千万余多人名])(?:死伤(?!者)|死(?![亡者于因])|伤(?![亡者员心势情残害感痛口])|亡(?![者命]))|(?:死|伤)(?=\d)"
)
_NOUN = re.compile(
    r"(?:者|人员|员工|群众|学生|村民|工人|矿工|游客|旅客|儿童|家属|船员|乘客|居民|公民|女孩|男孩|女子|男子|女童|男童|孩子|司机|同胞|"
    r"农户|现场|消息|地点|职工|老人|同学|遗体|身份|的(?!人数)|人(?!数))"
)
_NOBODY = re.compile(
    r"(?:无一|没有一|(?:暂|尚|并|均|也|幸|所幸|目前|现场|皆)?(?:无|没有?)|(?:尚|暂|并|均|也)?未(?:有|造成|导致|发现|接到|收到|出现|引发|发生|见|致|酿成|传出)|"
    r"(?:不会|没有?|并无|未)(?:造成|导致|发现|接到|收到|出现|引发)|零)"
    r"(?P<gap>[^，。；;,\d]{0,10}?)"
    r"(?P<what>伤亡|死伤|死亡|遇难|受伤|被困|失联|失踪|伤者|伤员|身亡|中毒)"
    r"(?:(?:或|和|及|以及|、)(?P<and>[^，。；;,\d]{0,3}?(?:被困|受伤|死亡|失踪|失联)))?"
)
_SOMEBODY = re.compile(r"中国|其他|更多|我国|华人|侨|新的|进一步|再|能|统计|公布|法|辜|故|确定|确认|脱|排除|停止|及时|缘|效|致|名|关|论|数|偿|良|证|牌|照")
_NOBODY_FATES = {
    "伤亡": "DI", "死伤": "DI", "死亡": "D", "遇难": "D", "身亡": "D", "受伤": "I", "伤者": "I", "伤员": "I", "中毒": "I",
    "被困": "T", "失联": "M", "失踪": "M",
}  # fmt: skip
_SOME = re.compile(r"[名位]?(?:中国|外籍|华人|我国|中方)")
# Of several fates in one breath the one that stands: who was trapped and died is dead, who was trapped and got out is safe.
_STRONGEST = "DRMTSLIPAKH"
_FATES = "DMTSLIPARKH"
_FATE_FIRST = re.compile(r"(?:[A-Z]#?\^*N)+")
MAX_GAP = 20


@dataclass(frozen=True, slots=True)
class Mention:
    """One statement about a number of people; `start` is where it begins in the folded text."""

    fate: Fate
    value: int
    start: int
    sentence: Sentence
    approximate: bool = False
    total: bool = False
    group: bool = False
    increment: bool = False
    past: bool = False
    corrected: bool = False
    nobody: bool = False
    single: bool = False
    noun: bool = False
    still: bool = False


@dataclass(frozen=True, slots=True)
class _Token:
    letter: str
    start: int
    end: int
    value: int = 0
    approximate: bool = False


class MentionReader:
    """Reads the mentions of one sentence at a time; keeps nothing between sentences."""

    def __init__(self, lexicon: Lexicon) -> None:
        self._lexicon = lexicon

    def read(self, folded: str, sentence: Sentence, hits: list[Hit]) -> list[Mention]:
        """Return the mentions of `sentence`; `hits` are the words with a fate in it."""
        found = [*self._nobody(folded, sentence)]
        hidden = [(m.start, m.start + 16) for m in found]
        tokens = self._tokens(folded, sentence, hits, hidden)
        clause: list[_Token] = []
        before: list[_Token] = []
        aside = False
        for token in [*tokens, _Token(",", sentence.end, sentence.end)]:
            if token.letter not in ",()":
                clause.append(token)
                continue
            if clause:
                said = list(self._clause(folded, sentence, clause, before, aside=aside))
                if not said:
                    said = self._died_after(sentence, clause, found)
                elif said[0].single and said[0].value == 1 and any(not m.nobody and not m.single for m in found):
                    said = []
                found += said
                before += clause
                clause = []
            if token.letter == "(":
                aside = True
            elif token.letter == ")":
                aside = False
        return found

    def _tokens(self, folded: str, sentence: Sentence, hits: list[Hit], hidden: list[tuple[int, int]]) -> list[_Token]:
        def seen(start: int) -> bool:
            return not any(a <= start < b for a, b in hidden)

        tokens: dict[int, _Token] = {}
        text = folded[sentence.start : sentence.end]
        for sign, start, end in self._lexicon.sign_hits(text):
            tokens[start + sentence.start] = _Token(sign.value, start + sentence.start, end + sentence.start)
        for found in _SHORT.finditer(folded, sentence.start, sentence.end):
            letter = "I" if "伤" in found[0] else "D"
            if found[0] != "死伤" and not any(hit.start <= found.start() < hit.end for hit in hits):
                tokens[found.start()] = _Token(letter, found.start(), found.end())
        for hit in hits:
            letter = hit.detail(Role.FATE) or ""
            noun = _NOUN.match(folded, hit.end, sentence.end) or hit.word[-1] in "者员体"
            if seen(hit.start):
                tokens[hit.start] = _Token(letter.lower() if noun else letter, hit.start, hit.end)
        fates = {token.start for token in tokens.values() if token.letter.upper() in _FATES}
        heads = [token.end for token in tokens.values() if token.letter == "#"]
        for number in numbers(folded, sentence.start, sentence.end):
            people = _PERSON.match(folded, number.end, sentence.end) or number.end in fates
            if not people and not any(0 <= number.start - end <= 12 for end in heads):
                continue
            if number.value == int(number.value):
                tokens[number.start] = _Token("N", number.start, number.end, int(number.value), number.approximate)
        for found in _BREAK.finditer(folded, sentence.start, sentence.end):
            marks = found[0]
            letter = "(" if marks[-1] in "（(" else ")" if "）" in marks or ")" in marks else ","
            if not (marks == "," and folded[found.end() : found.end() + 3].isdigit()):
                tokens.setdefault(found.start(), _Token(letter, found.start(), found.end()))
        return sorted(tokens.values(), key=lambda token: token.start)

    def _clause(
        self, folded: str, sentence: Sentence, clause: list[_Token], before: list[_Token], *, aside: bool
    ) -> Iterator[Mention]:
        letters = {token.letter for token in clause}
        earlier = {token.letter for token in before}
        places = [n for n, token in enumerate(clause) if token.letter == "N"]
        flags = {
            "total": bool({Sign.TOTAL, Sign.RISING} & letters or Sign.TOTAL in earlier),
            "increment": Sign.INCREMENT in letters,
            "past": bool({Sign.FORECAST, Sign.UNKNOWN} & letters or Sign.PAST in letters or Sign.PAST in earlier),
            "corrected": Sign.CORRECTED in letters,
        }
        if {Sign.ALL, Sign.LAST} & letters and letters & set("RD") and (letters | earlier) & set("TAMtam") and not places[1:]:
            if "R" in letters or Sign.LAST in letters:
                yield Mention(Fate.RESCUED, 0, clause[0].start, sentence, nobody=True)
        if not places:
            yield from self._without_number(sentence, clause, before, flags)
            return
        grouped = next((token.start for token in clause if token.letter == Sign.GROUP), None)
        still = Sign.STILL in letters
        for place, fate, noun in self._pairs(folded, clause, places):
            number = clause[place]
            yield Mention(
                fate=Fate(fate),
                value=number.value,
                start=number.start,
                sentence=sentence,
                approximate=number.approximate,
                group=aside
                or (grouped is not None and grouped < number.start)
                or bool(_SOME.match(folded, number.end, sentence.end)),
                still=still,
                noun=noun,
                **flags,
            )

    def _pairs(self, folded: str, clause: list[_Token], places: list[int]) -> Iterator[tuple[int, str, bool]]:
        row = "".join(token.letter for token in clause if token.letter in f"N#^{_FATES}{_FATES.lower()}")
        if _FATE_FIRST.fullmatch(row.upper().replace("^", "")):
            for place in places:
                fate = self._fate_before(folded, clause, place)
                if fate:
                    yield place, fate, False
            return
        for n, place in enumerate(places):
            until = places[n + 1] if n + 1 < len(places) else len(clause)
            if until < len(clause) and any(token.letter == Sign.RISING for token in clause[place:until]):
                continue
            fate, noun = self._fate_after(clause, place, until)
            if not fate:
                fate, noun = self._fate_before(folded, clause, place), False
            if fate:
                yield place, fate, noun

    @staticmethod
    def _fate_after(clause: list[_Token], place: int, until: int) -> tuple[str, bool]:
        """Return the fate of the people counted at `place`, told after the number, and whether it only describes them."""
        number = clause[place]
        best, described, busy = "", "", False
        end = number.end
        for token in clause[place + 1 : until]:
            if token.start - end > MAX_GAP:
                break
            busy = busy or token.letter == Sign.BUSY
            if token.letter in (Sign.HEAD, Sign.GROUP):
                break
            if token.letter in _FATES:
                if busy and token.letter not in "DM":
                    break
                if not best or _STRONGEST.index(token.letter) < _STRONGEST.index(best):
                    best = token.letter
                end = token.end
            elif token.letter.upper() in _FATES:
                if token.start - number.end <= 2:
                    described = token.letter.upper()
                end = token.end
        if best in ("", "H") and described:
            rescued = any(token.letter == "R" for token in clause[:place])
            return ("R", False) if rescued and described != "D" else (described, True)
        return best, False

    @staticmethod
    def _fate_before(folded: str, clause: list[_Token], place: int) -> str:
        """Return the fate that stands directly before the number at `place`: 死亡3人, 死亡人数升至14."""
        number = clause[place]
        rescued = False
        start = number.start
        for token in reversed(clause[:place]):
            if token.letter == "N":
                between = folded[token.end : number.start]
                if not any(mark in between for mark in "至到为"):
                    return ""
                start = token.start
                continue
            if token.letter in (Sign.HEAD, Sign.RISING, Sign.INCREMENT, Sign.TOTAL, Sign.CORRECTED):
                start = token.start
                continue
            if token.letter == "R":
                return "R"
            if token.letter.upper() in _FATES:
                gap = start - token.end
                if gap > (8 if start != number.start else 2):
                    return ""
                rescued = any(other.letter == "R" for other in clause[:place])
                return "R" if rescued and token.letter.islower() else token.letter.upper()
        return ""

    @staticmethod
    def _without_number(
        sentence: Sentence, clause: list[_Token], before: list[_Token], flags: dict[str, bool]
    ) -> Iterator[Mention]:
        """Read what is told of persons without a number: 母子溺亡, 司机当场死亡."""
        for n, token in enumerate(clause):
            if token.letter not in ("D", "M"):
                continue
            who = [other for other in clause[:n] if other.letter in (Sign.ONE, Sign.TWO)]
            near = who[-1] if who else None
            if near and token.start - near.end <= MAX_GAP:
                value = 2 if near.letter == Sign.TWO else 1
                yield Mention(Fate(token.letter), value, near.start, sentence, single=True, past=flags["past"])

    @staticmethod
    def _died_after(sentence: Sentence, clause: list[_Token], found: list[Mention]) -> list[Mention]:
        """Read 一人受伤，送医后死亡: the people just counted died; what was said of them before no longer holds."""
        letters = "".join(token.letter for token in clause)
        if "D" not in letters or not found or not letters.startswith(("H", "D", Sign.ALL)):
            return []
        last = found[-1]
        if last.nobody or last.fate not in (Fate.INJURED, Fate.SERIOUS, Fate.TRAPPED, Fate.ADRIFT, Fate.HOSPITAL, Fate.POISONED):
            return []
        found.pop()
        return [replace(last, fate=Fate.DEATH, start=clause[0].start)]

    @staticmethod
    def _nobody(folded: str, sentence: Sentence) -> Iterator[Mention]:
        """Read statements that nobody came to harm."""
        for found in _NOBODY.finditer(folded, sentence.start, sentence.end):
            if _SOMEBODY.search(found["gap"]):
                continue
            letters = _NOBODY_FATES[found["what"]]
            for word, more in _NOBODY_FATES.items():
                if found["and"] and word in found["and"]:
                    letters += more
            for letter in letters:
                yield Mention(Fate(letter), 0, found.start(), sentence, nobody=True)

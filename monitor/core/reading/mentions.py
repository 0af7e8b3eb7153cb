"""Who is said to have suffered what: every stated number of people in a Chinese sentence, before any is chosen.

Rows of tokens (see tokens.py) are read clause by clause; what the grammar does not understand it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from monitor.core.reading.lexicon import Fate, Hit, Lexicon, Sign
from monitor.core.reading.persons import Told, led_to, persons
from monitor.core.reading.sentences import Sentence
from monitor.core.reading.tokens import FATES, PERSON, Token, tokens
from monitor.core.reading.unharmed import unharmed

MAX_GAP = 20
NOBODY_REACH = 16
LIST_REACH = 8
ABOARD_REACH = 8
_SOME = re.compile(r"[名位]?(?:中国|外籍|华人|我国|中方)")
# Of several fates in one breath the one that stands: who was trapped and died is dead, who got out is safe.
_STRONGEST = "DRMTSLIPAKH"
_FATE_FIRST = re.compile(r"(?:[A-Z]#?N)+")
# What may stand between a number and the word that describes the people counted: 3名(学生不幸)死亡的事故.
_DESCRIBED = re.compile(
    rf"{PERSON.pattern}?(?:因[^，,。]{{1,6}}|[^，,。]{{0,2}})?(?:不幸|当场|先后|相继|同时|全部|均)?"
)
_AND = re.compile(r"(?:和|与|及|以及)(?:另外?)?\Z")
_ABOARD = re.compile(r"[机船车艇舟轮]上")
# Whoever is buried died before: 老人死亡，村里办丧事，42人中毒.
_FUNERAL = re.compile(r"办丧|丧事|丧宴|办白事")
_LINKS = frozenset({Sign.HEAD, Sign.RISING, Sign.INCREMENT, Sign.TOTAL, Sign.CORRECTED})
_MAY_DIE = frozenset(
    {
        Fate.INJURED,
        Fate.SERIOUS,
        Fate.TRAPPED,
        Fate.MISSING,
        Fate.ADRIFT,
        Fate.HOSPITAL,
        Fate.POISONED,
        Fate.RESCUED,
    }
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One statement about a number of people; `start` is where it begins in the folded text.

    `total`: cumulative words stand by; `group`: a part of others already counted; `increment`: to be added to others;
    `past`: an earlier happening or a forecast; `nobody`: said to be none; `single`: persons told without a number;
    `noun`: the number only describes (12名失联人员); `still`: said to be so at the time;
    `everyone`: all who were trapped, missing or aboard are told to be dead, without a number.
    """

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
    everyone: bool = False


def mentions(lexicon: Lexicon, folded: str, sentence: Sentence, hits: Sequence[Hit]) -> list[Mention]:
    """Return the mentions of `sentence`; `hits` are the words with a fate in it."""
    found = [Mention(fate, 0, start, sentence, nobody=True) for fate, start in unharmed(folded, sentence)]
    hidden = {offset for mention in found for offset in range(mention.start, mention.start + NOBODY_REACH)}
    earlier: set[str] = set()
    subject: list[Token] = []
    for clause, aside in _clauses(tokens(lexicon, folded, sentence, hits, hidden)):
        said = [_as_part(m, found, earlier) for m in _clause(folded, sentence, clause, earlier, aside=aside)]
        said = said or [_single(told, sentence, past=False) for told in led_to(folded, clause, subject)]
        subject = [token for token in clause if token.letter in (Sign.ONE, Sign.TWO)] or subject
        if not said:
            said = _died_after(clause, found)
        elif _told_already(said, found):
            said = []
        found += said
        earlier |= {token.letter for token in clause}
    return found


def _as_part(mention: Mention, found: Sequence[Mention], earlier: set[str]) -> Mention:
    """Mark what goes on counting parts of a number told before 其中: 3人死亡，其中2人当场死亡，1人送医后死亡."""
    if Sign.GROUP not in earlier or mention.group:
        return mention
    same = [m for m in found if m.fate is mention.fate and not m.nobody]
    whole = max((m.value for m in same if not m.group), default=0)
    return replace(mention, group=mention.value < whole or (not whole and bool(same)))


def _clauses(row: Sequence[Token]) -> Iterator[tuple[list[Token], bool]]:
    """Yield the clauses of a row, and whether each stands in brackets."""
    clause: list[Token] = []
    aside = False
    for place, token in enumerate([*row, Token(",", 0, 0)]):
        if token.letter not in ",、()":
            clause.append(token)
            continue
        if token.letter == "、" and _goes_on(clause, row[place + 1 : place + 1 + LIST_REACH]):
            continue
        if clause:
            yield clause, aside
            clause = []
        aside = token.letter == "(" or (aside and token.letter != ")")


def _goes_on(clause: Sequence[Token], rest: Sequence[Token]) -> bool:
    """Tell whether a list of what one number of people met goes on behind 、: 101名学生因恶心、呕吐就诊."""
    number = next((n for n, token in enumerate(clause) if token.letter == "N"), None)
    if number is None or any(token.letter.upper() in (*FATES, Sign.BUSY.upper()) for token in clause):
        return False
    following = list(takewhile(lambda token: token.letter not in ",()", rest))
    letters = [token.letter for token in following]
    return "N" not in letters and any(letter in FATES for letter in letters)


def _clause(
    folded: str, sentence: Sentence, clause: list[Token], earlier: set[str], *, aside: bool
) -> Iterator[Mention]:
    letters = {token.letter for token in clause}
    past = bool({Sign.FORECAST, Sign.UNKNOWN, Sign.PAST} & letters or Sign.PAST in earlier)
    places = [n for n, token in enumerate(clause) if token.letter == "N"]
    if _all_out(letters, earlier, len(places)):
        yield Mention(Fate.RESCUED, 0, clause[0].start, sentence, nobody=True)
        for ended in (Fate.TRAPPED, Fate.MISSING):
            if {ended.value, ended.value.lower()} & (letters | earlier):
                yield _ended(ended, clause, places, sentence, past=past)
    lost = set("TAMtam") & letters or _ABOARD.search(folded, clause[0].start - ABOARD_REACH, clause[0].start)
    if not places and Sign.ALL in letters and "D" in letters and lost:
        yield Mention(Fate.DEATH, 0, clause[0].start, sentence, everyone=True, past=past)
    if not places:
        past = past or _FUNERAL.search(folded, sentence.start, sentence.end) is not None
        yield from (_single(told, sentence, past=past) for told in persons(folded, clause))
        return
    grouped = next((token.start for token in clause if token.letter == Sign.GROUP), None)
    for place, fate, noun in _pairs(folded, clause, places):
        number = clause[place]
        part = aside or (grouped is not None and grouped < number.start)
        yield Mention(
            Fate(fate),
            number.value + (0 if noun else _added(folded, clause, place)),
            number.start,
            sentence,
            approximate=number.approximate,
            total=bool({Sign.TOTAL, Sign.RISING} & letters or Sign.TOTAL in earlier),
            group=part or bool(_SOME.match(folded, number.end, sentence.end)),
            increment=Sign.INCREMENT in letters,
            past=past,
            corrected=Sign.CORRECTED in letters,
            noun=noun,
            still=Sign.STILL in letters,
        )


def _ended(fate: Fate, clause: list[Token], places: list[int], sentence: Sentence, *, past: bool) -> Mention:
    """Return what is said of those who are out: how many there were, or only that nobody is left."""
    number = clause[places[0]] if places and fate.value.lower() in {token.letter for token in clause} else None
    if number is None:
        return Mention(fate, 0, clause[0].start, sentence, nobody=True, past=past)
    return Mention(fate, number.value, number.start, sentence, noun=True, past=past)


def _all_out(letters: set[str], earlier: set[str], count: int) -> bool:
    """Tell whether all who were trapped or missing are out: 均已救出, or the last one found, alive or not."""
    spoken = letters & set("TAMtam") or earlier & set("TAMtam")
    if not spoken or count > 1:
        return False
    return ("R" in letters and bool({Sign.ALL, Sign.LAST} & letters)) or ("D" in letters and Sign.LAST in letters)


def _pairs(folded: str, clause: list[Token], places: list[int]) -> Iterator[tuple[int, str, bool]]:
    """Yield each number's place with its fate, and whether the fate only describes the people counted."""
    row = "".join(token.letter for token in clause if token.letter in f"N#{FATES}{FATES.lower()}").upper()
    if _FATE_FIRST.fullmatch(row):
        for place in places:
            fate, noun = _fate_before(folded, clause, place)
            if fate:
                yield place, fate, noun
        return
    for n, place in enumerate(places):
        until = places[n + 1] if n + 1 < len(places) else len(clause)
        if until < len(clause) and any(token.letter == Sign.RISING for token in clause[place:until]):
            continue
        fate, noun = _fate_after(folded, clause, place, until)
        if not fate and not _taken(clause, place):
            fate, noun = _fate_before(folded, clause, place)
        if fate:
            yield place, fate, noun


def _taken(clause: list[Token], place: int) -> bool:
    """Tell whether the fate before a number belongs to the number before it: 13死4伤7人被抓."""
    before = clause[max(0, place - 2) : place]
    return len(before) == 2 and before[0].letter == "N" and before[1].start == before[0].end


def _added(folded: str, clause: list[Token], place: int) -> int:
    """Return how many people are to be added to the number at `place`: the first number of 3名工人和2名司机受伤."""
    start = clause[place].start
    before = next((n for n in reversed(range(place)) if clause[n].letter not in (Sign.ONE, Sign.TWO)), None)
    if before is None or clause[before].letter != "N" or not _AND.search(folded, clause[before].end, start):
        return 0
    return clause[before].value + _added(folded, clause, before)


def _fate_after(folded: str, clause: list[Token], place: int, until: int) -> tuple[str, bool]:
    """Return the fate told after the number at `place`, and whether it only describes the people counted."""
    number = clause[place]
    best, described, busy = "", "", False
    end = number.end
    for token in clause[place + 1 : until]:
        if token.start - end > MAX_GAP or token.letter in (Sign.HEAD, Sign.GROUP):
            break
        busy = busy or token.letter == Sign.BUSY
        if token.letter.upper() not in FATES:
            continue
        if token.letter.islower():
            if _DESCRIBED.fullmatch(folded, number.end, token.start):
                described = token.letter.upper()
        elif busy and token.letter not in "DM":
            break
        elif not best or _STRONGEST.index(token.letter) < _STRONGEST.index(best):
            best = token.letter
        end = token.end
    if best in ("", "H") and described:
        rescued = any(token.letter == "R" for token in clause[:place])
        return ("R", True) if rescued and described in "TMA" else (described, True)
    return best, best == "R" and described in ("T", "A")


def _fate_before(folded: str, clause: list[Token], place: int) -> tuple[str, bool]:
    """Return the fate that stands directly before the number at `place`: 死亡3人, 死亡人数升至14.

    With it goes whether those who were brought out are told to have been trapped or missing: 救出被困人员2名.
    """
    number = clause[place]
    if any(token.letter == Sign.BUSY and 0 <= token.start - number.end <= 6 for token in clause[place + 1 :]):
        return "", False
    start = number.start
    for token in reversed(clause[:place]):
        if token.letter == "N":
            if not any(mark in folded[token.end : number.start] for mark in "至到为"):
                return "", False
            start = token.start
        elif token.letter in _LINKS:
            start = token.start
        elif token.letter.upper() in FATES:
            if token.letter != "R" and start - token.end > (8 if start != number.start else 2):
                return "", False
            rescued = token.letter in "tma" and any(other.letter == "R" for other in clause[:place])
            return ("R", True) if rescued else (token.letter.upper(), False)
    return "", False


def _single(told: Told, sentence: Sentence, *, past: bool) -> Mention:
    return Mention(told.fate, told.count, told.start, sentence, single=True, past=past)


def _told_already(said: Sequence[Mention], found: Sequence[Mention]) -> bool:
    return said[0].single and said[0].value == 1 and any(not m.nobody and not m.single for m in found)


def _died_after(clause: list[Token], found: list[Mention]) -> list[Mention]:
    """Read 一人受伤，送医后死亡: the people just counted died; what was said of them before no longer holds."""
    letters = "".join(token.letter for token in clause)
    if "D" not in letters or not found or not letters.startswith(("H", "D", Sign.ALL)):
        return []
    last = found[-1]
    if last.nobody or last.fate not in _MAY_DIE:
        return []
    found.pop()
    return [replace(last, fate=Fate.DEATH, start=clause[0].start)]

"""Choose the latest cumulative figures of the main happening from everything that a text says about people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.core.model import Casualties, Figure
from monitor.core.reading.lexicon import Fate
from monitor.core.reading.mentions import Mention
from monitor.core.reading.stated import aboard, loss_yuan
from monitor.core.reading.sums import adding_up_to, by_place, in_turn, of_two_words

_OVER = re.compile("扑灭|救援结束|搜救结束|处置完毕")
# A rounded figure of the title stands for an exact one of the text that lies this near.
NEAR = (0.85, 1.25)
# 数百 is read as 200 and may stand for up to 999.
SEVERAL_TIMES = (1, 5)


@dataclass(frozen=True, slots=True)
class Tally:
    """The chosen figures; `adrift` counts people in the water or in distress whose fate is not told."""

    casualties: Casualties
    adrift: Figure | None = None


def tally(mentions: Sequence[Mention], folded: str, shown: str) -> Tally:
    """Choose one figure for each fate; later corrections win, then the title, then cumulative words, then the largest.

    `shown` is the text as published, offset by offset the same as `folded`; figures quote their sentences from it.
    """
    deaths = _pick(mentions, Fate.DEATH, folded, shown)
    summed = _summed(mentions, deaths)
    missing = _pick(mentions, Fate.MISSING, folded, shown)
    serious = _pick(mentions, Fate.SERIOUS, folded, shown)
    adrift = _pick(mentions, Fate.ADRIFT, folded, shown)
    on_board = aboard(folded, shown)
    trapped = _trapped(mentions, folded, shown, deaths)
    if _all_out(mentions):
        missing = _nobody(missing, mentions)
        adrift = on_board = None
    told = any(f is not None for f in (deaths, missing, trapped)) or any(m.fate is Fate.RESCUED for m in mentions)
    if adrift is not None and not told:
        trapped = adrift
    adrift = _without_saved(max((f for f in (adrift, on_board) if f), key=lambda f: f.value, default=None), mentions)
    everyone = next((m for m in mentions if m.everyone and not m.past), None)
    if everyone is not None:
        deaths = _all_dead(deaths, [f for f in (missing, trapped, adrift) if f], everyone, shown)
        missing, trapped, adrift = _none(missing, everyone), _none(trapped, everyone), None
    return Tally(
        Casualties(
            deaths=deaths,
            missing=missing,
            trapped=trapped,
            injured=_together(mentions, Fate.INJURED, summed, shown)
            or _injured(mentions, folded, shown, deaths, serious),
            serious=serious,
            loss_yuan=loss_yuan(folded, shown),
        ),
        adrift,
    )


def _without_saved(adrift: Figure | None, mentions: Sequence[Mention]) -> Figure | None:
    """Take away from those in distress the largest number told to be saved."""
    if adrift is None:
        return None
    saved = max((m.value for m in mentions if m.fate is Fate.RESCUED and m.value <= adrift.value), default=0)
    return replace(adrift, value=adrift.value - saved)


def _all_dead(deaths: Figure | None, lost: Sequence[Figure], everyone: Mention, shown: str) -> Figure | None:
    """Count among the dead those who were missing, trapped or aboard, where all of them are told to be dead."""
    most = max((figure.value for figure in lost), default=0)
    if not most or (deaths is not None and deaths.value >= most):
        return deaths
    return _figure(everyone, shown, value=most + (deaths.value if deaths else 0))


def _none(figure: Figure | None, because: Mention) -> Figure | None:
    return None if figure is None else Figure(0, figure.sentence, because.start)


def _pick(mentions: Sequence[Mention], fate: Fate, folded: str, shown: str) -> Figure | None:
    told = [m for m in mentions if m.fate is fate and not m.past and not m.everyone]
    plain = [m for m in told if not (m.group or m.increment or m.single or m.nobody)]
    firm = [m for m in plain if not m.noun] or plain
    corrected = [m for m in firm if m.corrected]
    if corrected:
        return _figure(corrected[-1], shown)
    severe = of_two_words([m for m in told if not m.nobody and not m.single], folded) if fate is Fate.SERIOUS else []
    if severe:
        return _figure(severe[0], shown, value=sum(m.value for m in severe))
    turns = in_turn([m for m in told if not m.nobody and not m.single], folded) if fate is Fate.DEATH else []
    if turns:
        return _figure(turns[0], shown, value=sum(m.value for m in turns))
    if firm:
        return _best(firm, folded, shown)
    nobody = _uncontradicted([m for m in told if m.nobody], mentions)
    for rest in ([m for m in told if m.group], [m for m in told if m.increment], nobody, [m for m in told if m.single]):
        if rest:
            return _figure(max(rest, key=lambda m: m.value), shown)
    return None


def _uncontradicted(nobody: list[Mention], mentions: Sequence[Mention]) -> list[Mention]:
    """Leave out what says that there are neither dead nor hurt where people died: it must be about something else."""
    deaths = [m for m in mentions if nobody and m.fate is Fate.DEATH and not m.past]
    if not any(m.value and not m.single for m in deaths):
        return nobody
    neither = {m.start for m in deaths if m.nobody}
    return [m for m in nobody if m.start not in neither]


def _best(plain: list[Mention], folded: str, shown: str) -> Figure:
    title = [m for m in plain if m.sentence.title]
    exact = [m for m in title if not m.approximate]
    if exact:
        parts = by_place(exact, folded)
        return _figure(max(exact, key=lambda m: m.value), shown, value=sum(m.value for m in parts) if parts else None)
    body = [m for m in plain if not m.sentence.title]
    if title:
        rounded = max(title, key=lambda m: m.value)
        low, high = SEVERAL_TIMES if folded[rounded.start : rounded.start + 2].strip("好")[:1] in "数几" else NEAR
        near = [m for m in body if low * rounded.value <= m.value <= high * rounded.value]
        if near:
            return _figure(max(near, key=lambda m: m.value), shown)
        parts = adding_up_to(rounded.value, body)
        return _figure(rounded, shown, value=sum(m.value for m in parts) if parts else None)
    parts = by_place(body, folded)
    if parts:
        return _figure(parts[0], shown, value=sum(m.value for m in parts))
    totals = [m for m in body if m.total]
    return _figure(max(totals + body[:2], key=lambda m: m.value), shown)


def _summed(mentions: Sequence[Mention], deaths: Figure | None) -> frozenset[int]:
    """Return the sentences whose figures were added up to `deaths`; empty where one mention states it."""
    body = [m for m in mentions if m.fate is Fate.DEATH and not (m.past or m.group or m.sentence.title)]
    if deaths is None or not deaths.value or any(m.value == deaths.value for m in mentions if m.fate is Fate.DEATH):
        return frozenset()
    return frozenset(m.sentence.index for m in adding_up_to(deaths.value, body))


def _together(mentions: Sequence[Mention], fate: Fate, summed: frozenset[int], shown: str) -> Figure | None:
    """Add up the figures that stand beside those of the dead that had to be added up."""
    parts = [m for m in mentions if m.fate is fate and m.sentence.index in summed and not (m.past or m.group)]
    return _figure(parts[0], shown, value=sum(m.value for m in parts)) if len(parts) > 1 else None


def _figure(mention: Mention, shown: str, *, value: int | None = None) -> Figure:
    sentence = shown[mention.sentence.start : mention.sentence.end].strip()
    return Figure(
        mention.value if value is None else value,
        sentence,
        mention.start,
        approximate=mention.approximate,
        increment=mention.increment,
    )


def _all_out(mentions: Sequence[Mention]) -> bool:
    return any(m.fate is Fate.RESCUED and m.nobody for m in mentions)


def _nobody(figure: Figure | None, mentions: Sequence[Mention]) -> Figure | None:
    return _none(figure, next(m for m in mentions if m.fate is Fate.RESCUED and m.nobody))


def _trapped(mentions: Sequence[Mention], folded: str, shown: str, deaths: Figure | None) -> Figure | None:
    trapped = _pick(mentions, Fate.TRAPPED, folded, shown)
    if trapped is None:
        return _freed(mentions, folded, shown)
    if _all_out(mentions):
        return _nobody(trapped, mentions)
    still = any(m.fate is Fate.TRAPPED and m.still and m.start == trapped.offset for m in mentions)
    if still or not trapped.value:
        return trapped
    saved = max((m.value for m in mentions if m.fate is Fate.RESCUED and m.value <= trapped.value), default=0)
    dead = deaths.value if deaths and _dead_of(trapped, mentions) else 0
    return replace(trapped, value=max(0, trapped.value - saved - dead))


def _dead_of(trapped: Figure, mentions: Sequence[Mention]) -> bool:
    """Tell whether the dead are told of after the trapped, and so were among them: 12人被困，3人获救，9人遇难."""
    dead = [m.start for m in mentions if m.fate is Fate.DEATH and m.value and not (m.past or m.group)]
    last = max(m.start for m in mentions if m.fate is Fate.TRAPPED and m.value == trapped.value)
    return bool(dead) and last < min(dead)


def _freed(mentions: Sequence[Mention], folded: str, shown: str) -> Figure | None:
    """Return none trapped where trapped people were brought out of something that is over and harmed nobody else."""
    freed = next((m for m in mentions if m.fate is Fate.RESCUED and m.noun), None)
    over = _OVER.search(folded) or any(m.nobody and m.fate is Fate.DEATH for m in mentions)
    return _figure(freed, shown, value=0) if freed and over else None


def _injured(
    mentions: Sequence[Mention], folded: str, shown: str, deaths: Figure | None, serious: Figure | None
) -> Figure | None:
    injured = _pick(mentions, Fate.INJURED, folded, shown)
    light = [m for m in mentions if m.fate is Fate.LIGHT and not m.past and not m.nobody]
    if injured is not None and injured.value:
        taken = [m for m in mentions if m.fate is Fate.DEATH and m.group and deaths and m.value == deaths.value]
        if (
            taken
            and taken[0].sentence.start <= injured.offset < taken[0].sentence.end
            and injured.value > taken[0].value
        ):
            return Figure(injured.value - taken[0].value, injured.sentence, injured.offset)
        if serious is None or serious.value <= injured.value:
            return injured
    others = [
        f for fate in (Fate.POISONED, Fate.SICKENED, Fate.HOSPITAL) if (f := _pick(mentions, fate, folded, shown))
    ]
    hurt = (serious.value if serious else 0) + sum(m.value for m in light)
    if (serious is not None or light) and not (others and others[0].value > hurt):
        value = (serious.value if serious else 0) + sum({m.start: m.value for m in light}.values())
        first = serious or _figure(light[0], shown)
        return Figure(value, first.sentence, first.offset, approximate=first.approximate)
    for fate in (Fate.POISONED, Fate.SICKENED, Fate.HOSPITAL):
        figure = _pick(mentions, fate, folded, shown)
        if figure is not None and injured is None:
            dead = deaths.value if deaths and fate is Fate.POISONED and deaths.value < figure.value else 0
            return Figure(figure.value - dead, figure.sentence, figure.offset, approximate=figure.approximate)
    return injured

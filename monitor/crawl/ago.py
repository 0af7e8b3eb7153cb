"""Read how long ago something was: "刚刚", "3小时前", "一个半小时前", "1小时20分钟前", "2 hours ago"."""

from __future__ import annotations

import re
from datetime import timedelta

_NOW = re.compile(r"刚刚|刚才|just now", re.IGNORECASE)
_UNIT = (
    r"秒钟?|分钟?|小时|钟头|天|个?星期|周|个月|年|"
    r"sec(?:ond)?s?|min(?:ute)?s?|h(?:(?:ou)?rs?)?|d(?:ays?)?|w(?:eeks?)?|months?|y(?:ears?)?|[sm]"
)
_AGO = re.compile(
    rf"(?<![\d.])(?P<n>\d{{1,4}}(?:\.\d)?|半|\ban?\b)\s?(?:个(?P<half>半)?)?\s?(?P<unit>{_UNIT})"
    r"(?:\s?零?(?P<more>\d{1,2})\s?分钟?)?\s?(?:以?前|之前|ago\b)",
    re.IGNORECASE,
)
_UNITS = (
    (("个月", "mo"), timedelta(days=30)),
    (("秒", "s"), timedelta(seconds=1)),
    (("分", "m"), timedelta(minutes=1)),
    (("小时", "钟头", "h"), timedelta(hours=1)),
    (("天", "d"), timedelta(days=1)),
    (("周", "星期", "个星期", "w"), timedelta(weeks=1)),
    (("年", "y"), timedelta(days=365)),
)


def how_long_ago(text: str) -> tuple[timedelta, timedelta] | None:
    """Return how long ago `text` says that something was, and the unit in which it counts; None where it does not."""
    if _NOW.search(text):
        return timedelta(0), timedelta(seconds=1)
    match = _AGO.search(text)
    if match is None:
        return None
    unit = next(length for names, length in _UNITS if match["unit"].lower().startswith(names))
    if match["more"] and unit != timedelta(hours=1):
        return None
    number = 0.5 if match["n"] == "半" else float(match["n"]) if match["n"][0].isdigit() else 1.0
    if match["half"]:
        number += 0.5
    return number * unit + timedelta(minutes=int(match["more"] or 0)), unit

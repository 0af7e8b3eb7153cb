"""What is told of a press conference to come, what is wrong with its plan, and where its page is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.core.beijing import shown
from monitor.core.conferences.telling import POINT
from monitor.core.errors import N_
from monitor.core.naming import Names
from monitor.core.views import AlertView
from responders.channels.base import Link
from responders.language import Words


def said(alert: AlertView, words: Words, names: Names) -> str:
    """Say what is still open; nothing for other alerts."""
    if alert.point != POINT:
        return ""
    tasks = words(N_("; ")).join(names.task(task) for task in alert.detail["tasks"].split(","))
    told = N_("The press conference is planned for {at} Beijing time. Still open: {tasks}. Tick off what is done.")
    return words(told, at=shown(datetime.fromisoformat(alert.detail["at"])), tasks=tasks)


def said_point(point: str, words: Words) -> str:
    """Say the point of such an alert; nothing for others."""
    return words(N_("something to prepare is open")) if point == POINT else ""


def links(alert: AlertView, words: Words, console_url: str) -> Iterator[Link]:
    """Yield the way to the plan's page."""
    if alert.point == POINT and console_url and alert.matter_id is not None:
        yield Link(words(N_("Open the plan")), page_of(alert.matter_id, console_url))


def page_of(matter_id: int, console_url: str = "") -> str:
    """Return the address of the page on which an incident's conference is planned."""
    return f"{console_url}/incidents/{matter_id}/conference"

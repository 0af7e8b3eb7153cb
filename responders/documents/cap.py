"""An incident as a message of the Common Alerting Protocol 1.2 (OASIS, 1 July 2010), for platforms that exchange such.

It tells of an incident; it warns nobody by itself: scope is Restricted, to whom it is given. No polygon or circle is
made up: an incident has a division, whose code of GB/T 2260 stands as a geocode.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from monitor.core.beijing import local
from monitor.core.errors import N_
from monitor.core.model import MatterState, Severity
from monitor.core.views import DeadlineView, IncidentView, LogView, StepView
from responders.documents.due import said_due
from responders.documents.messages import PRACTISE, Composer
from responders.documents.plain_line import plain_line

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
GEOCODE = "GB/T 2260"
MOST_NAMED = 20
# CAP: Extreme is an extraordinary threat, Severe a significant one, Moderate a possible one, Minor little or none.
SEVERITIES = {
    Severity.EXTRAORDINARY: "Extreme", Severity.MAJOR: "Severe", Severity.LARGER: "Moderate", Severity.GENERAL: "Minor",
}  # fmt: skip
# What of our kinds is which of CAP's categories; the rest is Safety.
CATEGORIES = {
    "Geo": ("avalanche", "earthquake", "landslide", "volcano"),
    "Met": ("flood", "lightning", "wind"),
    "Fire": ("fire", "fireworks", "forest_fire"),
    "Health": ("food_poisoning",),
    "Env": ("pollution",),
    "Transport": ("aviation", "rail", "road", "water_transport"),
    "CBRNE": ("chemical", "explosion", "poisoning"),
    "Security": ("ramming",),
    "Infra": ("collapse", "electric", "gas"),
    "Rescue": ("wilderness",),
}
CATEGORY_OF = {kind: name for name, kinds in CATEGORIES.items() for kind in kinds}


@dataclass(frozen=True, slots=True, kw_only=True)
class CapFacts:
    """What a message tells: the incident, its deadlines, its grade over time, and who sends it when."""

    incident: IncidentView
    deadlines: Sequence[DeadlineView]
    steps: Sequence[StepView]
    log: Sequence[LogView]
    now: datetime


def cap_message(facts: CapFacts, composer: Composer) -> bytes:
    """Return the message as XML. Every change of the incident has its own identifier, which names those before it."""
    one = facts.incident
    moments, sender = _moments(facts), sender_of(composer)
    alert = ET.Element("alert", xmlns=NAMESPACE)
    sent = moments[-1]
    _add(alert, "identifier", _identifier(sender, one.id, sent))
    _add(alert, "sender", sender)
    _add(alert, "sent", stamp(sent))
    _add(alert, "status", "Exercise" if one.drill else "Actual")
    _add(alert, "msgType", _kind(one, moments))
    _add(alert, "scope", "Restricted")
    _add(alert, "restriction", composer.words(N_("For those to whom it was given.")))
    if one.drill:
        # CAP wants a note with every exercise.
        _add(alert, "note", composer.words(PRACTISE))
    elif one.state is not MatterState.OPEN and one.state_reason:
        _add(alert, "note", plain_line(one.state_reason, 1000))
    if len(moments) > 1:
        earlier = (f"{sender},{_identifier(sender, one.id, at)},{stamp(at)}" for at in moments[-MOST_NAMED - 1 : -1])
        _add(alert, "references", " ".join(earlier))
    _add(alert, "incidents", f"huiying-{one.id}")
    alert.append(_info(facts, composer))
    ET.indent(alert, " ")
    whole: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return whole


def sender_of(composer: Composer) -> str:
    """Return who sends: the host of the console, or the bureau's division where nobody reaches that."""
    host = urlsplit(composer.console_url).hostname or ""
    return host if re.fullmatch(r"[0-9A-Za-z.-]+", host) else f"huiying-{composer.region}"


def stamp(at: datetime) -> str:
    """Write an instant as CAP wants it: whole seconds with the offset, never Z."""
    return local(at).replace(microsecond=0).isoformat()


def _moments(facts: CapFacts) -> list[datetime]:
    """Return when what this message tells changed, to the second: each made a message, the last of them is this."""
    one = facts.incident
    changes = {one.opened_at, *(step.at for step in facts.steps)}
    changes |= {line.at for line in facts.log}
    whole = {local(at).replace(microsecond=0) for at in changes if at <= facts.now}
    return sorted(whole) or [local(facts.now).replace(microsecond=0)]


def _identifier(sender: str, number: int, at: datetime) -> str:
    """Return an identifier without the signs that CAP forbids in it."""
    digest = hashlib.sha256(f"{sender}\n{number}\n{stamp(at)}".encode()).hexdigest()[:24]
    return f"huiying-{number}-{digest}"


def _kind(one: IncidentView, moments: Sequence[datetime]) -> str:
    if one.state is not MatterState.OPEN and len(moments) > 1:
        return "Cancel"
    return "Update" if len(moments) > 1 else "Alert"


def _info(facts: CapFacts, composer: Composer) -> ET.Element:
    one, words, info = facts.incident, composer.words, ET.Element("info")
    _add(info, "language", "zh-CN" if words.language == "zh" else "en")
    _add(info, "category", CATEGORY_OF.get(one.kind, "Safety"))
    _add(info, "event", plain_line(composer.names.kind(one.kind)) or "-")
    _add(info, "urgency", "Past" if one.state is not MatterState.OPEN else "Immediate")
    _add(info, "severity", SEVERITIES[one.presumed] if one.presumed else "Unknown")
    _add(info, "certainty", "Observed" if one.confirmed or one.severity else "Possible")
    if one.occurred_at is not None:
        _add(info, "onset", stamp(one.occurred_at))
    _add(info, "senderName", sender_of(composer))
    _add(info, "headline", plain_line(one.title, 160) or f"#{one.id}")
    figures = composer.figures(one.figures)
    reports = words(N_("{items} from {sources} source(s)"), items=one.items, sources=one.sources)
    _add(
        info,
        "description",
        words(
            N_("{grade} {figures}. Reports: {reports}."),
            grade=composer.grade(one) or "—",
            figures=figures,
            reports=reports,
        ).strip(),
    )
    if composer.console_url:
        _add(info, "web", f"{composer.console_url}/incidents/{one.id}")
    for name, value in _parameters(facts, composer):
        parameter = ET.SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", plain_line(value))
    info.append(_area(one, composer))
    return info


def _parameters(facts: CapFacts, composer: Composer) -> list[tuple[str, str]]:
    """Return what CAP has no element for: the statutory grade, the figures, the open deadlines."""
    one = facts.incident
    told = [] if one.severity is None else [("severity", one.severity.zh)]
    told += [(name, str(value)) for name, value in one.figures.items()]
    live = [deadline for deadline in facts.deadlines if deadline.live]
    return told + [("deadline", f"{composer.clock(d)}: {said_due(d, composer.words)}") for d in live]


def _area(one: IncidentView, composer: Composer) -> ET.Element:
    area = ET.Element("area")
    _add(area, "areaDesc", plain_line(composer.place(one)) or "-")
    for code in [one.place.code] if one.place.code else one.place.among:
        geocode = ET.SubElement(area, "geocode")
        _add(geocode, "valueName", GEOCODE)
        _add(geocode, "value", code)
    return area


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text

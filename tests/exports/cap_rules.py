"""What CAP 1.2 demands of a message, element by element: order, how often, and what each may hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
MANY = 10**6
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d"
NAME = r"[^\s,<&]+"
ANY = r"(?s).+"
# name, least, most, what it holds
ALERT = (
    ("identifier", 1, 1, NAME), ("sender", 1, 1, NAME), ("sent", 1, 1, MOMENT),
    ("status", 1, 1, "Actual|Exercise|System|Test|Draft"), ("msgType", 1, 1, "Alert|Update|Cancel|Ack|Error"),
    ("source", 0, 1, ANY), ("scope", 1, 1, "Public|Restricted|Private"), ("restriction", 0, 1, ANY),
    ("addresses", 0, 1, ANY), ("code", 0, MANY, ANY), ("note", 0, 1, ANY),
    ("references", 0, 1, rf"{NAME},{NAME},{MOMENT}( {NAME},{NAME},{MOMENT})*"), ("incidents", 0, 1, ANY),
    ("info", 0, MANY, ""),
)  # fmt: skip
INFO = (
    ("language", 0, 1, r"[a-z]{2}(-[A-Z]{2})?"),
    ("category", 1, MANY, "Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other"),
    ("event", 1, 1, ANY), ("responseType", 0, MANY, ANY),
    ("urgency", 1, 1, "Immediate|Expected|Future|Past|Unknown"),
    ("severity", 1, 1, "Extreme|Severe|Moderate|Minor|Unknown"),
    ("certainty", 1, 1, "Observed|Likely|Possible|Unlikely|Unknown"), ("audience", 0, 1, ANY),
    ("eventCode", 0, MANY, ""), ("effective", 0, 1, MOMENT), ("onset", 0, 1, MOMENT), ("expires", 0, 1, MOMENT),
    ("senderName", 0, 1, ANY), ("headline", 0, 1, ANY), ("description", 0, 1, ANY), ("instruction", 0, 1, ANY),
    ("web", 0, 1, r"https?://\S+"), ("contact", 0, 1, ANY), ("parameter", 0, MANY, ""), ("resource", 0, MANY, ""),
    ("area", 0, MANY, ""),
)  # fmt: skip
AREA = (
    ("areaDesc", 1, 1, ANY), ("polygon", 0, MANY, ANY), ("circle", 0, MANY, ANY), ("geocode", 0, MANY, ""),
    ("altitude", 0, 1, ANY), ("ceiling", 0, 1, ANY),
)  # fmt: skip
PAIR = (("valueName", 1, 1, ANY), ("value", 1, 1, r"(?s).*"))
PARTS = {"info": INFO, "area": AREA, "parameter": PAIR, "geocode": PAIR, "eventCode": PAIR}
Rules = Sequence[tuple[str, int, int, str]]


def breaches(message: bytes) -> list[str]:
    """Return what a message breaks; nothing where it is a good one."""
    root = ET.fromstring(message)
    if root.tag != f"{NAMESPACE}alert":
        return [f"the root is {root.tag}"]
    found = list(_broken(root, ALERT, "alert"))
    told = {child.tag.removeprefix(NAMESPACE): child.text or "" for child in root}
    if told.get("scope") == "Restricted" and "restriction" not in told:
        found.append("Restricted without a restriction")
    if told.get("status") == "Exercise" and "note" not in told:
        found.append("an exercise without a note")
    if told.get("msgType") in ("Update", "Cancel") and "references" not in told:
        found.append("an update without references")
    return found


def _broken(element: ET.Element, rules: Rules, where: str) -> list[str]:
    names = [child.tag.removeprefix(NAMESPACE) for child in element]
    order = [rule[0] for rule in rules]
    found = [f"{where}: unknown {name}" for name in names if name not in order]
    places = [order.index(name) for name in names if name in order]
    if places != sorted(places):
        found.append(f"{where}: out of order: {names}")
    for name, least, most, form in rules:
        if not least <= names.count(name) <= most:
            found.append(f"{where}: {name} comes {names.count(name)} times")
        for child in element.findall(f"{NAMESPACE}{name}"):
            if name in PARTS:
                found += _broken(child, PARTS[name], f"{where}/{name}")
            elif not re.fullmatch(form, child.text or ""):
                found.append(f"{where}/{name}: {child.text!r}")
    return found

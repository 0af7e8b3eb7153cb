"""What a site's robots.txt allows us, by RFC 9309. Pure: the text is read elsewhere, `now` is passed in.

The longest rule that fits an address decides, allowing wins a tie, and what no rule fits is allowed. Crawl-delay is no
part of the standard, but many sites state it; it is taken as the shortest time between two requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from monitor.core.sources import FailureKind

OUR_NAME = "huiying"
# RFC 9309, 2.5: at least 500 KiB are to be read; 2.4: a copy is not to be used for longer than 24 hours.
LONGEST_BODY = 500 * 1024
FRESH = timedelta(hours=24)
# RFC 9309, 2.3.1.4: while the server fails everything is disallowed; after long, a copy may be used. We never crawl
# without one.
COPY_LASTS = timedelta(days=30)
# While a site gives no answer it is not asked anew for each of its sources.
ASKED_AGAIN = timedelta(minutes=1)
LONGEST_DELAY = timedelta(minutes=10)
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*([^#]*)")
_AGENT = re.compile(r"[A-Za-z_-]+|\*")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line that allows or disallows; `pattern` may hold `*`, and `$` at its end."""

    allow: bool
    pattern: str

    def fits(self, path: str) -> bool:
        """Tell whether the rule is about a path; in one pass, whatever the pattern."""
        anchored = self.pattern.endswith("$")
        first, *others = self.pattern.removesuffix("$").split("*")
        if not path.startswith(first):
            return False
        if not others:
            return not anchored or len(path) == len(first)
        at = len(first)
        for part in others[:-1]:
            found = path.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        last = others[-1]
        if anchored:
            return len(path) - len(last) >= at and path.endswith(last)
        return path.find(last, at) >= 0

    def __str__(self) -> str:
        return f"{'Allow' if self.allow else 'Disallow'}: {self.pattern}"


@dataclass(frozen=True, slots=True)
class Robots:
    """What a robots.txt says to us."""

    rules: tuple[Rule, ...] = ()
    delay: timedelta = timedelta(0)

    def refusing(self, path: str) -> Rule | None:
        """Return the rule that disallows a path with its query, or None where it is allowed."""
        path = _normal(path)
        if path == "/robots.txt":
            return None
        fitting = [rule for rule in self.rules if rule.fits(path)]
        last = max(fitting, key=lambda rule: (len(rule.pattern), rule.allow), default=None)
        return None if last is None or last.allow else last


def robots_of(text: str, token: str = OUR_NAME) -> Robots:
    """Read a robots.txt for the crawler of that name: its own groups, else those of all crawlers."""
    groups: dict[bool, list[tuple[str, str]]] = {}
    for agents, lines in _groups(text):
        for ours in (token.lower() in agents, "*" in agents):
            if ours:
                groups.setdefault(token.lower() in agents, []).extend(lines)
                break
    said = groups.get(True, groups.get(False, []))
    rules = tuple(Rule(name == "allow", _normal(value)) for name, value in said if name in RULES and value)
    delays = [_seconds(value) for name, value in said if name == "crawl-delay"]
    return Robots(rules, min(LONGEST_DELAY, max(delays, default=timedelta(0))))


RULES = ("allow", "disallow")


def _groups(text: str) -> Iterator[tuple[frozenset[str], list[tuple[str, str]]]]:
    """Yield the groups: the names that head each, in small letters, and its lines."""
    agents: set[str] = set()
    lines: list[tuple[str, str]] = []
    heading = False
    for line in re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")):
        found = _LINE.match(line)
        if found is None:
            continue
        name, value = found[1].lower(), found[2].strip()
        if name == "user-agent":
            if not heading:
                if agents:
                    yield frozenset(agents), lines
                agents, lines = set(), []
            agent = _AGENT.match(value)
            agents.add(agent[0].lower() if agent else "")
            heading = True
        elif name in (*RULES, "crawl-delay"):
            heading = False
            lines.append((name, value))
    if agents:
        yield frozenset(agents), lines


def _seconds(value: str) -> timedelta:
    found = re.fullmatch(r"\d{1,6}(\.\d{1,3})?", value)
    return timedelta(seconds=float(value)) if found else timedelta(0)


def _normal(path: str) -> str:
    """Write a path so that those that mean the same are the same: unreserved characters plain, all others escaped."""

    def plain(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else found[0].upper()

    return _ESCAPE.sub(plain, quote(path, safe="!#$%&'()*+,/:;=?@[]~"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a site's robots.txt: the copy and when it was read; when and with what fault it was last asked.

    `text` is empty where the site has none (any answer from 400 to 499).
    """

    text: str
    read_at: datetime | None
    asked_at: datetime
    fault: FailureKind | None = None
    said: str = ""

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it need not be asked for again yet."""
        if self.fault is not None:
            return now - self.asked_at < ASKED_AGAIN
        return self.read_at is not None and now - self.read_at < FRESH

    def holds(self, now: datetime) -> bool:
        """Tell whether the copy may be used: while the site fails, for thirty days."""
        return self.read_at is not None and now - self.read_at < COPY_LASTS

    def after_fault(self, fault: FailureKind, said: str, now: datetime) -> Kept:
        """Return what is kept after the site gave no answer."""
        return Kept(self.text, self.read_at, now, fault, said)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a source may not be fetched now."""

    reason: FailureKind
    detail: str


def refusal_of(kept: Kept, path: str, now: datetime) -> Refusal | None:
    """Return why a path may not be fetched, or None where it may."""
    if kept.holds(now):
        rule = robots_of(kept.text).refusing(path)
        return None if rule is None else Refusal(FailureKind.ROBOTS, str(rule)[:200])
    return Refusal(kept.fault or FailureKind.SERVER_ERROR, f"robots.txt: {kept.said}")

"""Turn values into pages: the templates, the language, Beijing time, and links that can do no harm.

Every text is escaped by the templates. Fetched texts also lose what reorders or hides characters; their addresses
become links only where they are plain web addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from monitor.core.access.roles import AccountRole, Permission
from monitor.core.beijing import local, short, shown, shown_end
from monitor.core.drills import Drill
from monitor.core.errors import N_
from monitor.core.model import CASUALTY_FIELDS
from responders.channels.safe_text import visible, web_address
from responders.console.health import Unwell
from responders.console.visitor import LONGEST_NAME, Visitor, greet, is_encrypted, is_near, visitor_of
from responders.documents.messages import FIGURES, LINKED, Composer
from responders.documents.questions import DENIED, NO_TRUSTED_TIME, TOO_OLD
from responders.labels import label

TEMPLATES = Path(__file__).parent / "templates"
NAV = (
    ("/", N_("Board"), Permission.SEE),
    ("/incidents", N_("Incidents"), Permission.SEE),
    ("/search", N_("Search"), Permission.SEE),
    ("/rumours", N_("Rumours"), Permission.OVERSEE),
    ("/decoys", N_("Set aside"), Permission.OVERSEE),
    ("/alerts", N_("Alerts"), Permission.OVERSEE),
    ("/office", N_("Office"), Permission.OVERSEE),
)
LEADER = "/leader"
# What is reached from the office's page stands under it in the navigation.
OF_THE_OFFICE = (
    "/bulletins",
    "/appraisals",
    "/duty",
    "/channels",
    "/sources",
    "/rules",
    "/drills",
    "/audit",
    "/accounts",
)
HTML_LANGUAGE = {"zh": "zh-CN", "en": "en"}


class Pages:
    """Renders templates for one bureau in one language."""

    def __init__(
        self,
        composer: Composer,
        *,
        bureau: str,
        region_name: str,
        health: Callable[[], Sequence[Unwell]],
        drill: Callable[[], Drill | None],
    ) -> None:
        self.composer = composer
        self.bureau = bureau
        self._drill = drill
        self._health = health
        self.words = composer.words
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals |= {
            "_": self.words,
            "pair": lambda name, value: self.words(N_("{name}: {value}"), name=name, value=value),
            "composer": composer,
            "names": composer.names,
            "bureau": bureau,
            "region_name": region_name,
            "lang": HTML_LANGUAGE.get(self.words.language, "en"),
            "longest_name": LONGEST_NAME,
            "no_trusted_time": NO_TRUSTED_TIME,
            "too_old": TOO_OLD,
            "denied_text": DENIED,
            "linked_text": LINKED,
        }
        self._environment.filters |= {
            "word": self.word,
            "moment": moment,
            "brief_moment": brief_moment,
            "brief_end": brief_end,
            "clean": cleaned,
            "tidy": visible,
            "link": web_address,
            "host": host_of,
            "detail": self.detail,
        }

    def page(
        self,
        request: Request,
        template: str,
        *,
        now: datetime,
        status: int = 200,
        visitor: Visitor | None = None,
        **facts: Any,
    ) -> HTMLResponse:
        """Render a page for the visitor who asks for it."""
        who = visitor or visitor_of(request)
        inside = who.inside
        text = self._environment.get_template(template).render(
            visitor=who,
            path=request.url.path,
            in_office=request.url.path.startswith(OF_THE_OFFICE),
            now=now,
            nav=_nav(who),
            can=lambda permission: who.reach(Permission(permission)) is not None,
            open_wire=not is_encrypted(request) and not is_near(request),
            unwell=tuple(self._health()) if inside else (),
            drill=self._drill() if inside else None,
            **facts,
        )
        response = HTMLResponse(text, status)
        greet(response, who, request)
        return response

    def bare(self, template: str, *, status: int, **facts: Any) -> HTMLResponse:
        """Render a page for somebody who only holds a link: no cookie, no way on, kept nowhere."""
        text = self._environment.get_template(template).render(**facts)
        return HTMLResponse(text, status, {"cache-control": "no-store", "referrer-policy": "no-referrer"})

    def word(self, value: Enum) -> str:
        """Say an enum's value in the language."""
        return self.words(label(value))

    def detail(self, text: str) -> str:
        """Say the detail of a reason: a figure by its name, anything else as it is."""
        name, found, number = text.partition("=")
        if not found or name not in CASUALTY_FIELDS:
            return cleaned(text)
        return f"{number} {self.words(FIGURES.get(name, name))}"


def _nav(who: Visitor) -> list[tuple[str, str]]:
    """Return the pages that a visitor is led to; a leader's own page comes first."""
    found = [(address, name) for address, name, permission in NAV if who.reach(permission) is not None]
    leads = who.account is not None and AccountRole.LEADER in who.account.roles
    return [(LEADER, N_("Situation")), *found] if leads else found


def cleaned(text: str) -> str:
    """Return fetched text on one line without anything that hides or reorders."""
    return " ".join(visible(text).split())


def moment(at: datetime | None) -> Markup:
    """Write an instant in Beijing time, readable for machines as well; a dash where there is none."""
    return _time(at, shown(at)) if at is not None else Markup("—")


def brief_moment(at: datetime | None) -> Markup:
    """Write an instant as `moment` does, without its year."""
    return _time(at, short(at)) if at is not None else Markup("—")


def brief_end(at: datetime | None) -> Markup:
    """Write the end of a term as `brief_moment` does; midnight is 24:00 of the day that ends with it."""
    return _time(at, shown_end(at)[5:]) if at is not None else Markup("—")


def _time(at: datetime, text: str) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(local(at).isoformat(timespec="seconds"), text)


def host_of(url: str) -> str:
    """Return the host that an address leads to: in ASCII, and as it is written where that differs."""
    address = web_address(url)
    if address is None:
        return ""
    plain = urlsplit(address).hostname or ""
    try:
        written = plain.encode("ascii").decode("idna")
    except UnicodeError:
        written = plain
    return plain if written == plain else f"{plain} ({cleaned(written)})"

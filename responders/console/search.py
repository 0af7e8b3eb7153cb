"""The page that finds words: in incidents, items, responses and the log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup, escape

from monitor.core.access.roles import Permission
from monitor.core.errors import N_
from monitor.core.views import IncidentView
from monitor.store import views
from monitor.store.search import Found, Hit, search
from responders.console.console import Console
from responders.console.filters import GRADES, filter_of, regions_of
from responders.console.pages import cleaned
from responders.console.visitor import NOWHERE, clean, visitor_of

LONGEST, MOST_WORDS = 100, 5
MOST_HITS = 50
AROUND = 40
SPANS = {"30": N_("the last 30 days"), "90": N_("the last 90 days"), "365": N_("the last year"), "": N_("ever")}
USUAL_SPAN = "90"
NAMES = {
    Found.INCIDENT: N_("Incidents"),
    Found.ITEM: N_("Items"),
    Found.RESPONSE: N_("Responses"),
    Found.DECISION: N_("Log"),
}
Asked = Annotated[str, Query(max_length=2000)]
Short = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit as it is shown: the texts escaped, what was looked for marked."""

    hit: Hit
    title: Markup
    excerpt: Markup
    incident: IncidentView | None

    @property
    def address(self) -> str:
        """Where it is shown whole."""
        if self.hit.found is Found.ITEM:
            return f"/items/{self.hit.id}"
        part = {Found.RESPONSE: "#respond", Found.DECISION: "#log"}.get(self.hit.found, "")
        return f"/incidents/{self.hit.matter_id}{part}"


def words_of(asked: str) -> list[str]:
    """Return the words that are looked for."""
    return list(dict.fromkeys(clean(asked, LONGEST).split()))[:MOST_WORDS]


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return a text escaped, with each word that was looked for marked."""
    if not words:
        return escape(text)
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    parts, end = [], 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), Markup("<mark>{}</mark>").format(match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def excerpt(text: str, words: Sequence[str]) -> str:
    """Return what stands around the first word that is found; nothing where none is."""
    folded = text.casefold()
    places = [at for word in words if (at := folded.find(word.casefold())) >= 0]
    if not places:
        return ""
    first = min(places)
    begin, end = max(0, first - AROUND), first + 2 * AROUND
    return f"{'…' if begin else ''}{text[begin:end]}{'…' if end < len(text) else ''}"


def _row(hit: Hit, words: Sequence[str], incident: IncidentView | None) -> HitRow:
    title, text = cleaned(hit.title), cleaned(hit.text)
    return HitRow(hit, marked(title, words), marked(excerpt(text, words), words), incident)


def routes(console: Console) -> APIRouter:
    """Return the route of the search."""
    router = APIRouter()

    @router.get("/search")
    def find(request: Request, q: Asked = "", among: Short = "", days: Short = USUAL_SPAN) -> Response:
        within = visitor_of(request).reach(Permission.SEE) or NOWHERE
        now, words, chosen = console.clock(), words_of(q), filter_of(request.query_params)
        span = days if days in SPANS else USUAL_SPAN
        sort = Found(among) if among in set(Found) else None
        since = now - timedelta(days=int(span)) if span else None
        with console.database.read() as connection:
            hits = search(connection, words, among=sort, since=since, within=within, limit=MOST_HITS)
            numbers = {hit.matter_id for hit in hits if hit.matter_id is not None}
            known = {one.id: one for one in views.incidents(connection, ids=numbers, limit=len(numbers))}
        regions = regions_of(known.values(), console.composer.names, chosen.region, within)
        told = [(hit, known.get(hit.matter_id) if hit.matter_id is not None else None) for hit in hits]
        rows = [_row(hit, words, one) for hit, one in told if not chosen or (one is not None and chosen.takes(one))]
        return console.pages.page(
            request,
            "search.html",
            now=now,
            asked=clean(q, LONGEST),
            rows={found: [row for row in rows if row.hit.found is found] for found in Found},
            sorts=NAMES,
            sort=sort,
            spans=SPANS,
            span=span,
            chosen=chosen,
            regions=regions,
            grades=GRADES,
            most=MOST_HITS,
        )

    return router

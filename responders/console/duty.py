"""Who is on duty in the next two weeks, with gaps marked, and who is told in what order; read only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter, Request, Response

from monitor.core.people.rota import Rota, Stretch, stretches
from monitor.store import people
from responders.console.console import Console

AHEAD = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class RotaSheet:
    """One rota from now on, in stretches of one person each; the first is who is on duty."""

    rota: Rota
    stretches: tuple[Stretch, ...]

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """The stretches in which nobody is on duty."""
        return tuple(stretch for stretch in self.stretches if stretch.contact is None)


def read_rotas(console: Console, now: datetime) -> list[RotaSheet]:
    """Return all rotas as they stand."""
    with console.database.read() as connection:
        changes = people.changes(connection, since=now)
    return [RotaSheet(rota, stretches(rota, changes, now, now + AHEAD)) for rota in console.duty.rotas.values()]


def routes(console: Console) -> APIRouter:
    """Return the route of the page."""
    router = APIRouter()

    @router.get("/duty")
    def duty(request: Request) -> Response:
        now = console.clock()
        return console.pages.page(request, "duty.html", now=now, duty=console.duty, rotas=read_rotas(console, now))

    return router

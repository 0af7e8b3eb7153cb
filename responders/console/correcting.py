"""The forms that state what an incident is, where it was and how many it cost, and that take a decision back."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from monitor.core.model import Place, Verb
from monitor.core.naming import Names
from responders.console.acts import Act, carry_out
from responders.console.console import Console
from responders.console.incident import Number
from responders.console.typed import TypedForm, UnknownPlace
from responders.console.visitor import clean


def division_called(typed: str, names: Names) -> Place:
    """Return the division of a code, of a full name, or of a name that only one has; raise UnknownPlace."""
    said = clean(typed, 60).replace(" ", "")
    found = [said] if said in names.places else [code for code in names.places if names.division(code) == said]
    found = found or [code for code, name in names.places.items() if name == said]
    if len(found) != 1:
        raise UnknownPlace(typed=said or "—")
    code = found[0]
    levels = (f"{code[:2]}0000", f"{code[:4]}00", code)
    province, city, county = (level if level in names.places and level <= code else None for level in levels)
    return Place(province, city if city != province else None, county if county not in (province, city) else None)


def routes(console: Console) -> APIRouter:
    """Return the routes of both forms."""
    router, desk, names = APIRouter(), console.desk, console.composer.names

    @router.post("/incidents/{number}/correct")
    def correct(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.CORRECT, number, typed),
            lambda by, now: desk.correct(
                number,
                kind=typed.slug.strip() or None,
                place=division_called(typed.place, names) if typed.place.strip() else None,
                figures=typed.toll(),
                by=by,
                now=now,
                reason=typed.why(),
                seen=typed.looked(),
            ),
        )

    @router.post("/incidents/{number}/undo")
    def undo(request: Request, number: Number, typed: TypedForm) -> Response:
        return carry_out(
            console,
            request,
            Act(Verb.UNDO, number, typed),
            lambda by, now: desk.undo(number, typed.undone(), by=by, now=now, reason=typed.why()),
        )

    return router

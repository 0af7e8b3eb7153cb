"""What each route of the console needs. A route that is not named here is not answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from types import MappingProxyType

from sqlalchemy import Connection

from monitor.core.access.accounts import NOTHING, About
from monitor.core.access.roles import Permission
from monitor.store import bulletins, outbox, records, views
from responders.console.health import PROBES


class Door(Enum):
    """Who passes without a permission of his own."""

    OPEN = "open"  # everybody: the sign-in, and links that are rights by themselves
    MACHINE = "machine"  # monitoring on this machine, or under a name set for it; others need to oversee
    SIGNED_IN = "signed_in"  # whoever has an account: his own
    NAMELESS = "nameless"  # only where nobody has an account


class Thing(StrEnum):
    """What the number in a route's path is the number of."""

    INCIDENT = "incident"
    DEADLINE = "deadline"
    RESPONSE = "response"
    BULLETIN = "bulletin"
    ALERT = "alert"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Needs:
    """A permission, for the object that the path names; `thing` None where there is no single one.

    What shows many objects asks for the reach itself.
    """

    permission: Permission
    thing: Thing | None = None


SEE, OVERSEE, JUDGE = Permission.SEE, Permission.OVERSEE, Permission.JUDGE
RESPOND, ADJUST, ADMINISTER = Permission.RESPOND, Permission.ADJUST, Permission.ADMINISTER
_ON_INCIDENT = {
    "confirm": JUDGE, "dismiss": JUDGE, "merge": JUDGE, "split": JUDGE, "link": JUDGE, "unlink": JUDGE,
    "correct": JUDGE, "undo": JUDGE, "assign": Permission.ASSIGN, "sign": Permission.SIGN, "claims": JUDGE,
    "conference": RESPOND, "conference/tick": RESPOND, "conference/drop": RESPOND,
    "offer/log": RESPOND, "offer/refuse": RESPOND, "offer/again": RESPOND,
    "review/held": ADJUST, "review/signed": ADJUST, "review/lessons": ADJUST, "review/lessons/done": ADJUST,
    "acknowledge": Permission.ACKNOWLEDGE, "hand-back": Permission.ACKNOWLEDGE, "respond": RESPOND, "fault": ADJUST,
}  # fmt: skip
_BY_PROGRAMS = {"confirm": JUDGE, "dismiss": JUDGE, "acknowledge": Permission.ACKNOWLEDGE, "responses": RESPOND}
_ON_DEADLINE = ("waive", "reopen", "extend", "pause", "resume", "reset", "start")
_ON_DRAFT = {
    "save": Permission.DRAFT, "submit": Permission.DRAFT, "withdraw": Permission.DRAFT, "self-review": Permission.DRAFT,
    "review": Permission.REVIEW, "approve": Permission.APPROVE, "publish": RESPOND,
}  # fmt: skip
_ON_BULLETIN = {
    "save": Permission.DRAFT, "void": Permission.DRAFT, "review": Permission.REVIEW, "sign": Permission.APPROVE,
}  # fmt: skip
_OWN = (
    "password", "sessions/{session}/end", "sessions/end", "tokens", "tokens/{name}/end",
    "code", "code/confirm", "code/end", "calendar", "calendar/end",
)  # fmt: skip
_OF_EVIDENCE = ("", "/{look}/text.txt", "/{look}/{name}")
_OFFICE = (
    "/office", "/statistics", "/statistics/rows", "/duty", "/channels", "/sources/{name}", "/rules", "/rules/{name}",
    "/drills", "/drills/{number}", "/missed", "/leader",
)  # fmt: skip
_OF_APPRAISAL = ("", "/notice", "/notice.docx", "/result", "/result.docx")
_OF_APPRAISED = ("", "/rows", "/self-check", "/self-check.docx")
_ON_APPRAISED = {
    "hand-in": Permission.SIGN, "sign": Permission.SIGN, "review": Permission.APPRAISE, "settle": Permission.CONDUCT,
}  # fmt: skip
_ON_ROTA = ("override", "take", "swap", "changes/{number}/cancel")
_OF_ACCOUNT = ("edit", "disable", "enable", "password", "sessions/end", "code/end")

ROUTES: Mapping[tuple[str, str], Door | Needs] = MappingProxyType(
    {
        ("GET", "/"): Needs(SEE),
        ("GET", "/live"): Needs(SEE),
        ("GET", "/search"): Needs(SEE),
        ("GET", "/incidents"): Needs(SEE),
        ("GET", "/incidents/{number}"): Needs(SEE, Thing.INCIDENT),
        ("GET", "/incidents/{number}.cap"): Needs(Permission.EXPORT, Thing.INCIDENT),
        ("GET", "/incidents/{number}/why"): Needs(SEE, Thing.INCIDENT),
        **{
            ("GET", f"/incidents/{{number}}/{page}"): Needs(SEE, Thing.INCIDENT)
            for page in ("claims", "conference", "conference/sheet", "review")
        },
        **{
            ("GET", f"/incidents/{{number}}/review.{form}"): Needs(Permission.EXPORT, Thing.INCIDENT)
            for form in ("docx", "xlsx", "json")
        },
        # A rumour of which no incident is known lies in nobody's region.
        ("POST", "/rumours/{number}/check"): Needs(JUDGE),
        ("GET", "/items/{number}"): Needs(SEE, Thing.ITEM),
        ("GET", "/alerts/{number}"): Needs(SEE, Thing.ALERT),
        ("GET", "/deadlines/{number}"): Needs(SEE, Thing.DEADLINE),
        **{("GET", path): Needs(OVERSEE) for path in ("/rumours", "/decoys", "/decoys/{name}", "/alerts", "/sources")},
        **{("GET", path): Needs(OVERSEE) for path in _OFFICE},
        **{("POST", f"/duty/{act}"): Needs(Permission.ARRANGE) for act in _ON_ROTA},
        ("POST", "/channels/test"): Needs(Permission.OPERATE),
        ("POST", "/sources/{name}/preview"): Needs(Permission.OPERATE),
        **{("POST", f"/drills/{act}"): Needs(Permission.DRILL) for act in ("start", "end", "silent")},
        ("GET", "/audit"): Needs(Permission.INSPECT),
        ("POST", "/audit/verify"): Needs(Permission.INSPECT),
        **{("GET", path): Needs(Permission.EXPORT) for path in ("/exports", "/exports/{name}", "/statistics.xlsx")},
        ("GET", "/appraisals"): Needs(OVERSEE),
        ("POST", "/appraisals"): Needs(Permission.CONDUCT),
        **{("GET", f"/appraisals/{{number}}{part}"): Needs(OVERSEE) for part in _OF_APPRAISAL},
        ("GET", "/appraisals/{number}/figures.xlsx"): Needs(Permission.EXPORT),
        **{
            ("POST", f"/appraisals/{{number}}/{act}"): Needs(Permission.CONDUCT)
            for act in ("approve", "notice", "drop")
        },
        **{("GET", f"/appraisals/{{number}}/offices/{{office}}{part}"): Needs(OVERSEE) for part in _OF_APPRAISED},
        **{
            ("POST", f"/appraisals/{{number}}/offices/{{office}}/{act}"): Needs(permission)
            for act, permission in _ON_APPRAISED.items()
        },
        ("GET", "/responses/{number}/rating"): Needs(SEE, Thing.RESPONSE),
        **{
            ("POST", f"/responses/{{number}}/rating/{act}"): Needs(RESPOND, Thing.RESPONSE)
            for act in ("open", "revoke")
        },
        # The public rates a response by the link that stands under it.
        ("GET", "/rate/{token}"): Door.OPEN,
        ("POST", "/rate/{token}"): Door.OPEN,
        ("GET", "/api"): Needs(SEE),
        **{("GET", f"/api/v1/{what}"): Needs(SEE) for what in ("incidents", "deadlines", "responses", "openapi.json")},
        ("GET", "/api/v1/alerts"): Needs(OVERSEE),
        ("GET", "/api/v1/incidents/{number}"): Needs(SEE, Thing.INCIDENT),
        ("GET", "/api/v1/deadlines/{number}"): Needs(SEE, Thing.DEADLINE),
        **{
            ("POST", f"/api/v1/incidents/{{number}}/{act}"): Needs(permission, Thing.INCIDENT)
            for act, permission in _BY_PROGRAMS.items()
        },
        **{
            ("POST", f"/incidents/{{number}}/{act}"): Needs(permission, Thing.INCIDENT)
            for act, permission in _ON_INCIDENT.items()
        },
        **{("POST", f"/deadlines/{{number}}/{act}"): Needs(ADJUST, Thing.DEADLINE) for act in _ON_DEADLINE},
        ("POST", "/responses/{number}/retract"): Needs(RESPOND, Thing.RESPONSE),
        ("GET", "/responses/{number}/text"): Needs(SEE, Thing.RESPONSE),
        ("POST", "/responses/{number}/text"): Needs(RESPOND, Thing.RESPONSE),
        **{
            (method, "/incidents/{number}/check"): Needs(Permission.DRAFT, Thing.INCIDENT) for method in ("GET", "POST")
        },
        # A draft is an incident's: whoever may do something to the one may do it to the other.
        ("GET", "/incidents/{number}/drafts"): Needs(SEE, Thing.INCIDENT),
        ("POST", "/incidents/{number}/drafts"): Needs(Permission.DRAFT, Thing.INCIDENT),
        **{
            ("GET", f"/incidents/{{number}}/drafts/{{draft}}{part}"): Needs(SEE, Thing.INCIDENT)
            for part in ("", "/sheet", "/sheet.docx")
        },
        **{
            ("POST", f"/incidents/{{number}}/drafts/{{draft}}/{act}"): Needs(permission, Thing.INCIDENT)
            for act, permission in _ON_DRAFT.items()
        },
        # An issue on an incident is that incident's; a newsletter lies in nobody's region.
        ("GET", "/bulletins"): Needs(OVERSEE),
        # It shows incidents of all regions, which a county colleague, who may draft in his own, is not to see.
        **{(method, "/bulletins/new"): Needs(RESPOND) for method in ("GET", "POST")},
        ("POST", "/incidents/{number}/bulletins"): Needs(Permission.DRAFT, Thing.INCIDENT),
        **{("GET", f"/bulletins/{{number}}{part}"): Needs(SEE, Thing.BULLETIN) for part in ("", ".docx", "/{n}.png")},
        ("GET", "/bulletins/{number}/edit"): Needs(Permission.DRAFT, Thing.BULLETIN),
        **{
            ("POST", f"/bulletins/{{number}}/{act}"): Needs(permission, Thing.BULLETIN)
            for act, permission in _ON_BULLETIN.items()
        },
        # The evidence of a response has its number.
        **{("GET", f"/evidence/{{number}}{part}"): Needs(SEE, Thing.RESPONSE) for part in _OF_EVIDENCE},
        ("POST", "/items/{number}/report"): Needs(JUDGE, Thing.ITEM),
        ("POST", "/items/{number}/set-aside"): Needs(JUDGE, Thing.ITEM),
        ("POST", "/me"): Door.NAMELESS,
        ("GET", "/a/{token}"): Door.OPEN,
        ("POST", "/a/{token}"): Door.OPEN,
        ("GET", "/u/{token}"): Door.OPEN,
        ("POST", "/u/{token}"): Door.OPEN,
        # Slack proves each request by its signature.
        ("POST", "/slack/events"): Door.OPEN,
        # Whoever brings data proves each request by its signature as well.
        ("POST", "/push/{source}"): Door.OPEN,
        # A hub knows the address that was made for it, and signs what it brings.
        ("GET", "/websub/{token}"): Door.OPEN,
        ("POST", "/websub/{token}"): Door.OPEN,
        # The address is a right by itself.
        ("GET", "/calendar/{file}"): Door.OPEN,
        ("GET", "/sign-in"): Door.OPEN,
        ("POST", "/sign-in"): Door.OPEN,
        ("GET", "/sign-in/other"): Door.OPEN,
        ("GET", "/sign-in/other/back"): Door.OPEN,
        ("POST", "/sign-in/other"): Door.OPEN,
        ("POST", "/sign-out"): Door.SIGNED_IN,
        ("GET", "/api/me"): Door.SIGNED_IN,
        ("GET", "/account"): Door.SIGNED_IN,
        **{("POST", f"/account/{act}"): Door.SIGNED_IN for act in _OWN},
        ("GET", "/accounts"): Needs(ADMINISTER),
        ("POST", "/accounts"): Needs(ADMINISTER),
        ("GET", "/accounts/{number}"): Needs(ADMINISTER),
        **{("POST", f"/accounts/{{number}}/{act}"): Needs(ADMINISTER) for act in _OF_ACCOUNT},
        **{("GET", path): Door.OPEN if path in ("/healthz", "/readyz") else Door.MACHINE for path in PROBES},
    }
)


def about(connection: Connection, thing: Thing, number: int) -> About:
    """Return what decides who may act on the object of that number; NOTHING where there is none."""
    if thing is Thing.ITEM:
        record = records.record(connection, number)
        matter = None if record is None else record.matter_id
    elif thing is Thing.ALERT:
        alert = outbox.alert_of(connection, number)
        matter = None if alert is None else alert.matter_id
    elif thing is Thing.DEADLINE:
        deadline = views.deadline(connection, number)
        matter = None if deadline is None else deadline.matter_id
    elif thing is Thing.RESPONSE:
        response = views.response(connection, number)
        matter = None if response is None else response.matter_id
    elif thing is Thing.BULLETIN:
        issue = bulletins.bulletin(connection, number)
        matter = None if issue is None else issue.matter_id
    else:
        matter = number
    incident = None if matter is None else views.incident(connection, matter)
    return NOTHING if incident is None else About(incident.place)

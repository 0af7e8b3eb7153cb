"""Made-up incidents that went well or badly, for looking back upon. Nothing of it ever happened."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.aftermath.courses import Aftermath, Course, reckon
from monitor.core.drafts.draft import Gate, Verdict, Wording
from monitor.core.model import AlertReason, ResponseKind
from monitor.core.particulars import Conference
from monitor.loops.deliver import Deliver, Outlet
from monitor.store import aftermath, views
from responders.channels.base import Channel, DeliveryFailure
from responders.documents.messages import Composer
from tests.responders.console.station import T0, Station
from tests.story.outbox import Told

M, H = timedelta(minutes=1), timedelta(hours=1)
RELEASE, PRESS = ResponseKind.AUTHORITATIVE_RELEASE, ResponseKind.PRESS_CONFERENCE
TITLE = "金昌市金川区一化工厂爆炸致12人死亡、30人受伤"
TEXT = "7月9日20时许，金昌市金川区一化工厂发生爆炸，造成12人死亡、30人受伤。有关部门正在全力处置，原因正在调查。"
FIVE, DAY = "OP-AUTH-5H", "OP-PRESS-24H"


def told(station: Station, *, seen_after: timedelta = 2 * M, title: str = TITLE) -> int:
    """Let an incident be published at T0 and seen later; return its number."""
    station.clock.now = T0 + seen_after
    station.tell(title, at=T0)
    with station.database.read() as connection:
        return views.incidents(connection)[0].id


def deliver(station: Station, channel: Channel | None = None) -> None:
    """Send what waits over one channel."""
    outlet = Outlet(channel or Told(), frozenset(AlertReason))
    composer = Composer(station.parts.words, station.parts.names, station.address)
    Deliver(station.database, outlet, [outlet], lambda _, scene: composer.message(scene), station.clock).tick(
        station.clock()
    )


def away() -> Told:
    """Return a channel that cannot be reached."""
    return Told(name="broken", answers=[DeliveryFailure("connection refused")] * 99)


def acknowledge(station: Station, number: int, after: timedelta) -> None:
    """Let somebody take the incident up, so long after T0."""
    station.clock.now = T0 + after
    station.parts.desk.acknowledge(number, by="王敏", now=station.clock())


def publish(station: Station, number: int, after: timedelta, *, kind: ResponseKind = RELEASE) -> None:
    """Publish and log at once, so long after T0."""
    station.clock.now = T0 + after
    station.parts.desk.respond(
        number, kind, title="情况通报", url="", published_at=station.clock(), by="王敏", now=station.clock(),
        particulars=Conference(place="金昌", speaker="李强 局长", rank="head") if kind is PRESS else None,
    )  # fmt: skip


def drafted(
    station: Station, number: int, *, begun: timedelta, handed_in: timedelta, passed: timedelta, published: timedelta
) -> None:
    """Let a release go through a draft and its gates, each step so long after T0."""
    desk, clock = station.parts.desk.drafts, station.clock
    clock.now = T0 + begun
    draft = desk.begin(number, Wording(kind=RELEASE, title="情况通报", text=TEXT, place=""), by="王敏", now=clock())
    clock.now = T0 + handed_in
    desk.submit(draft.id, seen=1, by="王敏", now=clock())
    clock.now = T0 + passed
    for gate, who in ((Gate.SELF_REVIEW, "王敏"), (Gate.SECRECY, "李强"), (Gate.APPROVAL, "孙静")):
        if gate in station.parts.desk.drafts.path.gates:
            desk.judge(draft.id, gate, Verdict.PASSED, seen=1, by=who, now=clock())
    clock.now = T0 + published
    desk.publish(draft.id, seen=1, published_at=clock(), by="王敏", now=clock())


def looked_back(station: Station, number: int) -> Aftermath:
    """Look back upon an incident as it stands."""
    with station.database.read() as connection:
        incident = views.incident(connection, number)
        assert incident is not None
        return reckon(aftermath.facts(connection, incident), station.parts.pack, station.clock())


def course(found: Aftermath, rule: str) -> Course:
    """Return the course of one duty."""
    return next(one for one in found.courses if one.deadline.obligation_id == rule)

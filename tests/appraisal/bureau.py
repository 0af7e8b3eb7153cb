"""A bureau with offices, what happened in its summer, and who may do what in its appraisal."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from monitor.core.access.roles import AccountRole
from monitor.core.appraisal.appraisal import ByHand
from monitor.core.model import ResponseKind
from monitor.store.database import Database
from responders.accounts.register import Register
from responders.desk.appraisals import AppraisalDesk, Wanted
from responders.ratings import Ratings
from tests.accounts.people import QUICK
from tests.responders.console.bureau_offices import DUTY
from tests.responders.console.scenes import deliver
from tests.responders.console.station import T0, Station

H = timedelta(hours=1)
RELEASE = ResponseKind.AUTHORITATIVE_RELEASE
PUBLIC = "https://duty.example.org"
YEAR = Wanted(
    title="2026年度政务公开考核",
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
    begins_on=date(2026, 12, 20),
    plan="重点考核突发事件信息发布。\n考核小组由办公室、法规科组成。",
    offices=("chem", "rescue"),
)
TEXTS = {
    "own_accord": "全年主动发布及时。",
    "on_request": "收到申请均按期答复。",
    "promises": "承诺事项全部兑现。",
    "complaints": "投诉均已办结。",
}
BY_HAND = {"requests": ByHand(7, "依申请公开台账"), "complaints": ByHand(0, "信访登记簿")}


def bureau(database: Database, language: str = "en") -> Station:
    """Return a console's station whose bureau has offices and asks the public; nothing is served yet."""
    station = Station(database, language)
    form = station.parts.settings.form
    asking = {
        "appraisal": form.appraisal.model_copy(update={"ratings": True, "least": 3, "days": 30}),
        "console": form.console.model_copy(update={"public_url": PUBLIC}),
    }
    station.parts.settings = replace(station.parts.settings, form=form.model_copy(update=asking))
    station.parts.duty = DUTY
    station.parts.pack = replace(station.parts.pack, duty=DUTY)
    station.people.register = Register(database, QUICK, common=(), own=(), duty=DUTY)
    return station


def summer(station: Station) -> None:
    """Let the chemists' office answer one incident in time and one late, the rescuers' none, and one be nothing."""
    desk, clock = station.parts.desk, station.clock
    clock.now = T0
    for title in (
        "金昌市金川区一化工厂爆炸致12人死亡、30人受伤",
        "张掖市山丹县一仓库火灾致11人死亡",
        "酒泉市肃州区一客车侧翻致13人死亡",
        "兰州市城关区一锅炉爆炸致10人死亡",
    ):
        station.tell(title, at=T0)
    for number, office in ((1, "chem"), (2, "chem"), (3, "rescue"), (4, "chem")):
        desk.assignments.assign(number, office, by="王敏", now=clock.now)
    station.watch()
    deliver(station)
    clock.now = T0 + H
    desk.acknowledge(1, by="王敏", now=clock.now)
    desk.respond(1, RELEASE, title="通报", url="https://weibo.com/1", published_at=clock.now, by="王敏", now=clock.now)
    desk.dismiss(4, by="王敏", now=clock.now, reason="旧闻")
    clock.now = T0 + 8 * H
    station.watch()
    url = "https://yjj.example.cn/2"
    desk.respond(2, RELEASE, title="续报", url=url, published_at=clock.now, by="王敏", now=clock.now)
    clock.now = T0 + 60 * H
    station.watch()


def appraisals(station: Station) -> AppraisalDesk:
    return station.parts.appraisals


def public(station: Station) -> Ratings:
    found = station.parts.ratings
    assert found is not None
    return found


def on_day(station: Station, month: int, day: int, hour: int = 9) -> datetime:
    """Move the clock to an hour of a Beijing day of the year."""
    station.clock.now = datetime(2026, month, day, hour, tzinfo=UTC) - 8 * H
    return station.clock.now


def staff(station: Station) -> None:
    """Give accounts: who plans, who leads, who reviews, and the people of both offices."""
    people = station.people
    people.hire("zero", AccountRole.ADMIN, name="办公室主任")
    people.hire("boss", AccountRole.LEADER, name="赵磊", contact="zl")
    people.hire("judge", AccountRole.REVIEWER, name="考核员")
    people.hire("li", AccountRole.DUTY, name="李强", contact="lq")
    people.hire("sun", AccountRole.SPOKESPERSON, name="孙莉", contact="sl")

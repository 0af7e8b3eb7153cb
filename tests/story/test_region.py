"""Whose an incident is, from the report to what people read: places left open, shared, beyond a border, or wrong."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache

import pytest

from monitor.config.gazetteer import load_gazetteer
from monitor.config.settings import Settings, SettingsFile
from monitor.core.fetched import Entry
from monitor.core.model import LIVE, AlertReason, Scope, TimeNote
from monitor.core.views import IncidentView
from monitor.service import Parts
from monitor.store import views
from monitor.store.database import Database
from responders.documents.messages import Composer, Scene
from tests.responders.console.station import T0, shared_parts, source

FIVE = "OP-AUTH-5H"
TOLL = "多车相撞致12人死亡"
load_once = cache(load_gazetteer)


@dataclass(slots=True)
class Bureau:
    """A bureau of one region that hears titles at T0."""

    database: Database
    region: str
    parts: Parts = field(init=False)

    def __post_init__(self) -> None:
        form = SettingsFile.model_validate({"language": "zh", "bureau": {"region": self.region}})
        self.parts = Parts(Settings(form, None), self.database)
        self.parts.lexicon, self.parts.reader, self.parts.pack = shared_parts()
        self.parts.gazetteer = load_once()

    @property
    def composer(self) -> Composer:
        return Composer(self.parts.words, self.parts.names, region=self.region)

    def hears(self, *titles: str, home: str = "000000") -> IncidentView:
        entries = [
            Entry(key=title, title=title, published_at=T0 + timedelta(minutes=n), time_note=TimeNote.STATED)
            for n, title in enumerate(titles)
        ]
        for entry in entries:
            self.parts.intake.take(replace(source("evening"), region=home), [entry], T0 + timedelta(minutes=5))
        with self.database.read() as connection:
            (incident,) = views.incidents(connection)
        return incident

    def clock(self) -> str:
        """Tell how the five hours stand: none, provisional or firm."""
        with self.database.read() as connection:
            running = [d for d in views.deadlines(connection) if d.obligation_id == FIVE and d.state in LIVE]
        return "none" if not running else "provisional" if running[0].provisional else "firm"

    def told(self) -> str:
        """Return what the alert of the opening says."""
        with self.database.read() as connection:
            (incident,) = views.incidents(connection)
            deadline = next(d for d in views.deadlines(connection) if d.obligation_id == FIVE)
            alert = next(a for a in views.alerts(connection) if a.reason is AlertReason.OPENED)
        return self.composer.message(Scene(alert, incident, deadline, (deadline,), (), T0)).body


@pytest.mark.parametrize(
    ("region", "title", "clock"),
    [
        ("330000", f"浙江一高速{TOLL}", "firm"),
        ("330100", f"浙江一高速{TOLL}", "provisional"),
        ("330100", f"沪昆高速{TOLL}", "provisional"),
        ("000000", f"沪昆高速{TOLL}", "firm"),
        ("210000", f"沪昆高速{TOLL}", "none"),
        ("330300", f"沪昆高速浙江段{TOLL}", "provisional"),
        ("430000", f"沪昆高速浙江段{TOLL}", "none"),
        ("370000", "渤海海域一货船沉没12人死亡", "provisional"),
        ("440000", "渤海海域一货船沉没12人死亡", "none"),
        ("320000", f"鼓楼区{TOLL}", "provisional"),
        ("620000", f"鼓楼区{TOLL}", "none"),
        ("340000", "浙江、安徽两省遭遇龙卷风12人死亡", "provisional"),
        ("350000", "浙江、安徽两省遭遇龙卷风12人死亡", "none"),
        ("330600", "杭州、绍兴交界处山洪致12人死亡", "provisional"),
        ("330300", "杭州、绍兴交界处山洪致12人死亡", "none"),
        ("330300", "杭州、绍兴等地山洪致12人死亡", "provisional"),
        ("330000", "杭州、绍兴交界处山洪致12人死亡", "firm"),
        ("620000", f"一高速公路{TOLL}", "provisional"),
        ("440000", f"香港{TOLL}", "none"),
        ("000000", f"香港{TOLL}", "none"),
        ("440000", f"港珠澳大桥{TOLL}", "provisional"),
        ("000000", f"香港同胞在内地某市遭遇车祸 {TOLL}", "firm"),
        ("000000", f"香港旅行团乘坐的客车与{TOLL}", "provisional"),
        ("000000", f"日本{TOLL}", "none"),
    ],
)
def test_where_it_was_decides_which_bureau_has_a_clock(database: Database, region: str, title: str, clock: str) -> None:
    bureau = Bureau(database, region)
    bureau.hears(title)
    assert bureau.clock() == clock


def test_a_motorway_of_the_province_asks_the_city_whether_it_is_the_citys(database: Database) -> None:
    bureau = Bureau(database, "330100")
    bureau.hears(f"浙江一高速{TOLL}")
    assert bureau.told() == "报道只说明事发浙江省。如发生在浙江省杭州市，请确认；否则请排除。"


def test_a_name_that_several_districts_share_is_asked_about_with_all_of_them(database: Database) -> None:
    bureau = Bureau(database, "320000")
    incident = bureau.hears(f"鼓楼区{TOLL}")
    assert "江苏省徐州市鼓楼区、福建省福州市鼓楼区" in bureau.told()
    assert bureau.composer.place(incident) == "鼓楼区"


def test_a_local_source_means_its_own_district(database: Database) -> None:
    bureau = Bureau(database, "350100")
    incident = bureau.hears(f"鼓楼区{TOLL}", home="350000")
    assert (incident.place.code, bureau.clock()) == ("350102", "firm")
    assert bureau.composer.whose(incident) == ""


def test_a_later_report_that_says_where_ends_what_was_open(database: Database) -> None:
    bureau = Bureau(database, "330000")
    bureau.hears(f"沪昆高速{TOLL}")
    assert bureau.clock() == "provisional"
    incident = bureau.hears(f"沪昆高速{TOLL}", f"沪昆高速浙江金华段{TOLL}")
    assert (incident.place.code, incident.place.among, bureau.clock()) == ("330700", (), "firm")


@pytest.mark.parametrize(
    ("title", "scope", "said"),
    [
        (f"香港{TOLL}", Scope.HK_MO_TW, "据报道事发港澳台地区，不适用内地回应时限规定"),
        (f"日本{TOLL}", Scope.FOREIGN, "据报道事发境外"),
        (f"甘肃兰州{TOLL}", Scope.DOMESTIC, "据报道事发地不在浙江省"),
    ],
)
def test_what_is_only_watched_says_why_and_a_person_may_know_better(
    database: Database, title: str, scope: Scope, said: str
) -> None:
    bureau = Bureau(database, "330000")
    incident = bureau.hears(title)
    assert incident.scope is scope
    assert bureau.composer.whose(incident).startswith(said)
    assert bureau.clock() == "none"
    bureau.parts.desk.confirm(incident.id, by="王某", now=T0 + timedelta(minutes=9))
    assert bureau.clock() == "firm"
    with database.read() as connection:
        assert bureau.composer.whose(views.incidents(connection)[0]) == ""

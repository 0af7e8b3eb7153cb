"""A console whose bureau has offices: who answers for what in Jinchang, and who belongs to each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from monitor.core.access.roles import AccountRole
from monitor.core.people.contacts import Contact, Office, Way
from monitor.core.people.duty import Duty
from monitor.core.people.policies import Policy, Rung, Whom, WhomKind
from monitor.store.database import Database
from responders.accounts.register import Register
from tests.accounts.people import QUICK
from tests.responders.console.scenes import explosion
from tests.responders.console.station import Station, serving

PEOPLE = (("wm", "王敏"), ("lq", "李强"), ("zl", "赵磊"), ("sl", "孙莉"))
DUTY = Duty(
    contacts={one: Contact(one, name, (Way("mail", f"{one}@example.org"),)) for one, name in PEOPLE},
    offices={
        "leaders": Office("leaders", "局领导", ("zl",)),
        "chem": Office("chem", "危化监管科", ("lq",), region="620300", leads=None, parent="leaders"),
        "rescue": Office(
            "rescue", "救援协调科", ("sl",), region="620300", helps=frozenset({"chemical", "explosion", "fire"})
        ),
        "province": Office("province", "应急指挥中心", ("zl",), region="620000", leads=None),
    },
    policies=(Policy(id="usual", rungs=(Rung(timedelta(0), (Whom(WhomKind.CONTACT, "wm"),)),)),),
)


@contextmanager
def office_station(database: Database, language: str = "en") -> Iterator[Station]:
    """Serve the console of such a bureau with an explosion in Jinchang and a flooded mine in Baiyin."""
    station = Station(database, language)
    station.parts.duty = DUTY
    station.parts.pack = replace(station.parts.pack, duty=DUTY)
    station.people.register = Register(database, QUICK, common=(), own=(), duty=DUTY)
    with serving(station):
        explosion(station)
        yield station


def hire(station: Station) -> None:
    """Give the bureau's people accounts: the officer on duty, the offices' own, a county colleague elsewhere."""
    people = station.people
    people.hire("zero", AccountRole.ADMIN)
    people.hire("wang", AccountRole.DUTY, name="王敏", contact="wm")
    people.hire("li", AccountRole.REVIEWER, name="李强", contact="lq")
    people.hire("sun", AccountRole.COUNTY, name="孙莉", contact="sl", region="620300")
    people.hire("far", AccountRole.COUNTY, name="李四", contact="lq", region="620700")

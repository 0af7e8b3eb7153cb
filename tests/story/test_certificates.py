"""A deadline's certificate: what it tells, and that no field of it can be changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from monitor.core.audit.certificate import Flaw, examined
from monitor.core.audit.chain import Head
from monitor.core.audit.checking import read_head
from monitor.core.errors import UnknownDeadline
from monitor.core.model import ResponseKind
from monitor.loops.seal import Seal
from monitor.store import audit
from monitor.store.database import Database
from responders.certificates import Certificates
from tests.responders.console.scenes import deliver, explosion
from tests.responders.console.station import T0, Station
from tests.story.roster import Bureau

H = timedelta(hours=1)


@pytest.fixture
def station(database: Database) -> Station:
    return Station(database)


def night(station: Station) -> None:
    """Let an explosion run its course: told, acknowledged, watched, answered, with a briefing in between."""
    explosion(station)
    deliver(station)
    station.parts.desk.acknowledge(1, by="王某", now=station.clock())
    print_head(station)
    station.clock.now = T0 + 4 * H
    station.watch()
    deliver(station)
    station.parts.desk.respond(
        1,
        ResponseKind.AUTHORITATIVE_RELEASE,
        title="金川区化工仓库爆炸事故情况通报",
        url="https://release.example.cn/1.html",
        published_at=station.clock(),
        by="王某",
        now=station.clock(),
    )


def test_a_certificate_tells_who_was_paged_and_why(database: Database) -> None:
    """Who is on duty by which layer of the rota stands as plain text in a field that others keep as JSON."""
    bureau = Bureau(database)
    bureau.major()
    bureau.pass_time(timedelta(minutes=12))
    certificate = Certificates(database, bureau.pack, "示例省应急管理厅").issue(1, by="李某", now=bureau.clock())
    assert examined(certificate, []).good
    with database.read() as connection:
        told = connection.execute(text("SELECT contact, detail FROM audience WHERE alert_id IN (SELECT id FROM alert)"))
        assert {("wang", "轮值")} <= {tuple(row) for row in told}
    assert certificate["account"]["alerts"]


def print_head(station: Station) -> Head:
    Seal(station.database).tick(station.clock())
    with station.database.write() as connection:
        head = audit.head(connection)
        assert head is not None
        audit.anchor(connection, "2026-07-09", head, station.clock())
    return head


def issue(station: Station, number: int = 1) -> dict[str, Any]:
    issued = Certificates(station.database, station.parts.pack, "示例省应急管理厅").issue(
        number, by="李某", now=station.clock()
    )
    loaded: dict[str, Any] = json.loads(json.dumps(issued, ensure_ascii=False))
    return loaded


def test_a_certificate_tells_the_whole_course(station: Station) -> None:
    night(station)
    certificate = issue(station)
    account = certificate["account"]
    assert account["deadline"]["state"] == "met"
    assert account["deadline"]["anchors"].keys() >= {"occurred", "first_reported", "level_reached"}
    assert certificate["rule"]["id"] == account["deadline"]["obligation_id"]
    assert certificate["rule"]["quote"]
    assert [t["after"] for t in account["transitions"]] == ["open", "open", "met"]
    told = [(alert["reason"], alert["point"], alert["state"]) for alert in account["alerts"]]
    assert ("opened", "opened", "expired") in told
    firm = next(alert for alert in account["alerts"] if alert["reason"] == "confirmed")
    assert firm["state"] == "sent"
    assert [(d["channel"], d["state"]) for d in firm["deliveries"]] == [("console", "accepted")]
    late = max(account["alerts"], key=lambda alert: float(alert["made_late"]))
    assert late["made_late"] > 60
    assert late["made_late"] == (_moment(late["created_at"]) - _moment(late["at"])).total_seconds()
    assert [(d["verb"], d["by"]) for d in account["decisions"]] == [("acknowledge", "王某"), ("respond", "王某")]
    assert [response["settles"] for response in account["responses"]] == [True]
    found = examined(certificate)
    assert found.good, found.findings
    assert found.rows == len(certificate["rows"])


def _moment(text: str) -> Any:
    return type(T0).fromisoformat(text)


def test_a_printed_head_proves_the_rows_before_it(station: Station) -> None:
    night(station)
    certificate = issue(station)
    [printed] = [read_head(anchor["head"]) for anchor in certificate["anchors"]]
    found = examined(certificate, [printed])
    assert found.good, found.findings
    assert 0 < found.rows_confirmed < found.rows
    own = read_head(certificate["head"])
    assert examined(certificate, [own]).rows_confirmed == found.rows
    forged = Head(printed.seq, "0" * 64)
    assert [f.flaw for f in examined(certificate, [forged]).findings] == [Flaw.HEAD]
    beyond = Head(own.seq + 1, "0" * 64)
    assert [f.flaw for f in examined(certificate, [beyond]).findings] == [Flaw.NOT_COMPARABLE]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every value that is no container."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = False
    for key, part in inner:
        found = True
        yield from leaves(part, (*path, key))
    if not found:
        yield path


def changed(value: Any) -> Any:
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 1
    if isinstance(value, str):
        return value + "0"
    return [0] if isinstance(value, list) else {"x": 0}


def test_no_field_can_be_changed_dropped_or_added(station: Station) -> None:
    night(station)
    certificate = issue(station)
    paths = list(leaves(certificate))
    assert len(paths) > 500
    for path in paths:
        for harm in ("change", "drop", "add"):
            forged = deepcopy(certificate)
            inner: Any = forged
            for key in path[:-1]:
                inner = inner[key]
            if harm == "change":
                inner[path[-1]] = changed(inner[path[-1]])
            elif harm == "drop":
                del inner[path[-1]]
            elif isinstance(inner, dict):
                inner["added"] = 1
            else:
                inner.append(inner[-1])
            assert not examined(forged).good, (harm, path)


def harmless(certificate: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the certificate as it says the same in other characters."""
    for name in ("rows", "links"):
        yield f"{name} in another order", {**certificate, name: certificate[name][::-1]}
        for number in (2.0, "2"):
            other = deepcopy(certificate)
            other[name][1]["seq"] = type(number)(other[name][1]["seq"])
            yield f"{name} numbered by {number!r}", other
    yield "links twice", {**certificate, "links": [*certificate["links"], certificate["links"][-1]]}
    yield "a head with a space", {**certificate, "head": certificate["head"] + " "}
    for part, change in (("digest", str.upper), ("before", lambda said: f"{said} ")):
        other = deepcopy(certificate)
        other["links"][1][part] = change(other["links"][1][part])
        yield f"a hash in other letters ({part})", other
    other = deepcopy(certificate)
    other["rows"][1]["matter_id"] = str(other["rows"][1]["matter_id"])
    yield "the number of the incident as a text", other


def test_a_certificate_is_written_in_one_way_only(station: Station) -> None:
    night(station)
    certificate = issue(station)
    for harm, other in harmless(certificate):
        assert not examined(other).good, harm


def test_a_certificate_that_is_made_anew_from_a_changed_log_ends_at_another_head(
    station: Station, tmp_path: object
) -> None:
    night(station)
    printed = read_head(issue(station)["anchors"][0]["head"])
    other = Database(f"sqlite:///{tmp_path}/other.db")
    other.migrate()
    forger = Station(other)
    explosion(forger)
    forger.parts.desk.acknowledge(1, by="赵某", now=T0)
    print_head(forger)
    forged = issue(forger)
    assert examined(forged).good
    assert not examined(forged, [printed]).good
    other.close()


@pytest.mark.parametrize("text", ["", "null", "[]", "{}", '{"form": 1}', '{"form": "huiying-certificate-1"}'])
def test_what_is_no_certificate_is_told(text: str) -> None:
    found = examined(json.loads(text) if text else None)
    assert [finding.flaw for finding in found.findings] == [Flaw.FORM]


def test_an_unknown_deadline_is_told(station: Station) -> None:
    with pytest.raises(UnknownDeadline):
        issue(station, 7)

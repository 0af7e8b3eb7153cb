"""All clocks moved at will: the service's own time goes on, and what the others say is heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.core.timekeeping import ClockTrouble
from monitor.gate import Gate, GateSettings
from monitor.service.clock import ServiceClock, steady_seconds, utc_now
from tests.crawl.site import running_site

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
HEADER = "%a, %d %b %Y %H:%M:%S GMT"


@dataclass
class Machine:
    """A machine whose clocks a test moves, together or apart."""

    wall: datetime = T0
    steady: float = 500.0

    def pass_time(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.steady += seconds

    def clock(self) -> ServiceClock:
        return ServiceClock(lambda: self.wall, lambda: self.steady)


def test_the_service_goes_on_with_its_own_time_when_the_wall_clock_is_set() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.pass_time(10)
    machine.wall += timedelta(hours=2)
    assert clock() == T0 + timedelta(seconds=10)
    assert clock.check().troubles == {ClockTrouble.STEPPED: timedelta(hours=2)}
    machine.pass_time(60)
    assert clock() == T0 + timedelta(seconds=70)


def test_hosts_are_heard_and_what_cannot_be_read_is_left() -> None:
    machine = Machine()
    clock = machine.clock()
    for host, date, age in [
        ("a", T0.strftime(HEADER), ""),
        ("b", (T0 - timedelta(seconds=90)).strftime(HEADER), "90"),
        ("c", T0.strftime(HEADER), "0"),
        ("d", "yesterday", ""),
        ("e", T0.strftime(HEADER), "long"),
        ("f", "Thu, 09 Jul 2026 12:00:00", ""),
        ("g", "", ""),
        ("h", "Thu, 09 Jul 99999 12:00:00 GMT", ""),
    ]:
        clock.hear(host, date, age)
    assert sorted(clock.hosts) == ["a", "b", "c"]
    found = clock.check()
    assert (found.witnesses, found.witnesses_off) == (3, timedelta(seconds=0.5))


def test_the_gate_tells_what_the_clocks_of_its_hosts_say() -> None:
    heard: list[tuple[str, str, str]] = []
    with running_site() as site, Gate(GateSettings(allow=("127.0.0.1",))) as gate:
        gate.tell_times(lambda *told: heard.append(told))
        site.page("/a", "text", "text/plain")
        gate.get(f"{site.url}/a")
        gate.get(f"{site.url}/missing")
    assert [host for host, _, _ in heard] == ["127.0.0.1"] * 2
    clock = ServiceClock()
    for _, date, age in heard:
        clock.hear("site", date, age)
    assert tuple(clock.hosts) == ("site",)


def test_the_systems_clocks_can_be_read() -> None:
    before = steady_seconds()
    assert steady_seconds() >= before
    assert utc_now().tzinfo is UTC

"""Every address of the console in a filled station, made from the list of its routes: none can be forgotten.

Pages without a number in their path are asked for as they are. The others are found by the links on those, or by the
numbers of the objects that their permission names. What neither finds has a line in ELSEWHERE.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

from responders.accounts.feeds import Feeds
from responders.console.health import PROBES
from responders.console.permissions import ROUTES, Needs, Thing
from tests.responders.console.station import Station
from tests.responders.console.test_links import path_of

# How many addresses of one route are looked at.
MOST = 6
Route = str


def calendar(station: Station) -> str:
    """Return the path of the first account's calendar."""
    return f"/calendar/{Feeds(station.database).issue(station.people.register.all()[0], station.clock())}"


def chart(station: Station) -> str:
    """Return the path of the chart of the last special report."""
    with station.database.read() as connection:
        last = connection.exec_driver_sql("SELECT max(id) FROM bulletin WHERE kind = 'special'").scalar_one()
    return f"/bulletins/{last}/0.png"


def leaving(station: Station) -> str:
    """Return the path by which the first reader of the briefing leaves the list."""
    with station.database.read() as connection:
        return urlsplit(station.subscriptions.link(connection, station.readers[0])).path


def rated(station: Station) -> str:
    """Return the path under which the public rates a response."""
    with station.database.read() as connection:
        return f"/rate/{connection.exec_driver_sql('SELECT token FROM rating ORDER BY id').scalars().first()}"


# Routes that no page links to, and whose number is not that of a Thing. A new one of this sort needs a line here.
ELSEWHERE: Mapping[Route, Callable[[Station], str]] = {
    "/a/{token}": path_of,
    "/u/{token}": leaving,
    "/calendar/{file}": calendar,
    "/bulletins/{number}/{n}.png": chart,
    "/websub/{token}": lambda _: "/websub/nobody",
    "/rate/{token}": rated,
}
# What a route answers in a station where somebody is signed in, where that is not 200.
ANSWERS: Mapping[Route, int] = {
    "/sign-in": 303,
    "/sign-in/other": 404,
    "/websub/{token}": 404,
    "/statistics/rows": 303,
    "/appraisals/{number}/offices/{office}/rows": 303,
    "/sign-in/other/back": 404,
    **dict.fromkeys(PROBES, 503),
}


class Links(HTMLParser):
    """Gathers where the links and forms of a page lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the addresses of a start tag."""
        self.found += [value for name, value in attrs if name == "href" and tag == "a" and value]


def links_of(html: str) -> list[str]:
    """Return the paths of our own that a page links to."""
    parser = Links()
    parser.feed(html)
    return [urlsplit(link).path for link in parser.found if link.startswith("/") and not link.startswith("//")]


def got() -> tuple[Route, ...]:
    """Return the routes that are looked at."""
    return tuple(path for method, path in ROUTES if method == "GET")


def is_page(answer: httpx.Response) -> bool:
    return str(answer.headers.get("content-type", "")).startswith("text/html")


def route_of(path: str) -> Route | None:
    """Return the route that answers a path: the one with the fewest open parts."""
    patterns = {route: _pattern(route) for route in got()}
    fitting = [route for route, pattern in patterns.items() if re.fullmatch(pattern, path)]
    return min(fitting, key=lambda route: route.count("{"), default=None)


def _pattern(route: Route) -> str:
    return re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(route).replace(r"\{number\}", r"\d+"))


def numbered(station: Station, route: Route) -> Iterator[str]:
    """Give the addresses of a route with a number, by the objects that there are."""
    needs = ROUTES["GET", route]
    if not isinstance(needs, Needs) or needs.thing is None or re.findall(r"\{(\w+)\}", route) != ["number"]:
        return
    table = "matter" if needs.thing is Thing.INCIDENT else needs.thing.value
    with station.database.read() as connection:
        numbers = connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY id").scalars().all()
    for number in [*numbers[: MOST // 2], *numbers[-MOST // 2 :]]:
        yield route.replace("{number}", str(number))


def addresses(station: Station, client: httpx.Client) -> dict[Route, list[str]]:
    """Return the addresses of every route that is looked at, at most MOST of each; fail where one has none."""
    found: dict[Route, list[str]] = {route: [] for route in got()}
    waiting: deque[str] = deque(route for route in got() if "{" not in route)
    for route in got():
        waiting += numbered(station, route) if "{" in route else ()
        waiting += [ELSEWHERE[route](station)] if route in ELSEWHERE else ()
    while waiting:
        path = waiting.popleft()
        fitting = route_of(path)
        if fitting is None or path in found[fitting] or len(found[fitting]) == MOST:
            continue
        found[fitting].append(path)
        answer = client.get(path)
        waiting += links_of(answer.text) if is_page(answer) else ()
    missing = [route for route, paths in found.items() if not paths]
    assert not missing, (
        f"no page of the filled station links to {missing}: let night_of in tests/responders/console/full_night.py "
        "make what they show, or name an address in ELSEWHERE of tests/responders/console/walk.py"
    )
    return found

"""A served console over a fresh database, and a browser where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request

from monitor.core.access.accounts import Account
from monitor.core.access.roles import AccountRole
from monitor.store.database import Database
from tests.responders.console.station import Station, browsing, serving


@pytest.fixture
def station(embedded_file: Path) -> Iterator[Station]:
    """Return a served console over the embedded database."""
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    with serving(Station(database)) as served:
        yield served
    database.close()


@pytest.fixture
def either_station(database: Database) -> Iterator[Station]:
    """Return a served console over a database of each kind in turn."""
    with serving(Station(database)) as served:
        yield served


@pytest.fixture
def client(station: Station) -> Iterator[httpx.Client]:
    """Return a client of the served console that keeps cookies."""
    with browsing(station) as opened:
        yield opened


@pytest.fixture
def duty_officer(station: Station) -> Account:
    """Return an account in the console's database."""
    return station.people.hire("li", AccountRole.DUTY, name="李强")


@pytest.fixture
def phone(browser: Browser, station: Station) -> Iterator[Callable[..., Page]]:
    """Return a way to take up a phone; whatever it says on its console or asks of other hosts fails the test."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def refuse(dialog: Dialog) -> None:
        faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def note(asked: Request) -> None:
        if not asked.url.startswith(station.address):
            faults.append(f"asked: {asked.url}")

    def take(**options: Any) -> Page:
        settings = {"viewport": {"width": 390, "height": 844}, "base_url": station.address} | options
        context = browser.new_context(**settings)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("dialog", refuse)
        page.on("request", note)
        return page

    yield take
    for context in opened:
        context.close()
    assert faults == []

"""Take the README's pictures: HUIYING_SCREENSHOTS=docs/images pytest tests/responders/console/test_pictures.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from monitor.store.database import Database
from responders.language import Words
from tests.responders.console.scenes import night
from tests.responders.console.station import Station, serving

WIDE, WHOLE, TALL = {"width": 1280, "height": 960}, {"width": 1280, "height": 1300}, {"width": 390, "height": 844}
PICTURES = (("console", "/", WHOLE), ("incident", "/incidents/3", WIDE), ("console-phone", "/", TALL))


@pytest.mark.skipif("HUIYING_SCREENSHOTS" not in os.environ, reason="set HUIYING_SCREENSHOTS to a folder for pictures")
def test_pictures_of_a_made_up_night(browser: Browser, tmp_path: Path) -> None:
    if Words("zh")("Log response") == "Log response":
        pytest.skip("the Chinese catalogue does not hold the texts of the console yet")
    folder = Path(os.environ["HUIYING_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{tmp_path / 'huiying.db'}", durable=False)
    database.migrate()
    with serving(Station(database, "zh")) as station:
        night(station)
        station.unwell.clear()
        for name, path, size in PICTURES:
            context = browser.new_context(viewport=size, base_url=station.address, locale="zh-CN")  # type: ignore[arg-type]
            page = context.new_page()
            page.goto("/")
            page.locator("#me").fill("王某")
            page.locator("#who button").click()
            page.goto(path)
            page.screenshot(path=folder / f"{name}.png")
            context.close()
    database.close()
    assert all((folder / f"{name}.png").stat().st_size > 10_000 for name, _, _ in PICTURES)

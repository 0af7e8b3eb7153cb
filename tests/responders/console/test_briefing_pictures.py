"""Take the pictures of the briefing's mail and Word file: HUIYING_SCREENSHOTS=docs/images pytest on this file.

The page is shown as a mail program shows it: with the pictures that came in the mail. A picture heavier than
MOST_BYTES fails.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import update

from monitor.core.beijing import day_of
from monitor.core.model import AlertReason, AlertState
from monitor.loops.deliver import scene_of
from monitor.store import views
from monitor.store.database import Database
from monitor.store.sql import of
from monitor.store.tables import AlertRow
from responders.channels.base import Message
from tests.responders.console.test_pictures import AT_WILL, MOST_BYTES
from tests.story.morning import NAMES, RECIPIENT
from tests.story.test_briefing_letter import night

SIZES = (("briefing", 760, 780), ("briefing-phone", 390, 780))


def message_of(database: Database) -> Message:
    """Return the mail of a made-up morning, in Chinese."""
    bureau = night(database, to=(RECIPIENT, "chief@bureau.example"), language="zh")
    bureau.told("热搜：河南郑州一仓库火灾致13人遇难", source="hot")
    for source in NAMES:
        bureau.fetched(source, new=1)
    with database.write() as connection:
        connection.execute(update(of(AlertRow)).values(state=AlertState.SENT.value))
    bureau.morning()
    with database.read() as connection:
        alert = next(a for a in views.alerts(connection) if a.reason is AlertReason.BRIEFING)
        scene = scene_of(connection, alert, bureau.clock())
        leave = bureau.leave(connection, RECIPIENT)
        assert alert.point == day_of(bureau.clock()).isoformat()
        return bureau.brief.message(connection, scene, bureau.brief.readers[0], leave)


def shown_by_a_mail_program(message: Message) -> str:
    page = message.html or ""
    for one in message.enclosures:
        if one.cid:
            page = page.replace(f"cid:{one.cid}", "data:image/png;base64," + base64.b64encode(one.content).decode())
    return page


@pytest.fixture
def message(embedded_file: Path) -> Message:
    database = Database(f"sqlite:///{embedded_file}", durable=False)
    made = message_of(database)
    database.close()
    return made


def test_in_a_mail_program_it_fits_a_phone_and_every_picture_shows(
    browser: Browser, message: Message, tmp_path: Path
) -> None:
    file = tmp_path / "briefing.html"
    file.write_text(shown_by_a_mail_program(message), encoding="utf-8")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.partition(":")[0]))
    page.goto(file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    widths = page.evaluate("Array.from(document.images, image => [image.naturalWidth, image.width, image.alt.length])")
    assert len(widths) == len([one for one in message.enclosures if one.cid])
    assert all(drawn > 0 and width <= 360 and said > 20 for drawn, width, said in widths)
    assert set(asked) <= {"file", "data"}
    page.close()


@AT_WILL
def test_pictures_of_the_mail(browser: Browser, message: Message, tmp_path: Path) -> None:
    folder = Path(os.environ["HUIYING_SCREENSHOTS"])
    file = tmp_path / "briefing.html"
    file.write_text(shown_by_a_mail_program(message), encoding="utf-8")
    for name, width, height in SIZES:
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(file.as_uri())
        page.screenshot(path=folder / f"{name}.png")
        page.close()
        assert (folder / f"{name}.png").stat().st_size < MOST_BYTES


@AT_WILL
def test_picture_of_the_word_file(message: Message, tmp_path: Path) -> None:
    office, printer = shutil.which("soffice"), shutil.which("pdftoppm")
    if office is None or printer is None:
        pytest.skip("soffice and pdftoppm are not both on the PATH")
    paper = next(one for one in message.enclosures if not one.cid)
    file = tmp_path / paper.name
    file.write_bytes(paper.content)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    turn = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)]
    subprocess.run(turn, check=True, capture_output=True, timeout=180)
    target = Path(os.environ["HUIYING_SCREENSHOTS"]) / "briefing-paper"
    page = [
        printer,
        "-png",
        "-r",
        "60",
        "-f",
        "1",
        "-l",
        "1",
        "-singlefile",
        str(file.with_suffix(".pdf")),
        str(target),
    ]
    subprocess.run(page, check=True, capture_output=True, timeout=60)
    assert target.with_suffix(".png").stat().st_size < MOST_BYTES

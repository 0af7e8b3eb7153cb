"""The briefing as people read it: every text translated, on its line, within bounds, safe on a page."""

from __future__ import annotations

import json
import os
import re
import shutil
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import sync_playwright

from monitor.core.briefing import Briefing, briefing_of
from monitor.core.briefing_facts import Remark, Window
from monitor.core.model import AlertReason, AlertState, DeadlineState, DeliveryState, MatterState, Severity, Wave
from monitor.core.naming import Names
from monitor.core.views import DeliveryView
from responders.channels.base import Tone
from responders.documents.briefing import COLOURS, sheet_of, written
from responders.documents.briefing_forms import kept, sheet_from
from responders.documents.briefing_mail import briefing_message
from responders.documents.briefing_sheet import CUT_MARK, MOST_ROWS, NOTHING, one_line
from responders.documents.messages import Composer
from responders.language import Words
from tests.core.briefing_examples import DAY, NOW, H, alert, change, deadline, facts, incident, source
from tests.responders.channels.messages import HOSTILE
from tests.responders.fakes.markup import hidden

NAMES = Names(
    kinds={"hazchem": "危化品事故"},
    places={"210000": "辽宁省", "210400": "抚顺市"},
    obligations={"OP-PRESS-24H": "新闻发布会"},
    sources={"news": "晨报", "hot": "热搜", "office": "局网站"},
)
ENGLISH = Composer(Words("en"), NAMES, "https://console.example")


def everything(title: str = "某市化工厂爆炸") -> Briefing:
    """Return a briefing that has something in every section, with one title wherever a text from outside stands."""
    ended = (
        change(deadline(11), DeadlineState.MET),
        change(deadline(12), DeadlineState.MET_LATE),
        change(deadline(13), DeadlineState.MISSED, cause="time_passed"),
        change(deadline(14), DeadlineState.WAIVED, cause="waived"),
        change(deadline(15), DeadlineState.SUPERSEDED, cause="regraded"),
        change(deadline(16, 2), DeadlineState.WITHDRAWN, cause="dismissed"),
        change(deadline(17), DeadlineState.NOT_APPLICABLE, cause="too_old"),
    )
    refused = DeliveryView(
        channel="mail:a@b.example", state=DeliveryState.REFUSED, started_at=NOW, ended_at=NOW, retry_at=None, said=title
    )
    live = (
        deadline(1, provisional=True),
        deadline(2, due_at=NOW - H, state=DeadlineState.MISSED),
        deadline(3, 4, provisional=True, due_at=NOW - H),
    )
    return briefing_of(
        facts(
            incident(1, title=title, severity=Severity.LARGER, likely=Severity.MAJOR),
            incident(2, title=title, state=MatterState.DISMISSED, state_reason=title),
            incident(3, title=title, first_reported_at=None, severity=None, figures={}),
            incident(4, title=title),
            live=live,
            changes=ended,
            remarks={11: Remark(title, title), 14: Remark(title, "局长")},
            reporters={1: ("news", "hot", "office", "strange"), 4: ("news",)},
            asked=(
                alert(1, reason=AlertReason.TROUBLE, matter_id=3, obligation_id=None, point="undated"),
                alert(2, reason=AlertReason.UPDATED, point="doubt:larger"),
            ),
            unsent=(
                alert(3),
                alert(4, state=AlertState.EXPIRED, silence="no_longer_useful", useful_until=NOW - H),
                alert(5, state=AlertState.UNDELIVERABLE, silence="refused_everywhere", deliveries=(refused, refused)),
                alert(6, reason=AlertReason.BRIEFING, matter_id=None, obligation_id=None),
            ),
            sources=(
                source("news", outcome="failed", reason="dns", detail=title, failure_score=2, failing_since=NOW - H),
                source("hot", last_new_at=NOW - timedelta(days=9)),
                source("office", next_at=NOW - timedelta(hours=2)),
            ),
            fetches={"news": {"items": 3, "unchanged": 2, "failed:dns": 1}},
            verdicts={"incident:fire": 1, "follow_up:fire": 2, "decoy:war": 3, "decoy:drill": 4, "": 5},
            drops={"duplicate": 6, "advertisement": 7},
            alerts={"sent": 8, "skipped": 9},
            deliveries={"mail:a@b.example": {"accepted": 1}, "mail:c@d.example": {"accepted": 2, "refused": 1}},
        )
    )


def test_every_section_is_told_in_order() -> None:
    text = written(everything(), ENGLISH).text
    assert re.findall(r"^== (.+) ==$", text, re.MULTILINE) == [
        "To be decided now",
        "Running deadlines",
        "Ended deadlines",
        "New incidents",
        "Sources that are unwell",
        "In numbers",
        "Alerts not delivered",
        "Channels and duty rota",
        "Incidents opened in 14 days, by grade",
        "Deadlines that fell due in 30 days",
    ]


def test_a_wave_of_public_talk_is_said_beside_the_grade() -> None:
    talked_of = incident(severity=Severity.GENERAL, wave=Wave.MAJOR, opened_at=NOW - H)
    quiet = incident(2, severity=Severity.GENERAL, opened_at=NOW - H)
    text = written(briefing_of(facts(quiet, talked_of, live=(deadline(),))), ENGLISH).text
    assert "  #1 general very wide public talk | 辽宁省抚顺市" in text
    new = text[text.index("== New incidents ==") :]
    assert new.index("very wide public talk") < new.index("#2 ")
    assert new.count("public talk") == 1


def test_what_is_said_of_each_fact() -> None:
    briefing = written(everything(), ENGLISH)
    assert briefing.title == (
        "Briefing 2026-07-09: 4 to decide, 2 overdue, 1 running, 7 ended, 4 new, 3 source(s) unwell, "
        "4 alert(s) not delivered"
    )
    for line in (
        "* no deadline runs · #3 | 辽宁省抚顺市 | 某市化工厂爆炸",
        "  What is known now no longer supports this deadline. It runs on until a person waives it.",
        "  新闻发布会 24 h: 14:00 left, due 2026-07-09 22:27",
        "* overdue by 1:00 · 新闻发布会 9 h",
        "  #1 presumed major | 辽宁省抚顺市 | 某市化工厂爆炸",
        "  provisional: nobody has confirmed the incident",
        "* met late · 新闻发布会 24 h",
        "  due 2026-07-09 22:27; nothing had been published by then",
        "  a person waived it, 2026-07-09 07:27; it was due 2026-07-09 22:27",
        "  某市化工厂爆炸 (局长)",
        "* not applicable · 新闻发布会 24 h",
        "  the news was too old when first seen, 2026-07-09 07:27; it was due 2026-07-09 22:27",
        "  3 report(s) from 2 source(s): 晨报, 热搜, 局网站 and 1 more",
        "* no grade yet · #3 辽宁省抚顺市 | 某市化工厂爆炸",
        "  危化品事故, no figures yet",
        "Opened and already set aside: dismissed 1",
        "  The name could not be found (某市化工厂爆炸). Check the address and the DNS server.",
        "Fetches: 6: items 3, unchanged 2, failed 1",
        "New items: 15: 1 about incidents, 2 about earlier incidents, 7 only alike, 5 about other things",
        "Only alike, by kind: drill 4, war 3",
        "Left out, by reason: advertisement 7, twice in one document 6",
        "Alerts: skipped 9, sent 8",
        "Over mail: accepted 3, refused 1",
        "* undeliverable · #1 presumed major | 辽宁省抚顺市 | 某市化工厂爆炸",
        "  新闻发布会: deadline runs",
        "  mail: refused 2",
        "* waiting to be sent · briefing",
    ):
        assert f"\n{line}\n" in briefing.text, line


class Marked(Words):
    """Puts every finished text between marks, so that a text that was not translated stands out."""

    def __call__(self, template: str, **facts: Any) -> str:
        return f"‹{super().__call__(template, **facts)}›"


def test_every_text_goes_through_the_catalogue() -> None:
    composer = Composer(Marked("en"), NAMES, "https://console.example")
    left = written(everything(), composer).text.replace("https://console.example/incidents/", "")
    while re.search(r"‹[^‹›]*›", left):
        left = re.sub(r"‹[^‹›]*›", "", left)
    # What is not translated is data: numbers, Chinese names and titles, the family of a channel, an unknown source.
    assert set(re.findall(r"[A-Za-z]+", left)) <= {"mail", "strange"}


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_keeps_its_line(title: str) -> None:
    sheet = sheet_of(everything(title), ENGLISH)
    plain = sheet_of(everything(), ENGLISH)
    assert sheet.title == plain.title
    assert [len(part.rows) for part in sheet.sections] == [len(part.rows) for part in plain.sections]
    briefing = written(everything(title), ENGLISH)
    assert hidden(briefing.text) == hidden(briefing.html) == []
    assert len(briefing.text.splitlines()) == len(written(everything(), ENGLISH).text.splitlines())
    assert "a@b.example" not in briefing.text + briefing.html


@given(st.text(alphabet=st.characters(codec=None), max_size=600))
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert line.splitlines() == [line]
    assert len(line) <= 400
    assert line == one_line(line)
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\u200c\u200d"]


def test_nothing_left_is_a_dash_and_what_is_cut_says_so() -> None:
    assert one_line("\u202e\n\t") == NOTHING
    assert one_line("字" * 500, 10) == "字" * 6 + CUT_MARK


def test_a_long_list_says_how_much_is_left_out() -> None:
    many = [incident(n) for n in range(1, MOST_ROWS + 8)]
    text = written(briefing_of(facts(*many)), ENGLISH).text
    assert text.count("危化品事故") == MOST_ROWS
    assert "\n… and 7 more.\n" in text
    assert f"{MOST_ROWS + 7} new" in written(briefing_of(facts(*many)), ENGLISH).title


def test_without_an_address_of_the_console_there_are_no_links() -> None:
    briefing = written(everything(), Composer(Words("en"), NAMES))
    assert "href" not in briefing.html
    assert "http" not in briefing.text


def test_an_unknown_name_of_a_later_version_is_shown_as_it_is() -> None:
    later = facts(
        sources=(source("news", outcome="failed", reason="eclipse", failure_score=1),),
        drops={"boring": 2},
        verdicts={"decoy:weather": 1},
        changes=(change(deadline(), DeadlineState.WAIVED, cause="amnesty"),),
    )
    text = written(briefing_of(later), ENGLISH).text
    for name in ("eclipse", "boring 2", "weather 1", "amnesty, "):
        assert name in text


def test_a_longer_window_says_so() -> None:
    longer = facts(window=Window(DAY, NOW - 72 * H, NOW))
    assert "It covers 72 hours" in sheet_of(briefing_of(longer), ENGLISH).covers
    assert "It covers" not in sheet_of(briefing_of(facts()), ENGLISH).covers


def test_the_message_is_calm_and_whole() -> None:
    briefing = written(everything(), ENGLISH)
    message = briefing_message(briefing, Words("en"), written_at=NOW)
    assert (message.title, message.tone, message.thread) == (briefing.title, Tone.CALM, "briefing:2026-07-09")
    assert (message.body, message.html, message.written_at) == (briefing.text, briefing.html, NOW)
    assert message.card is None


def test_the_colours_can_be_read_on_white() -> None:
    def brightness(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert COLOURS.keys() == set(Tone)
    for colour in COLOURS.values():
        assert 1.05 / (brightness(colour) + 0.05) >= 4.5


@pytest.fixture(scope="module")
def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("HUIYING_CHROMIUM") or next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is on the PATH; set HUIYING_CHROMIUM to one")
    return found


def looked_at(chromium: str, address: str) -> tuple[list[str], int, int]:
    """Open a page on a phone; return what it asked for, how wide it became and how many sections it shows."""
    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                  "--disable-background-networking", "--disable-component-update"],
        )  # fmt: skip
        page = browser.new_page(viewport={"width": 360, "height": 740})
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(dialog.message))
        page.goto(address)
        width: int = page.evaluate("document.documentElement.scrollWidth")
        sections = page.locator("h2").count()
        browser.close()
    return asked, width, sections


def test_in_a_browser_the_page_fits_a_phone_and_fetches_and_runs_nothing(chromium: str, tmp_path: Path) -> None:
    hostile = HOSTILE["tags"] + " javascript:alert(1) https://evil.example/" + "x" * 90
    page = tmp_path / "briefing.html"
    page.write_text(written(everything(hostile), ENGLISH).html, encoding="utf-8")
    # In a thread of its own, because another test may hold a browser open in this one.
    with ThreadPoolExecutor(1) as thread:
        asked, width, sections = thread.submit(looked_at, chromium, page.as_uri()).result()
    assert asked == [page.as_uri()]
    assert (width, sections) == (360, 10)


def test_a_channel_that_took_nothing_is_told_and_one_that_is_at_work_is_not() -> None:
    sent = {
        "slack": {"refused": 3},
        "feishu": {"unreachable": 1, "accepted": 2},
        "briefing:a@b.example": {"refused": 1},
        "briefing:c@d.example": {"accepted": 1},
        "email:duty": {"sending": 1},
    }
    [told] = [s for s in sheet_of(briefing_of(facts(deliveries=sent)), ENGLISH).sections if "Channels" in s.title]
    assert [(row.mark, row.title, row.notes) for row in told.rows] == [("took nothing", "slack", ("refused 3",))]


def test_a_sheet_is_the_same_after_it_was_kept() -> None:
    sheet = sheet_of(everything(HOSTILE["tags"]), ENGLISH, by="bureau")
    assert sheet_from(json.loads(json.dumps(kept(sheet)))) == sheet

"""Hostile, long and odd texts in Slack: all arrive, nothing of them is live, every cut is seen."""

from __future__ import annotations

import pytest

from responders.channels.base import Card, Line, Link, Message, Tone, Try
from responders.channels.slack import Slack
from responders.channels.slack_refusals import CONTENT
from tests.responders.channels.messages import CONSOLE, HOSTILE, card, message
from tests.responders.fakes.markup import hidden
from tests.responders.fakes.slack import FakeSlack
from tests.responders.fakes.web import Answer, MovedClock


@pytest.mark.parametrize("title", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_title_arrives_and_nothing_of_it_is_live(fake: FakeSlack, slack: Slack, title: str) -> None:
    slack.send(message(title, card=card(title)), Try())
    [shown] = fake.posts()
    for post in (shown, *fake.thread(shown.ts)):
        assert post.mentions == []
        assert post.links == [(CONSOLE.url, CONSOLE.label)]
        assert hidden(post.shown) == []
        assert all(block["text"]["type"] == "plain_text" for block in post.blocks[:-1])
        assert not post.metadata["event_payload"]["key"].count(title[:5])


def test_no_request_asks_slack_to_find_names_or_to_fetch_links(
    fake: FakeSlack, slack: Slack, clock: MovedClock
) -> None:
    ref = slack.send(message(card=card()), Try()).card_ref
    clock.advance(5)
    slack.send(message(card=card()), Try(card_ref=ref))
    assert [request.path.rpartition("/")[2] for request in fake.requests] == [
        "chat.postMessage",
        "chat.postMessage",
        "chat.update",
        "chat.postMessage",
    ]
    for request in fake.requests:
        assert b"link_names" not in request.body
        assert b'"parse": "none"' in request.body
        if request.path.endswith("postMessage"):
            assert b'"unfurl_links": false' in request.body
            assert b'"unfurl_media": false' in request.body


def test_the_words_are_shown_as_they_were_written(fake: FakeSlack, slack: Slack) -> None:
    slack.send(message("A & B <公司> &amp; *x*"), Try())
    assert "A & B <公司> &amp; *x*" in fake.posts()[0].shown


def test_a_long_title_is_whole_below_the_header(fake: FakeSlack, slack: Slack) -> None:
    title = "某" * 149 + "甲乙丙"
    slack.send(message(title), Try())
    header, section = fake.posts()[0].blocks[:2]
    assert header["text"]["text"].endswith("[…]")
    assert section["text"]["text"].startswith(title)


def test_a_briefing_of_ten_thousand_characters_is_cut_in_the_open(fake: FakeSlack, slack: Slack) -> None:
    rows = "\n".join(f"{n}. 某地发生火灾，2人受伤 & 1人失联" for n in range(700))
    slack.send(Message(key="b", title="日报", tone=Tone.CALM, body=rows, links=(CONSOLE,)), Try())
    [post] = fake.posts()
    sections = [block["text"]["text"] for block in post.blocks if block["text"]["type"] == "plain_text"][1:]
    assert len(sections) == 4
    assert sections[-1].endswith("[…]")
    assert all(section[0].isdigit() for section in sections), "broken between lines"
    assert post.links == [(CONSOLE.url, CONSOLE.label)]


def test_links_that_do_not_fit_leave_a_mark_and_wrong_ones_are_text(fake: FakeSlack, slack: Slack) -> None:
    links = (
        Link("批准", "javascript:x"),
        *(Link(f"第<{n}>条|", f"https://h.example/?a=1&n={n}{'x' * 200}") for n in range(50)),
    )
    slack.send(Message(key="b", title="t", tone=Tone.CALM, links=links), Try())
    [post] = fake.posts()
    assert post.links[0] == (f"https://h.example/?a=1&n=0{'x' * 200}", "第＜0＞条｜")
    assert 5 < len(post.links) < 50
    assert post.blocks[-1]["text"]["text"].endswith("[…]")
    assert "批准: javascript:x" in post.shown


def test_where_slack_refuses_the_layout_the_words_arrive_all_the_same(
    fake: FakeSlack, slack: Slack, clock: MovedClock
) -> None:
    for error in sorted(CONTENT):
        fake.fail(Answer({"ok": False, "error": error}), on="chat.postMessage")
        slack.send(message("隧道", key=error), Try())
        clock.advance(5)
    assert [(post.blocks, post.key) for post in fake.posts()] == [([], error) for error in sorted(CONTENT)]
    assert all("🔴 隧道" in post.text for post in fake.posts())


def test_an_unnamed_card_is_still_valid(fake: FakeSlack, slack: Slack) -> None:
    slack.send(
        Message(
            key="k", title="", tone=Tone.DONE, card=Card(key="c", title="\u200b", tone=Tone.DONE, lines=(Line("", ""),))
        ),
        Try(),
    )
    assert fake.posts()[0].shown.startswith("🟢 —")

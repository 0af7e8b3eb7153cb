"""The question in the alert channel: told once, and answered by a press."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from monitor.core.model import Item, Trust
from monitor.core.offers.offer import Form, OfferState
from monitor.core.offers.telling import alert_of
from monitor.store import duties, items, offers, views
from monitor.store.database import Database
from monitor.store.items import NewItem
from monitor.store.offers import Found
from tests.responders.fakes.slack import Post
from tests.responders.slack_app.workplace import WANG, Workplace, workplace


@pytest.fixture
def place(database: Database) -> Iterator[Workplace]:
    with workplace(database) as opened:
        yield opened


def offered(place: Workplace, matter_id: int, form: Form = Form.FIRST, *, dated: bool = True) -> int:
    """Let the watch have found a release of ours, and the channel be told."""
    now = place.clock()
    item = Item(title="情况通报", source="site", trust=Trust.OFFICIAL, published_at=now, first_seen_at=now)
    with place.database.write() as connection:
        (number,) = items.save_new(connection, [NewItem(key="own", item=item, first_seen_at=now)]).values()
        found = Found(
            matter_id=matter_id,
            item_id=number,
            form=form,
            why=None,
            signs="",
            title="情况通报",
            url="https://site.example.cn/1",
            published_at=now if dated else None,
            found_at=now,
        )
        offer = offers.keep(connection, found)
        assert offer is not None
        duties.save_alerts(connection, [alert_of(offer, now)], now, place.duty)
    place.tick(seconds=5)
    return offer.id


def asked(place: Workplace) -> Post:
    (found,) = [post for post in place.slack.thread(place.card().ts) if "情况通报" in said(post)]
    return found


def said(post: Post) -> str:
    return f"{post.text} {post.blocks}"


def buttons(post: Post) -> list[str]:
    return [e["action_id"] for b in post.blocks if b["type"] == "actions" for e in b["elements"]]


def state(place: Workplace, number: int) -> OfferState:
    with place.database.read() as connection:
        found = offers.offer(connection, number)
    assert found is not None
    return found.state


def test_one_press_logs_it(place: Workplace) -> None:
    matter = place.major()
    number = offered(place, matter)
    post = asked(place)
    assert "是否登记为回应" in said(post)
    assert buttons(post) == ["take_offer", "refuse_offer"]
    place.slack.press(WANG, post, "take_offer")
    assert "已登记" in place.slack.told(WANG).words
    assert state(place, number) is OfferState.LOGGED
    with place.database.read() as connection:
        (response,) = views.responses(connection, matter_id=matter)
    assert (response.title, response.by) == ("情况通报", "王敏")
    with place.database.read() as connection:
        log = [line.what for line in views.log(connection, matter)]
    assert log.count("respond") == 1


def test_no_is_remembered(place: Workplace) -> None:
    number = offered(place, place.major())
    place.slack.press(WANG, asked(place), "refuse_offer")
    assert "不再提示" in place.slack.told(WANG).words
    assert state(place, number) is OfferState.REFUSED
    place.slack.press(WANG, asked(place), "take_offer")
    assert state(place, number) is OfferState.REFUSED


def test_what_needs_a_person_to_state_something_is_not_logged_by_a_press(place: Workplace) -> None:
    offered(place, place.major(), dated=False)
    assert buttons(asked(place)) == ["refuse_offer"]


def test_a_forged_number_changes_nothing(place: Workplace) -> None:
    matter = place.major()
    number = offered(place, matter)
    for value in (f"{matter}.0.abcd.999", f"{matter}.0.abcd.0", f"{matter}.0.abcd", f"{matter}.0.abcd.9999999999"):
        place.slack.press(WANG, asked(place), "take_offer", value=value)
    assert state(place, number) is OfferState.OPEN


def test_a_record_of_a_conference_is_not_logged_by_a_press(place: Workplace) -> None:
    """Its page went online at another time than the conference was held: the page of the incident asks for that."""
    offered(place, place.major(), Form.CONFERENCE_RECORD)
    assert buttons(asked(place)) == ["refuse_offer"]


def test_a_press_after_a_dismissal_says_so_and_logs_nothing(place: Workplace) -> None:
    matter = place.major()
    number = offered(place, matter)
    post = asked(place)
    place.desk.dismiss(matter, by="陈静", now=place.clock(), reason="演练")
    place.slack.press(WANG, post, "take_offer")
    assert "陈静" in place.slack.told(WANG).words
    with place.database.read() as connection:
        assert views.responses(connection, matter_id=matter) == []
    assert state(place, number) is OfferState.OPEN

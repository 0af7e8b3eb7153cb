"""What is remembered between two fetches of a source."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.core.errors import NaiveTime
from monitor.core.fetched import UNCONDITIONAL_AFTER, Entry, Validators


def test_nothing_known_means_nothing_asked() -> None:
    assert not Validators().ask
    assert Validators(etag='"a"').ask
    assert Validators(last_modified="Thu, 09 Jul 2026 12:00:00 GMT").ask
    assert not Validators(etag='"a"', distrusted=True).ask


def test_after_a_dozen_of_304_the_whole_body_is_asked_for() -> None:
    validators = Validators(etag='"a"', body_hash="1")
    for _ in range(UNCONDITIONAL_AFTER):
        assert validators.ask
        validators = validators.after_304()
    assert not validators.ask
    assert validators.after_body(etag='"b"', last_modified="", body_hash="2").ask


def test_only_the_same_strong_etag_on_another_body_is_a_lie() -> None:
    known = Validators(etag='"a"', body_hash="1")
    assert known.after_body(etag='"a"', last_modified="", body_hash="2").distrusted
    assert not known.after_body(etag='"a"', last_modified="", body_hash="1").distrusted
    assert not known.after_body(etag='"b"', last_modified="", body_hash="2").distrusted
    weak = Validators(etag='W/"a"', body_hash="1")
    assert not weak.after_body(etag='W/"a"', last_modified="", body_hash="2").distrusted
    assert not Validators().after_body(etag='"a"', last_modified="", body_hash="2").distrusted


@given(st.lists(st.tuples(st.sampled_from(["", '"a"', '"b"']), st.sampled_from("123")), max_size=10))
def test_a_liar_stays_a_liar(bodies: list[tuple[str, str]]) -> None:
    validators = Validators()
    seen = False
    for etag, body_hash in bodies:
        validators = validators.after_body(etag=etag, last_modified="", body_hash=body_hash)
        seen = seen or validators.distrusted
        assert validators.distrusted == seen


def test_an_entry_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(NaiveTime):
        Entry(key="k", title="t", published_at=datetime(2026, 7, 9))

"""Acknowledge links: only our own key makes them, any changed letter is noticed, time ends them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from monitor.core.duties.ack_links import VALID, Claim, Flaw, claim_for, claim_of, token_of

T0 = datetime(2026, 7, 9, 12, 0, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
CHANNELS = st.text(min_size=1, max_size=40).filter(lambda s: s.isprintable())


@settings(max_examples=60)
@given(st.integers(1, 10**12), CHANNELS)
def test_what_was_sealed_is_read_again(alert_id: int, channel: str) -> None:
    claim = claim_for(alert_id, channel, T0)
    assert claim_of(KEY, token_of(KEY, claim), T0) == claim
    assert claim_of(OTHER, token_of(KEY, claim), T0) is Flaw.FORGED


@settings(max_examples=120)
@given(st.text(max_size=200))
def test_no_other_text_is_a_link(text: str) -> None:
    assert claim_of(KEY, text, T0) is Flaw.FORGED


@settings(max_examples=120)
@given(st.data())
def test_one_changed_bit_is_noticed(data: st.DataObject) -> None:
    token = token_of(KEY, claim_for(7, "企业微信值班群", T0))
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    at, bit = data.draw(st.integers(0, len(raw) - 1)), data.draw(st.integers(0, 7))
    raw[at] ^= 1 << bit
    changed = base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")
    assume(changed != token)
    assert claim_of(KEY, changed, T0) is Flaw.FORGED


def test_a_link_ends_after_a_day_and_to_the_second() -> None:
    claim = claim_for(7, "群", T0)
    token = token_of(KEY, claim)
    assert claim_of(KEY, token, T0 + VALID - timedelta(seconds=1)) == claim
    assert claim_of(KEY, token, T0 + VALID) is Flaw.EXPIRED


def test_a_repeat_carries_the_same_link_and_other_channels_others() -> None:
    assert token_of(KEY, claim_for(7, "群", T0)) == token_of(KEY, claim_for(7, "群", T0))
    tokens = {token_of(KEY, claim_for(n, c, T0)) for n in (7, 8) for c in ("群", "群2", "8:群")}
    assert len(tokens) == 6


def test_the_seal_does_not_depend_on_how_the_token_is_written() -> None:
    claim = claim_for(7, "群", T0)
    padded = token_of(KEY, claim) + "="
    read = claim_of(KEY, padded, T0)
    assert isinstance(read, Claim) or read is Flaw.FORGED
    if isinstance(read, Claim):
        assert read.digest == claim.digest, "written in another way it is still the same link, used once"

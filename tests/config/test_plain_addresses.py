"""What is told at a glance to be a web address is one for whoever takes it apart."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.source_fields import PLAIN_ADDRESS, web_address


@given(st.from_regex(PLAIN_ADDRESS, fullmatch=True))
def test_what_a_glance_takes_for_an_address_is_one(text: str) -> None:
    parts = urlsplit(text)
    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert web_address(text) == text


@pytest.mark.parametrize(
    "text", ["http://", "https:///x", "http://a b/", "http://a\\b", "http://[::1", "http://用户@主机/", "ftp://a/"]
)
def test_no_glance_takes_anything_else(text: str) -> None:
    assert not PLAIN_ADDRESS.fullmatch(text)

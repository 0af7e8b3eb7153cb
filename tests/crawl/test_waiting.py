"""How long a server asks us to wait, in every form that the standard, carelessness and malice write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.gate.waiting import LONGEST, retry_after

NOW = datetime(2026, 7, 9, 13, 0, tzinfo=UTC)
S, H = timedelta(seconds=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", 120 * S),
        (" 120 ", 120 * S),
        ("0", 0 * S),
        ("60, 3600", 3600 * S),
        ("3600,60", 3600 * S),
        ("000000000000060", 60 * S),
        ("9" * 400, LONGEST),
        ("-5", None),
        ("1e30", None),
        ("0.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        ("Thu, 09 Jul 2026 14:00:00 GMT", H),
        ("Thu Jul  9 14:00:00 2026", H),
        ("Thu, 09 Jul 2026 14:00:00 GMT, Thu, 09 Jul 2026 15:00:00 GMT", H),
        ("Thu, 09 Jul 2020 14:00:00 GMT", 0 * S),
        ("Mon, 01 Jan 0001 00:00:00 +2300", 0 * S),
        ("Fri, 31 Dec 9999 23:59:59 -2300", LONGEST),
        ("Thu, 09 Jul 99999 14:00:00 GMT", None),
        ("Thu, 09 Jul 2026 14:00:00 +99999999999999999999", None),
        ("99999999999999999999999 Jul 2026 14:00:00", None),
    ],
)
def test_it_is_read_in_both_forms_and_nothing_breaks_it(said: str, wait: timedelta | None) -> None:
    assert retry_after(said, NOW) == wait


@given(st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d+ Jul \d+ \d+:\d+:\d+ [+-]\d+", fullmatch=True))
def test_whatever_is_written_there_the_wait_is_none_or_within_a_year(said: str) -> None:
    wait = retry_after(said, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST
